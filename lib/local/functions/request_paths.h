#pragma once

#include <map>
#include <string>
#include <string_view>

namespace pxq::local {

// Request paths without what differs from request to request: "/orders/17?page=2" belongs to
// "/orders/*". Pixie learns how paths cluster; ours goes by rules that can be told in a sentence: a
// part that looks like an id is a star, and so is a part that has many values at its place.

/// The path with its ids as stars and without its query.
std::string path_pattern(std::string_view path);

/// Whether a path, without its query, fits a pattern whose stars stand for one part each.
bool matches_pattern(std::string_view path, std::string_view pattern);

/// Gathers paths and tells the patterns behind them.
class PathPatterns {
 public:
  using Argument = std::string_view;

  /// Past kMost different patterns new ones are not counted, so that memory stays bounded.
  void add(std::string_view path);

  /// A JSON array of patterns, those with the most stars last.
  std::string result() const;

 private:
  static constexpr size_t kMost = 20000;

  std::map<std::string, size_t, std::less<>> counts_;  // by path_pattern()
};

}  // namespace pxq::local
