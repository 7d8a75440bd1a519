#include "local/functions/request_paths.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "local/functions/families.h"
#include "local/functions/grouped.h"
#include "local/functions/json_text.h"

namespace pxq::local {
namespace {

/// So many values at one place make it a star.
constexpr size_t kManyValues = 20;

std::string_view without_query(std::string_view path) { return path.substr(0, path.find('?')); }

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  for (path = without_query(path); !path.empty();) {
    const size_t slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
    if (path.empty()) parts.push_back("");
  }
  return parts;
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// A number, a long hexadecimal text or a UUID, or a word that is mostly digits.
bool looks_like_id(std::string_view part) {
  if (part.empty()) return false;
  const auto digits =
      static_cast<size_t>(std::ranges::count_if(part, [](char c) { return c >= '0' && c <= '9'; }));
  if (digits == part.size()) return true;
  const bool hex = std::ranges::all_of(part, [](char c) { return is_hex(c) || c == '-'; });
  if (hex && part.size() >= 8 && digits > 0) return true;
  return digits >= 3 && digits * 2 >= part.size();
}

std::string join(const std::vector<std::string_view>& parts) {
  std::string path;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) path += '/';
    path += parts[i];
  }
  return path;
}

/// The pattern with a star at one place more.
std::string with_star(const std::string& pattern, size_t place) {
  std::vector<std::string_view> parts = parts_of(pattern);
  parts[place] = "*";
  return join(parts);
}

size_t stars(std::string_view pattern) {
  return static_cast<size_t>(std::ranges::count(pattern, '*'));
}

/// Replaces patterns that differ in one place only, where they are many.
std::set<std::string> merged(std::set<std::string> patterns) {
  for (size_t place = 0; place < 32; ++place) {
    std::map<std::string, std::vector<std::string>> alike;
    for (const std::string& pattern : patterns) {
      const auto parts = parts_of(pattern);
      // The first part of a path stands before its first slash and is empty.
      if (place > 0 && place < parts.size()) alike[with_star(pattern, place)].push_back(pattern);
    }
    for (const auto& [star, members] : alike) {
      if (members.size() < kManyValues) continue;
      for (const std::string& member : members) patterns.erase(member);
      patterns.insert(star);
    }
  }
  return patterns;
}

constexpr auto kMatches = [](std::string_view path, std::string_view endpoint) {
  return matches_pattern(path, endpoint);
};

std::vector<std::string> read_patterns(std::string_view json) {
  std::vector<std::string> patterns;
  const auto list = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!list.is_array()) return patterns;
  for (const auto& pattern : list) {
    if (pattern.is_string()) patterns.push_back(pattern.get<std::string>());
  }
  return patterns;
}

std::string predict(std::string_view path, const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    if (matches_pattern(path, pattern)) return pattern;
  }
  return path_pattern(path);
}

// Most rows of a batch bring the same patterns, which are read once then.
Column predict_all(std::span<const Column* const> arguments, size_t rows,
                   FunctionContext& context) {
  const auto& paths = std::get<StringColumn>(*arguments[0]);
  const auto& clusters = std::get<StringColumn>(*arguments[1]);
  StringColumn answers(rows);
  std::vector<std::string> patterns;
  for (size_t row = 0; row < rows; ++row) {
    if (row == 0 || clusters[row] != clusters[row - 1]) patterns = read_patterns(clusters[row]);
    answers[row] = context.strings->keep(predict(paths[row], patterns));
  }
  return answers;
}

}  // namespace

std::string path_pattern(std::string_view path) {
  std::vector<std::string_view> parts = parts_of(path);
  for (std::string_view& part : parts) {
    if (looks_like_id(part)) part = "*";
  }
  return join(parts);
}

bool matches_pattern(std::string_view path, std::string_view pattern) {
  const auto have = parts_of(path);
  const auto want = parts_of(pattern);
  return std::ranges::equal(have, want, [](std::string_view part, std::string_view expected) {
    return expected == "*" || part == expected;
  });
}

void PathPatterns::add(std::string_view path) {
  std::string pattern = path_pattern(path);
  if (counts_.size() < kMost) {
    ++counts_[std::move(pattern)];
  } else if (const auto known = counts_.find(pattern); known != counts_.end()) {
    ++known->second;
  }
}

std::string PathPatterns::result() const {
  std::set<std::string> all;
  for (const auto& [pattern, count] : counts_) all.insert(pattern);
  const std::set<std::string> few = merged(std::move(all));
  std::vector<std::string> patterns(few.begin(), few.end());
  std::ranges::stable_sort(patterns, {}, stars);
  std::string json = "[";
  for (const std::string& pattern : patterns) {
    if (json.size() > 1) json += ',';
    append_json_string(json, pattern);
  }
  return json + ']';
}

std::vector<ScalarFunction> request_path_functions() {
  using Text = std::string_view;
  return {
      scalar<kMatches, Text, Text>("_match_endpoint"),
      {.name = "_predict_request_path_cluster",
       .arguments = {DataType::kString, DataType::kString},
       .result = DataType::kString,
       .semantic = no_semantic,
       .kernel = predict_all},
  };
}

std::vector<AggregateFunction> request_path_aggregates() {
  return {aggregate<PathPatterns>("_build_request_path_clusters", no_semantic)};
}

}  // namespace pxq::local
