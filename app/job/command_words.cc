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
    if (option->get_items_expected_max() == 0 || option->results().empty()) {
      words.insert(words.end(), option->count(), "--" + name);
      continue;
    }
    for (const std::string& value : option->results()) {
      words.push_back("--" + name + "=" + value);
    }
  }
  words.insert(words.end(), places.begin(), places.end());
  if (script_arguments.empty()) return words;
  words.emplace_back("--");
  words.insert(words.end(), script_arguments.begin(), script_arguments.end());
  return words;
}

}  // namespace pxq
