#pragma once

#include <cstdint>
#include <vector>

namespace pxq {

/// A stretch of time, Unix ns; `to_ns` is not in it.
struct Stretch {
  int64_t from_ns = 0;
  int64_t to_ns = 0;

  bool operator==(const Stretch&) const = default;
};

/// Adds a stretch to ones that are in order and apart, and keeps them so.
void add_stretch(std::vector<Stretch>& stretches, Stretch added);

/// What of `asked` lies in none of the stretches, in order.
std::vector<Stretch> without(Stretch asked, const std::vector<Stretch>& stretches);

/// What of `asked` a job never asked for, as it began at `began_ns` and skipped some since.
std::vector<Stretch> never_asked(Stretch asked, int64_t began_ns,
                                 const std::vector<Stretch>& skipped);

}  // namespace pxq
