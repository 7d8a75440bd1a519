#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pxq {

/// How many single-character edits (insert, delete, replace, swap of neighbours) lie between two
/// names. ASCII case is ignored, and '-' equals '_'. Stops early: a result above `limit` only says
/// that it is above.
size_t edit_distance(std::string_view a, std::string_view b, size_t limit);

/// Finds the name that the user probably meant. Offer all names there are, then ask best(): empty
/// where none is near enough to be worth a guess. The first of equally near names wins.
class Suggestion final {
 public:
  explicit Suggestion(std::string_view wanted);

  void offer(std::string_view candidate);

  const std::string& best() const { return best_; }

  /// "did you mean 'NAME'?", or empty.
  std::string question() const;

 private:
  std::string wanted_;
  std::string best_;
  size_t distance_;  // of best_; before there is one, the first distance that is too far
};

/// The nearest of `names`, any range of things that convert to std::string_view.
template <typename Names>
std::string nearest_name(std::string_view wanted, const Names& names) {
  Suggestion suggestion(wanted);
  for (const auto& name : names) suggestion.offer(name);
  return suggestion.best();
}

/// "did you mean 'NAME'?" for the nearest of `names`, or empty.
template <typename Names>
std::string did_you_mean(std::string_view wanted, const Names& names) {
  Suggestion suggestion(wanted);
  for (const auto& name : names) suggestion.offer(name);
  return suggestion.question();
}

}  // namespace pxq
