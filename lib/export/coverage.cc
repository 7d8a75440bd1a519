#include "export/coverage.h"

#include <algorithm>

namespace pxq {

void add_stretch(std::vector<Stretch>& stretches, Stretch added) {
  if (added.from_ns >= added.to_ns) return;
  std::erase_if(stretches, [&](const Stretch& old) {
    const bool touches = old.from_ns <= added.to_ns && added.from_ns <= old.to_ns;
    if (!touches) return false;
    added = {std::min(added.from_ns, old.from_ns), std::max(added.to_ns, old.to_ns)};
    return true;
  });
  const auto place = std::ranges::upper_bound(stretches, added.from_ns, {}, &Stretch::from_ns);
  stretches.insert(place, added);
}

std::vector<Stretch> without(Stretch asked, const std::vector<Stretch>& stretches) {
  std::vector<Stretch> left;
  for (const Stretch& taken : stretches) {
    if (taken.to_ns <= asked.from_ns) continue;
    if (taken.from_ns >= asked.to_ns) break;
    if (asked.from_ns < taken.from_ns) left.push_back({asked.from_ns, taken.from_ns});
    asked.from_ns = taken.to_ns;
  }
  if (asked.from_ns < asked.to_ns) left.push_back(asked);
  return left;
}

std::vector<Stretch> never_asked(Stretch asked, int64_t began_ns,
                                 const std::vector<Stretch>& skipped) {
  std::vector<Stretch> found;
  add_stretch(found, {asked.from_ns, std::min(asked.to_ns, began_ns)});
  for (const Stretch& one : skipped) {
    add_stretch(found, {std::max(asked.from_ns, one.from_ns), std::min(asked.to_ns, one.to_ns)});
  }
  return found;
}

}  // namespace pxq
