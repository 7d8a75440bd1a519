#include "script/civil_time.h"

#include <string>

#include "script/time_scanner.h"

namespace pxq {
namespace {

bool take_date(Scanner& scanner, CivilTime& civil) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!(scanner.digits(4, year) && scanner.take('-') && scanner.digits(2, month) &&
        scanner.take('-') && scanner.digits(2, day))) {
    return false;
  }
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return false;
  civil.date = std::chrono::sys_days{date};
  return true;
}

bool take_fraction(Scanner& scanner, CivilTime& civil) {
  std::string digits{scanner.digits()};
  // Further digits would be lost without a word.
  if (digits.empty() || digits.size() > 9) return false;
  digits.resize(9, '0');
  civil.fraction_ns = std::stoll(digits);
  return true;
}

bool take_clock(Scanner& scanner, CivilTime& civil) {
  if (!scanner.digits(2, civil.hour) || !scanner.take(':') || !scanner.digits(2, civil.minute)) {
    return false;
  }
  if (scanner.take(':')) {
    if (!scanner.digits(2, civil.second)) return false;
    if (scanner.take('.') && !take_fraction(scanner, civil)) return false;
  }
  return civil.hour <= 23 && civil.minute <= 59 && civil.second <= 59;
}

bool take_zone(Scanner& scanner, CivilTime& civil) {
  if (scanner.take('Z') || scanner.take('z')) {
    civil.offset = 0;
    return true;
  }
  const bool east = scanner.take('+');
  if (!east && !scanner.take('-')) return false;
  int hours = 0;
  int minutes = 0;
  if (scanner.digits(2, hours)) {
    if (!scanner.take(':') || !scanner.digits(2, minutes)) return false;
  } else if (scanner.digits(4, minutes)) {
    hours = minutes / 100;
    minutes %= 100;
  } else {
    return false;
  }
  if (hours > 23 || minutes > 59) return false;
  civil.offset = (hours * 3600 + minutes * 60) * (east ? 1 : -1);
  return true;
}

}  // namespace

std::optional<CivilTime> scan_civil(std::string_view text) {
  Scanner scanner(text);
  CivilTime civil;
  const bool dated = text.find('-') == 4;
  if (dated) {
    if (!take_date(scanner, civil)) return std::nullopt;
    if (scanner.done()) return civil;
    if (!scanner.take('T') && !scanner.take('t') && !scanner.take(' ')) return std::nullopt;
  }
  if (!take_clock(scanner, civil)) return std::nullopt;
  if (scanner.done()) return civil;
  scanner.take(' ');
  if (!take_zone(scanner, civil) || !scanner.done()) return std::nullopt;
  return civil;
}

}  // namespace pxq
