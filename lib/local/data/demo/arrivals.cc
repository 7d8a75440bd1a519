#include "local/data/demo/arrivals.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "local/data/demo/dice.h"

namespace pxq::local::demo {

Arrivals::Arrivals(uint64_t seed, double per_minute) : seed_(seed) {
  for (size_t minute = 0; minute < 1440; ++minute) {
    // The fewest at four in the morning, the most twelve hours later.
    const double angle = 2 * std::numbers::pi * (static_cast<double>(minute) - 600) / 1440;
    const double count = std::round(per_minute * (1 + 0.4 * std::sin(angle)));
    before_[minute + 1] = before_[minute] + static_cast<uint64_t>(std::max(count, 1.0));
  }
}

int64_t Arrivals::offset(uint64_t visit, uint64_t index, uint64_t count) const {
  const double place = static_cast<double>(index) + 0.9 * share(dice(seed_, visit, 1));
  // Less than a whole place, so that visits keep their order within a minute.
  return static_cast<int64_t>(place * static_cast<double>(kMinute) / static_cast<double>(count));
}

int64_t Arrivals::time_of(uint64_t visit) const {
  const uint64_t day = visit / before_.back();
  const uint64_t rest = visit % before_.back();
  const auto after = std::ranges::upper_bound(before_, rest);
  const auto minute = static_cast<size_t>(after - before_.begin()) - 1;
  const uint64_t count = before_[minute + 1] - before_[minute];
  return kOpening + static_cast<int64_t>(day) * kDay + static_cast<int64_t>(minute) * kMinute +
         offset(visit, rest - before_[minute], count);
}

uint64_t Arrivals::count_before(int64_t time_ns) const {
  if (time_ns <= kOpening) return 0;
  const int64_t since = time_ns - kOpening;
  const auto minute = static_cast<size_t>(since % kDay / kMinute);
  const uint64_t first = static_cast<uint64_t>(since / kDay) * before_.back() + before_[minute];
  const uint64_t count = before_[minute + 1] - before_[minute];
  const int64_t into = since % kMinute;
  const auto index = std::min(
      count - 1, static_cast<uint64_t>(static_cast<double>(into) * static_cast<double>(count) /
                                       static_cast<double>(kMinute)));
  return first + index + (offset(first + index, index, count) < into ? 1 : 0);
}

}  // namespace pxq::local::demo
