#include "job/command_words.h"

#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <algorithm>
#include <array>
#include <string_view>

namespace pxq {
namespace {

constexpr std::array<std::string_view, 14> kOfOneRun = {
    "job",   "job-file", "only", "parallel", "dry-run", "check", "backfill",
    "start", "since",    "end",  "summary",  "metrics", "quiet", "verbose"};

}  // namespace

std::string flag_word(std::string_view name, std::string_view value) {
  // What CLI11 takes for the value of a flag that came without one.
  std::string word = "--" + std::string(name);
  if (value != "true") word.append("=").append(value);
  return word;
}

std::vector<std::string> repeatable_words(const CLI::App& app,
                                          const std::vector<std::string>& script_arguments) {
  return words_without(kOfOneRun, app, script_arguments);
}

std::vector<std::string> words_without(std::span<const std::string_view> left_out,
                                       const CLI::App& app,
                                       const std::vector<std::string>& script_arguments) {
  std::vector<std::string> words;
  std::vector<std::string> places;
  for (const CLI::Option* option : app.get_options()) {
    if (option->count() == 0) continue;
    if (option->get_lnames().empty()) {
      places.insert(places.end(), option->results().begin(), option->results().end());
      continue;
    }
    const std::string& name = option->get_lnames().front();
    if (std::ranges::find(left_out, name) != left_out.end()) continue;
    const bool needs_value = option->get_items_expected_max() != 0;
    for (const std::string& value : option->results()) {
      words.push_back(needs_value ? "--" + name + "=" + value : flag_word(name, value));
    }
  }
  words.insert(words.end(), places.begin(), places.end());
  if (script_arguments.empty()) return words;
  words.emplace_back("--");
  words.insert(words.end(), script_arguments.begin(), script_arguments.end());
  return words;
}

}  // namespace pxq
