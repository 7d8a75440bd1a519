#include <string>

#include "fuzz/target.h"
#include "text/time_zone.h"

namespace pxq::fuzz {

void fuzz_zone(std::string_view input) {
  const Result<TimeZone> zone = TimeZone::parse("Test/Zone", input);
  if (!zone.ok()) return;
  for (const int64_t seconds : {INT64_MIN / 1'000'000'000, int64_t{-1}, int64_t{0},
                                int64_t{1'700'000'000}, INT64_MAX / 1'000'000'000}) {
    const int32_t offset = zone->offset_at(seconds);
    expect(offset > -26 * 3600 && offset < 26 * 3600, "no zone is more than a day off");
  }
}

}  // namespace pxq::fuzz
