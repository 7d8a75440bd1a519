#include "local/plan/time_text.h"

#include <charconv>
#include <chrono>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "local/plan/time_units.h"

namespace pxq::local {
namespace {

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

int64_t unit_at(std::string_view text) {
  if (text.starts_with("ms")) return kMillisecond;
  if (text.starts_with('m')) return kMinute;
  if (text.starts_with('s')) return kSecond;
  if (text.starts_with('h')) return kHour;
  if (text.starts_with('d')) return kDay;
  return 0;
}

/// Reads an absolute time from the left; every step says whether the text went on as expected.
class TimeReader final {
 public:
  explicit TimeReader(std::string_view text) : text_(text) {}

  void skip_blanks() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\t'))
      text_.remove_prefix(1);
  }
  bool skip(char byte) {
    if (!text_.starts_with(byte)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool at_end() const { return text_.empty(); }

  bool number(size_t max_digits, int& value) {
    size_t digits = 0;
    value = 0;
    while (digits < max_digits && digits < text_.size() && is_digit(text_[digits])) {
      value = value * 10 + (text_[digits++] - '0');
    }
    text_.remove_prefix(digits);
    return digits > 0;
  }

  /// ".123" as nanoseconds; more than nine digits are cut. Nothing there is 0.
  bool fraction(int64_t& ns) {
    ns = 0;
    if (!skip('.')) return true;
    int64_t weight = kSecond / 10;
    const size_t before = text_.size();
    for (; !text_.empty() && is_digit(text_.front()); text_.remove_prefix(1), weight /= 10) {
      ns += weight * (text_.front() - '0');
    }
    return text_.size() < before;
  }

  /// "Z", "+02", "+0200" or "+02:00" in seconds east of UTC.
  bool zone(int& seconds) {
    seconds = 0;
    if (skip('Z') || skip('z')) return true;
    const bool west = text_.starts_with('-');
    if (!skip('-') && !skip('+')) return false;
    int hours = 0;
    int minutes = 0;
    if (!number(2, hours)) return false;
    if (skip(':') || (!text_.empty() && is_digit(text_.front()))) {
      if (!number(2, minutes)) return false;
    }
    if (hours > 23 || minutes > 59) return false;
    seconds = (hours * 60 + minutes) * 60 * (west ? -1 : 1);
    return true;
  }

 private:
  std::string_view text_;
};

struct Clock {
  int hour = 0, minute = 0, second = 0, zone = 0;
  int64_t fraction_ns = 0;
};

std::optional<int64_t> to_unix_ns(const std::chrono::year_month_day& date, const Clock& clock) {
  if (!date.ok() || clock.hour > 23 || clock.minute > 59 || clock.second > 60) return std::nullopt;
  const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const int64_t seconds =
      days * 86400 + clock.hour * 3600 + clock.minute * 60 + clock.second - clock.zone;
  int64_t ns = 0;
  if (__builtin_mul_overflow(seconds, kSecond, &ns)) return std::nullopt;
  if (__builtin_add_overflow(ns, clock.fraction_ns, &ns)) return std::nullopt;
  return ns;
}

}  // namespace

std::optional<int64_t> parse_duration(std::string_view text) {
  for (size_t start = 0; start < text.size(); ++start) {
    size_t end = start + (text[start] == '-' ? 1 : 0);
    const size_t digits = end;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end == digits) continue;
    const int64_t unit = unit_at(text.substr(end));
    if (unit == 0) {
      start = end - 1;  // no later start in these digits can end better
      continue;
    }
    int32_t amount = 0;
    const auto [stop, error] = std::from_chars(text.data() + start, text.data() + end, amount);
    int64_t ns = 0;
    if (error != std::errc() || stop != text.data() + end) return std::nullopt;
    if (__builtin_mul_overflow(int64_t{amount}, unit, &ns)) return std::nullopt;
    return ns;
  }
  return std::nullopt;
}

std::optional<int64_t> parse_absolute_time(std::string_view text) {
  TimeReader reader(text);
  int year = 0;
  int month = 0;
  int day = 0;
  Clock clock;
  reader.skip_blanks();
  if (!reader.number(4, year) || !reader.skip('-')) return std::nullopt;
  if (!reader.number(2, month) || !reader.skip('-') || !reader.number(2, day)) return std::nullopt;
  reader.skip_blanks();
  if (!reader.number(2, clock.hour) || !reader.skip(':')) return std::nullopt;
  if (!reader.number(2, clock.minute) || !reader.skip(':')) return std::nullopt;
  if (!reader.number(2, clock.second) || !reader.fraction(clock.fraction_ns)) return std::nullopt;
  reader.skip_blanks();
  if (!reader.zone(clock.zone)) return std::nullopt;
  reader.skip_blanks();
  if (!reader.at_end()) return std::nullopt;
  return to_unix_ns(std::chrono::year_month_day(std::chrono::year(year),
                                                std::chrono::month(static_cast<unsigned>(month)),
                                                std::chrono::day(static_cast<unsigned>(day))),
                    clock);
}

std::string format_duration(int64_t duration_ns) {
  static constexpr std::pair<int64_t, std::string_view> kUnits[] = {
      {kDay, "d"}, {kHour, "h"}, {kMinute, "m"}, {kSecond, "s"}, {kMillisecond, "ms"}};
  const bool negative = duration_ns < 0;
  const uint64_t size =
      negative ? 0 - static_cast<uint64_t>(duration_ns) : static_cast<uint64_t>(duration_ns);
  for (const auto& [unit, name] : kUnits) {
    const auto whole = size / static_cast<uint64_t>(unit);
    if (whole == 0 && unit != kMillisecond) continue;
    return fmt::format("{}{}{}", negative ? "-" : "", whole, name);
  }
  return {};
}

}  // namespace pxq::local
