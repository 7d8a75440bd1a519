#include "bench/load_spec.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

namespace pxq::bench {
namespace {

using Shape = LoadSpec::Shape;

constexpr std::array<std::pair<std::string_view, Shape>, 4> kShapes = {
    {{"wide", Shape::kWide},
     {"narrow", Shape::kNarrow},
     {"numbers", Shape::kNumbers},
     {"strings", Shape::kStrings}}};

constexpr std::array<std::pair<std::string_view, uint64_t LoadSpec::*>, 6> kCounts = {
    {{"rows", &LoadSpec::rows},
     {"batch", &LoadSpec::batch},
     {"tables", &LoadSpec::tables},
     {"columns", &LoadSpec::columns},
     {"cell", &LoadSpec::cell},
     {"rate", &LoadSpec::rate}}};

Status bad_word(std::string_view word) {
  return {
      Code::kUsage, fmt::format("'{}' is no part of a load", word),
      "write shape=wide|narrow|numbers|strings, rows=, batch=, tables=, columns=, cell= or rate="};
}

bool read_count(std::string_view text, uint64_t& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

bool read_word(std::string_view key, std::string_view value, LoadSpec& spec) {
  if (key == "shape") {
    for (const auto& [name, shape] : kShapes) {
      if (name != value) continue;
      spec.shape = shape;
      return true;
    }
    return false;
  }
  for (const auto& [name, member] : kCounts) {
    if (name == key) return read_count(value, spec.*member);
  }
  return false;
}

}  // namespace

Result<LoadSpec> parse_load_spec(std::string_view words, const LoadSpec& defaults) {
  LoadSpec spec = defaults;
  words = words.substr(0, words.find('\n'));
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(word.size() + 1, words.size()));
    if (word.empty()) continue;
    const size_t equals = word.find('=');
    if (equals == std::string_view::npos ||
        !read_word(word.substr(0, equals), word.substr(equals + 1), spec)) {
      return bad_word(word);
    }
  }
  if (spec.batch == 0 || spec.tables == 0 || spec.columns == 0) return bad_word("a count of 0");
  return spec;
}

Result<LoadSpec> load_spec_of_script(std::string_view script, const LoadSpec& defaults) {
  const size_t mark = script.find(kLoadMark);
  if (mark == std::string_view::npos) return defaults;
  return parse_load_spec(script.substr(mark + kLoadMark.size()), defaults);
}

std::string to_text(const LoadSpec& spec) {
  std::string text = fmt::format("shape={}", kShapes[static_cast<size_t>(spec.shape)].first);
  for (const auto& [name, member] : kCounts) text += fmt::format(" {}={}", name, spec.*member);
  return text;
}

}  // namespace pxq::bench
