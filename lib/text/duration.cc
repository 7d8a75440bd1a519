#include "text/duration.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <optional>
#include <string>

namespace pxq {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

struct Unit {
  int64_t ns;
  std::string_view names;  // between blanks
};

// No month and no year: Pixie would read the first letter and take a month for a minute.
constexpr Unit kUnits[] = {
    {86'400 * kSecond, " d day days "},
    {3'600 * kSecond, " h hr hrs hour hours "},
    {60 * kSecond, " m min mins minute minutes "},
    {kSecond, " s sec secs second seconds "},
    {1'000'000, " ms msec msecs millisecond milliseconds "},
    {1'000, " us µs usec usecs microsecond microseconds "},
    {1, " ns nsec nsecs nanosecond nanoseconds "},
};

constexpr std::string_view kForms = "such as 500ms, 5s, 2m, 1h30m, 1d or 1.5s";
constexpr size_t kFractionDigits = 9;

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

std::string_view take_digits(std::string_view& text) {
  size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

std::string_view take_word(std::string_view& text) {
  size_t count = 0;
  while (count < text.size() && !is_digit(text[count])) ++count;
  const std::string_view word = text.substr(0, count);
  text.remove_prefix(count);
  return word;
}

/// 0 if there is none.
int64_t unit_named(std::string_view name) {
  if (name.find(' ') != std::string_view::npos) return 0;
  for (const Unit& unit : kUnits) {
    if (unit.names.find(fmt::format(" {} ", name)) != std::string_view::npos) return unit.ns;
  }
  return 0;
}

/// `whole`.`fraction` units in nanoseconds, cut to whole ones; nothing if it is out of range.
std::optional<int64_t> amount(std::string_view whole, std::string_view fraction, int64_t unit) {
  int64_t count = 0;
  const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), count);
  if (error != std::errc() || end != whole.data() + whole.size()) return std::nullopt;
  int64_t ns = 0;
  if (__builtin_mul_overflow(count, unit, &ns)) return std::nullopt;
  // In 9 digits at most, so that no unit times the digits can overflow 128 bits.
  __extension__ typedef unsigned __int128 Wide;
  Wide digits = 0;
  Wide scale = 1;
  for (const char digit : fraction.substr(0, kFractionDigits)) {
    digits = digits * 10 + static_cast<unsigned>(digit - '0');
    scale *= 10;
  }
  const auto part = static_cast<int64_t>(digits * static_cast<Wide>(unit) / scale);
  if (__builtin_add_overflow(ns, part, &ns)) return std::nullopt;
  return ns;
}

/// Takes one number with its unit off the front of a text, again and again.
class Reader final {
 public:
  Reader(std::string_view text, std::string_view what) : text_(text), rest_(text), what_(what) {}

  Result<int64_t> read() {
    if (rest_.empty()) return refused("empty", kForms);
    while (!rest_.empty()) {
      if (Status status = take(); !status.ok()) return status;
    }
    return total_;
  }

 private:
  Status refused(std::string_view why, std::string_view hint) const {
    return {Code::kUsage, fmt::format("{} '{}': {}", what_, text_, why), std::string(hint)};
  }

  Status take() {
    if (!is_digit(rest_.front())) return refused("not a length of time", kForms);
    const bool first = rest_.size() == text_.size();
    const std::string_view whole = take_digits(rest_);
    std::string_view fraction;
    if (rest_.starts_with('.')) {
      rest_.remove_prefix(1);
      fraction = take_digits(rest_);
      if (fraction.empty()) return refused("no digits after the point", kForms);
    }
    const std::string_view name = take_word(rest_);
    const bool plain = name.empty() && first;  // a number alone is seconds
    const int64_t unit = plain ? kSecond : unit_named(name);
    if (unit == 0) return bad_unit(name);
    if (!fraction.empty() && !rest_.empty()) {
      return refused("only the last number can have a fraction", kForms);
    }
    if (unit >= last_unit_) return refused("units go from large to small, each once", kForms);
    last_unit_ = unit;
    const std::optional<int64_t> part = amount(whole, fraction, unit);
    if (!part || __builtin_add_overflow(total_, *part, &total_)) {
      return refused("out of range", "at most 292 years");
    }
    return {};
  }

  Status bad_unit(std::string_view name) const {
    if (name.empty()) return refused("a number without a unit", kForms);
    return refused(fmt::format("unknown unit '{}'", name),
                   fmt::format("units: d h m s ms us ns, {}", kForms));
  }

  std::string_view text_;
  std::string_view rest_;
  std::string_view what_;
  int64_t total_ = 0;
  int64_t last_unit_ = std::numeric_limits<int64_t>::max();
};

}  // namespace

Result<int64_t> parse_duration(std::string_view text, std::string_view what) {
  return Reader(text, what).read();
}

}  // namespace pxq
