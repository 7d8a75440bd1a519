#pragma once

#include <cstddef>
#include <optional>
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

/// Whether two names differ at most in the case of ASCII letters.
bool same_but_for_case(std::string_view a, std::string_view b);

/// The one of `names` that is meant by `wanted`: itself, else the only one that differs in case
/// only; nothing where there is none or more than one. `names` is a range of things that convert to
/// std::string_view and outlive the result.
template <typename Names>
std::optional<std::string_view> name_meant(std::string_view wanted, const Names& names) {
  std::optional<std::string_view> found;
  bool several = false;
  for (const auto& name : names) {
    const std::string_view known(name);
    if (known == wanted) return known;
    if (!same_but_for_case(known, wanted) || known == found) continue;
    several = found.has_value();
    found = known;
  }
  return several ? std::nullopt : found;
}

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
