#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace pxq {

/// A day and time of each year at which a zone's clock changes: the rule that follows the last
/// change that is listed in a zone's file.
struct YearlyChange {
  enum class Kind { kWeekday, kJulian, kDayOfYear } kind = Kind::kWeekday;
  int month = 1;
  int week = 1;     // 5: the last
  int weekday = 0;  // 0: Sunday
  int day = 0;      // of kJulian (from 1, no 29 February) and kDayOfYear (from 0)
  int32_t second_of_day = 7200;

  /// Seconds since 1970 at which it falls in `year`, on a clock that shows UTC.
  int64_t in_year(int64_t year) const;
};

/// The offset from UTC for every moment, as the system's zone files have it. Read once.
class TimeZone {
 public:
  /// UTC.
  TimeZone() = default;

  /// By IANA name (`Europe/Berlin`), by distance from UTC (`+09:00`), or `local`, which is the
  /// zone of TZ, else of the machine; UTC for an empty name. kUsage if there is no such zone.
  static Result<TimeZone> load(const std::string& name);

  /// From the bytes of a zone file (RFC 8536); kUsage if they are none.
  static Result<TimeZone> parse(std::string name, std::string_view file);

  const std::string& name() const { return name_; }

  /// Seconds ahead of UTC at `seconds` since 1970.
  int32_t offset_at(int64_t seconds) const;

 private:
  struct Change {
    int64_t at;
    int32_t offset;
  };
  /// What a TZ string such as `CET-1CEST,M3.5.0,M10.5.0/3` says about the time after all changes.
  struct Rule {
    int32_t standard = 0;
    int32_t daylight = 0;
    bool changes = false;
    YearlyChange start;
    YearlyChange end;
  };
  static bool parse_rule(std::string_view text, Rule& rule);
  static std::optional<TimeZone> at_distance(const std::string& name);
  static Result<TimeZone> load_local();
  static Result<TimeZone> load_file(const std::string& name, const std::string& path);
  int32_t offset_by_rule(int64_t seconds) const;

  std::string name_ = "UTC";
  int32_t first_offset_ = 0;
  std::vector<Change> changes_;  // in order of time
  Rule rule_;
  bool has_rule_ = false;
};

}  // namespace pxq
