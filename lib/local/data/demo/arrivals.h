#pragma once

#include <array>
#include <cstdint>

namespace pxq::local::demo {

inline constexpr int64_t kSecond = 1'000'000'000;
inline constexpr int64_t kMinute = 60 * kSecond;
inline constexpr int64_t kDay = 1440 * kMinute;

/// When the shop opened: 2026-01-01T00:00:00Z. Nothing happened before.
inline constexpr int64_t kOpening = 1'767'225'600 * kSecond;

/// When the visits of the shop begin: more by day than by night, numbered from 0 at its opening.
/// Whole numbers only, and no state: any moment and any visit is found at once.
class Arrivals {
 public:
  /// `per_minute` is the mean.
  Arrivals(uint64_t seed, double per_minute);

  int64_t time_of(uint64_t visit) const;
  /// How many visits began before `time_ns`.
  uint64_t count_before(int64_t time_ns) const;

 private:
  /// When visit `index` of a minute with `count` of them begins, after the minute's start.
  int64_t offset(uint64_t visit, uint64_t index, uint64_t count) const;

  uint64_t seed_;
  std::array<uint64_t, 1441> before_{};  // visits of a day before each of its minutes
};

}  // namespace pxq::local::demo
