#include "text/time_zone.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <iterator>

#include "base/environment.h"
#include "text/time_text.h"

namespace pxq {
namespace {

/// Reads big-endian numbers from the front of a file's bytes; once short, always short.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  uint64_t number(size_t bytes) {
    uint64_t value = 0;
    for (const char byte : take(bytes)) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
  }
  std::string_view take(size_t count) {
    if (count > rest_.size()) is_short_ = true;
    if (is_short_) return {};
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::string_view rest() const { return rest_; }
  bool is_short() const { return is_short_; }

 private:
  std::string_view rest_;
  bool is_short_ = false;
};

struct Header {
  uint64_t utc_flags, standard_flags, leaps, changes, types, letters;

  size_t body_size(size_t time_size) const {
    return changes * (time_size + 1) + types * 6 + letters + leaps * (time_size + 4) +
           standard_flags + utc_flags;
  }
};

bool read_header(Reader& in, Header& header, char& version) {
  if (in.take(4) != "TZif") return false;
  version = static_cast<char>(in.number(1));
  in.take(15);
  for (uint64_t* count : {&header.utc_flags, &header.standard_flags, &header.leaps, &header.changes,
                          &header.types, &header.letters}) {
    *count = in.number(4);
  }
  return !in.is_short() && header.types != 0;
}

/// Reads a TZ string piece by piece.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : rest_(text) {}

  bool skip(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool at_end() const { return rest_.empty(); }
  bool at(char next) const { return !rest_.empty() && rest_.front() == next; }

  // `CET` or `<+0530>`
  bool name() {
    const bool quoted = skip('<');
    const size_t size = quoted ? rest_.find('>') : rest_.find_first_of("+-0123456789,");
    if (size == 0 || (quoted && size == std::string_view::npos)) return false;
    rest_.remove_prefix(std::min(size, rest_.size()));
    return !quoted || skip('>');
  }
  bool number(int& value) {
    // Beyond any day of a year and any hour that a rule can name.
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc() || value < 0 || value > 400) return false;
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return true;
  }
  // [+-]h[:m[:s]]
  bool seconds(int32_t& value) {
    const bool negative = skip('-');
    if (!negative) skip('+');
    int hours = 0, minutes = 0, rest = 0;
    if (!number(hours)) return false;
    if (skip(':') && (!number(minutes) || (skip(':') && !number(rest)))) return false;
    value = hours * 3600 + minutes * 60 + rest;
    if (negative) value = -value;
    return true;
  }
  // Mm.w.d, Jn or n, each with an optional /time
  bool change(YearlyChange& change) {
    if (skip('M')) {
      change.kind = YearlyChange::Kind::kWeekday;
      if (!number(change.month) || !skip('.') || !number(change.week) || !skip('.') ||
          !number(change.weekday)) {
        return false;
      }
      if (change.month < 1 || change.month > 12 || change.week < 1 || change.week > 5 ||
          change.weekday > 6) {
        return false;
      }
    } else {
      change.kind = skip('J') ? YearlyChange::Kind::kJulian : YearlyChange::Kind::kDayOfYear;
      if (!number(change.day)) return false;
    }
    return !skip('/') || seconds(change.second_of_day);
  }

 private:
  std::string_view rest_;
};

/// RFC 8536 wants zones within these bounds; what a file says beyond them is not believed.
bool is_distance(int32_t seconds) { return -25 * 3600 < seconds && seconds < 26 * 3600; }

Status no_such_zone(const std::string& name) {
  return {Code::kUsage, "no time zone '" + name + "' on this machine",
          "use an IANA name such as Europe/Berlin, +09:00, local, or UTC; the package tzdata holds "
          "the names"};
}

}  // namespace

int64_t YearlyChange::in_year(int64_t year) const {
  int64_t date = 0;
  if (kind == Kind::kWeekday) {
    const auto of_month = static_cast<unsigned>(month);
    const int64_t first = days_from_civil(year, of_month, 1);
    const int64_t next_month =
        month == 12 ? days_from_civil(year + 1, 1, 1) : days_from_civil(year, of_month + 1, 1);
    const int64_t first_weekday = ((first + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
    date = first + (weekday - first_weekday + 7) % 7 + int64_t{7} * (week - 1);
    // The fifth week stands for the month's last.
    while (date >= next_month) date -= 7;
  } else {
    date = days_from_civil(year, 1, 1) + day;
    // Days of this kind skip 29 February: J60 is always 1 March.
    if (kind == Kind::kJulian)
      date -= std::chrono::year(static_cast<int>(year)).is_leap() && day >= 60 ? 0 : 1;
  }
  return date * 86400 + second_of_day;
}

// +09:00, -0330, +5
std::optional<TimeZone> TimeZone::at_distance(const std::string& name) {
  if (name.front() != '+' && name.front() != '-') return std::nullopt;
  std::string digits = name.substr(1);
  const size_t colon = digits.find(':');
  if (colon != std::string::npos && colon + 3 == digits.size()) digits.erase(colon, 1);
  const bool with_minutes = digits.size() > 2;
  const bool is_number = digits.find_first_not_of("0123456789") == std::string::npos;
  if (digits.empty() || digits.size() > 4 || !is_number) return std::nullopt;
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const int hours = with_minutes ? number / 100 : number;
  const int minutes = with_minutes ? number % 100 : 0;
  if (hours > 23 || minutes > 59) return std::nullopt;
  TimeZone zone;
  zone.name_ = name;
  zone.first_offset_ = (hours * 60 + minutes) * (name.front() == '-' ? -60 : 60);
  return zone;
}

// What TZ says, be it a name, a file's path or a rule, as C programs read it.
Result<TimeZone> TimeZone::load_local() {
  std::string text = environment("TZ");
  if (text.starts_with(':')) text.erase(0, 1);
  if (text.empty()) return load_file("local", "/etc/localtime");
  if (text.front() == '/') return load_file("local", text);
  TimeZone zone;
  if (text.find('/') == std::string::npos && parse_rule(text, zone.rule_)) {
    zone.name_ = "local";
    zone.has_rule_ = true;
    return zone;
  }
  return text == "local" ? no_such_zone(text) : load(text);
}

Result<TimeZone> TimeZone::load(const std::string& name) {
  if (name.empty() || name == "UTC" || name == "Z") return TimeZone();
  if (name == "local") {
    Result<TimeZone> zone = load_local();
    return zone.ok() ? zone : TimeZone();  // as C programs do
  }
  if (std::optional<TimeZone> zone = at_distance(name)) return *std::move(zone);
  // A name must not lead out of the directory of zones.
  if (name.front() == '/' || name.find("..") != std::string::npos) return no_such_zone(name);
  const std::string directory = environment("TZDIR");
  const std::string base = directory.empty() ? "/usr/share/zoneinfo" : directory;
  return load_file(name, base + "/" + name);
}

Result<TimeZone> TimeZone::load_file(const std::string& name, const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return no_such_zone(name);
  // The largest zone takes a few kilobytes.
  constexpr size_t kMostBytes = 1 << 20;
  std::string file(kMostBytes, '\0');
  in.read(file.data(), static_cast<std::streamsize>(file.size()));
  file.resize(static_cast<size_t>(in.gcount()));
  return parse(name, file);
}

Result<TimeZone> TimeZone::parse(std::string name, std::string_view file) {
  Reader in(file);
  Header header{};
  char version = 0;
  if (!read_header(in, header, version)) return no_such_zone(name);
  size_t time_size = 4;
  if (version >= '2') {  // the same once more with 64-bit times
    in.take(header.body_size(4));
    if (!read_header(in, header, version)) return no_such_zone(name);
    time_size = 8;
  }
  if (header.body_size(time_size) > in.rest().size()) return no_such_zone(name);

  TimeZone zone;
  zone.name_ = std::move(name);
  Reader times(in.take(header.changes * time_size));
  Reader kinds(in.take(header.changes));
  std::vector<int32_t> offsets;
  for (uint64_t i = 0; i < header.types; ++i) {
    offsets.push_back(static_cast<int32_t>(static_cast<uint32_t>(in.number(4))));
    if (!is_distance(offsets.back())) return no_such_zone(zone.name_);
    in.take(2);
  }
  zone.first_offset_ = offsets.front();
  for (uint64_t i = 0; i < header.changes; ++i) {
    const uint64_t bits = times.number(time_size);
    const int64_t at = time_size == 8 ? static_cast<int64_t>(bits)
                                      : static_cast<int32_t>(static_cast<uint32_t>(bits));
    const uint64_t kind = kinds.number(1);
    if (kind >= offsets.size()) return no_such_zone(zone.name_);
    zone.changes_.push_back({at, offsets[kind]});
  }
  in.take(header.letters + header.leaps * (time_size + 4) + header.standard_flags +
          header.utc_flags);
  std::string_view footer = in.rest();
  if (footer.size() > 2 && footer.front() == '\n' && footer.back() == '\n') {
    zone.has_rule_ = parse_rule(footer.substr(1, footer.size() - 2), zone.rule_);
  }
  return zone;
}

bool TimeZone::parse_rule(std::string_view text, Rule& rule) {
  RuleReader in(text);
  int32_t west = 0;  // TZ strings count westward
  if (!in.name() || !in.seconds(west)) return false;
  rule.standard = -west;
  if (!is_distance(rule.standard)) return false;
  if (in.at_end()) return true;
  if (!in.name()) return false;
  rule.daylight = rule.standard + 3600;
  if (!in.at(',')) {
    if (!in.seconds(west)) return false;
    rule.daylight = -west;
  }
  if (!is_distance(rule.daylight)) return false;
  rule.changes = true;
  return in.skip(',') && in.change(rule.start) && in.skip(',') && in.change(rule.end) &&
         in.at_end();
}

int32_t TimeZone::offset_at(int64_t seconds) const {
  // UTC and zones at a distance, which most tables are shown in, have nothing to look up.
  if (changes_.empty() && !has_rule_) return first_offset_;
  const auto next =
      std::upper_bound(changes_.begin(), changes_.end(), seconds,
                       [](int64_t moment, const Change& change) { return moment < change.at; });
  if (next == changes_.end() && has_rule_) return offset_by_rule(seconds);
  return next == changes_.begin() ? first_offset_ : std::prev(next)->offset;
}

int32_t TimeZone::offset_by_rule(int64_t seconds) const {
  if (!rule_.changes) return rule_.standard;
  const int64_t year = civil_year(seconds + rule_.standard);
  const int64_t start = rule_.start.in_year(year) - rule_.standard;
  const int64_t end = rule_.end.in_year(year) - rule_.daylight;
  const bool daylight = start < end ? start <= seconds && seconds < end
                                    : seconds < end || start <= seconds;  // south of the equator
  return daylight ? rule_.daylight : rule_.standard;
}

}  // namespace pxq
