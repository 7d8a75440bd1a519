#include "text/time_text.h"

#include <chrono>
#include <cstring>

#include "text/digits.h"
#include "text/number.h"
#include "text/time_zone.h"

namespace pxq {
namespace {

constexpr uint64_t kNsPerSecond = 1'000'000'000;
constexpr int64_t kSecondsPerDay = 86'400;

int64_t floor_div(int64_t value, int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

// REQUIRES: a day that nanoseconds since 1970 reach, give or take a zone's offset.
std::chrono::year_month_day civil_from_days(int64_t days) {
  return std::chrono::sys_days(std::chrono::days(days));
}

}  // namespace

int64_t floor_seconds(Time64 time) {
  return floor_div(time.ns, static_cast<int64_t>(kNsPerSecond));
}

int64_t days_from_civil(int64_t year, unsigned month, unsigned day) {
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                            std::chrono::day(day)};
  return sys_days(date).time_since_epoch().count();
}

int64_t civil_year(int64_t seconds) {
  return int{civil_from_days(floor_div(seconds, kSecondsPerDay)).year()};
}

void TimeText::keep_second(int64_t second) {
  second_ = second;
  zoned_second_ = INT64_MIN;
  start_ns_ = static_cast<uint64_t>(second) * kNsPerSecond;
  const int64_t days = floor_div(second, kSecondsPerDay);
  const auto of_day = static_cast<uint32_t>(second - days * kSecondsPerDay);
  const std::chrono::year_month_day civil = civil_from_days(days);
  char* text = write_digits(text_, static_cast<uint32_t>(int{civil.year()}), 4);
  *text++ = '-';
  text = write_two_digits(text, unsigned{civil.month()});
  *text++ = '-';
  text = write_two_digits(text, unsigned{civil.day()});
  *text++ = 'T';
  text = write_two_digits(text, of_day / 3600);
  *text++ = ':';
  text = write_two_digits(text, of_day / 60 % 60);
  *text++ = ':';
  text = write_two_digits(text, of_day % 60);
  *text = '.';
}

char* TimeText::write_rfc3339(char* out, Time64 time) {
  uint64_t ns = static_cast<uint64_t>(time.ns) - start_ns_;
  // The second that time begins in has its start before it, where counting wraps around.
  const bool wrapped = (time.ns ^ second_) < 0;
  if (ns >= kNsPerSecond || wrapped) {
    keep_second(floor_seconds(time));
    ns = static_cast<uint64_t>(time.ns) - start_ns_;
  }
  std::memcpy(out, text_, kSecondSize);
  out = write_nine_digits(out + kSecondSize, static_cast<uint32_t>(ns));
  *out++ = 'Z';
  return out;
}

char* TimeText::write_rfc3339(char* out, Time64 time, int32_t offset, TimeDigits digits) {
  // An offset has no seconds in RFC 3339; zones of the 19th century do.
  offset -= offset % 60;
  const int64_t seconds = floor_seconds(time);
  if (seconds + offset != second_) keep_second(seconds + offset);
  std::memcpy(out, text_, kSecondSize);
  const uint64_t ns =
      static_cast<uint64_t>(time.ns) - static_cast<uint64_t>(seconds) * kNsPerSecond;
  switch (digits) {
    case TimeDigits::kNone: out += kSecondSize - 1; break;  // without the point
    case TimeDigits::kThree:
      out = write_digits(out + kSecondSize, static_cast<uint32_t>(ns / 1'000'000), 3);
      break;
    case TimeDigits::kNine:
      out = write_nine_digits(out + kSecondSize, static_cast<uint32_t>(ns));
      break;
  }
  if (offset == 0) {
    *out++ = 'Z';
    return out;
  }
  *out++ = offset < 0 ? '-' : '+';
  const auto minutes = static_cast<uint32_t>(offset < 0 ? -offset : offset) / 60;
  out = write_two_digits(out, minutes / 60);
  *out++ = ':';
  return write_two_digits(out, minutes % 60);
}

char* TimeText::write_civil(char* out, Time64 time, int32_t offset) {
  const int64_t seconds = floor_seconds(time);
  if (seconds + offset != second_) keep_second(seconds + offset);
  std::memcpy(out, text_, kSecondSize);
  out[10] = ' ';
  const uint64_t ns =
      static_cast<uint64_t>(time.ns) - static_cast<uint64_t>(seconds) * kNsPerSecond;
  return write_digits(out + kSecondSize, static_cast<uint32_t>(ns / 1'000'000), 3);
}

char* TimeText::write_civil(char* out, Time64 time, const TimeZone& zone) {
  uint64_t ns = static_cast<uint64_t>(time.ns) - zoned_start_ns_;
  // As in write_rfc3339(): counting wraps around in the second in which time begins.
  const bool wrapped = (time.ns ^ zoned_second_) < 0;
  if (ns >= kNsPerSecond || wrapped || zoned_second_ == INT64_MIN) {
    const int64_t second = floor_seconds(time);
    keep_second(second + zone.offset_at(second));
    zoned_second_ = second;
    zoned_start_ns_ = static_cast<uint64_t>(second) * kNsPerSecond;
    ns = static_cast<uint64_t>(time.ns) - zoned_start_ns_;
  }
  std::memcpy(out, text_, kSecondSize);
  out[10] = ' ';
  return write_digits(out + kSecondSize, static_cast<uint32_t>(ns / 1'000'000), 3);
}

std::string rfc3339_text(int64_t unix_ns) {
  std::string text(TimeText::kRfc3339Size, '\0');
  TimeText().write_rfc3339(text.data(), Time64{unix_ns});
  return text;
}

char* write_unix(char* out, Time64 time) {
  auto magnitude = static_cast<uint64_t>(time.ns);
  if (time.ns < 0) {
    *out++ = '-';
    magnitude = 0 - magnitude;
  }
  out = write_uint64(out, magnitude / kNsPerSecond);
  *out++ = '.';
  return write_nine_digits(out, static_cast<uint32_t>(magnitude % kNsPerSecond));
}

}  // namespace pxq
