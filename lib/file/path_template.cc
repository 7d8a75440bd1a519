#include "file/path_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/digest.h"
#include "base/letter_case.h"
#include "file/file_bytes.h"

namespace pxq {
namespace {

constexpr std::array<std::string_view, 8> kPlaceholders = {"table", "cluster", "script", "date",
                                                           "hour",  "start",   "end",    "run"};
// Two values and an ending fit into the 255 bytes of a file name.
constexpr size_t kLongestValue = 120;
// 48 bits of the whole value keep names apart that would be cut to the same beginning.
constexpr size_t kHashDigits = 12;

struct Moment {
  std::chrono::year_month_day day;
  std::chrono::hh_mm_ss<std::chrono::seconds> time;
  int64_t fraction_ns;
};

/// Seconds and fraction apart: midnight before the earliest nanosecond is out of range.
Moment moment(int64_t unix_ns) {
  using namespace std::chrono;
  int64_t whole = unix_ns / 1'000'000'000;
  int64_t fraction = unix_ns % 1'000'000'000;
  if (fraction < 0) {
    fraction += 1'000'000'000;
    --whole;
  }
  const sys_seconds point{seconds(whole)};
  const auto midnight = floor<days>(point);
  return {year_month_day(midnight), hh_mm_ss<seconds>(point - midnight), fraction};
}

std::string date_text(const Moment& at, std::string_view separator) {
  return fmt::format("{:04}{}{:02}{}{:02}", static_cast<int>(at.day.year()), separator,
                     static_cast<unsigned>(at.day.month()), separator,
                     static_cast<unsigned>(at.day.day()));
}

std::string stamp(int64_t unix_ns) {
  const Moment at = moment(unix_ns);
  std::string text = fmt::format("{}T{:02}{:02}{:02}", date_text(at, ""), at.time.hours().count(),
                                 at.time.minutes().count(), at.time.seconds().count());
  if (at.fraction_ns != 0) text += fmt::format(".{:09}", at.fraction_ns);
  return text + "Z";
}

std::string value_of(std::string_view placeholder, const PathValues& values) {
  if (placeholder == "table") return path_safe(values.table);
  if (placeholder == "cluster") return path_safe(values.cluster);
  if (placeholder == "script") return path_safe(values.script);
  if (placeholder == "run") return path_safe(values.run);
  if (placeholder == "date") return date_text(moment(values.start_ns), "-");
  if (placeholder == "hour")
    return fmt::format("{:02}", moment(values.start_ns).time.hours().count());
  return stamp(placeholder == "start" ? values.start_ns : values.end_ns);
}

Status unknown_placeholder(std::string_view text, std::string_view name) {
  std::string list;
  for (const auto known : kPlaceholders)
    list.append(list.empty() ? "{" : " {").append(known) += '}';
  return {Code::kUsage, fmt::format("no placeholder {{{}}} in '{}'", name, text),
          "there are " + list + "; {{ and }} stand for braces"};
}

Status lone_brace(std::string_view text, char brace) {
  return {Code::kUsage, fmt::format("a lone '{}' in '{}'", brace, text),
          fmt::format("write {0}{0} for the character itself", brace)};
}

bool safe(char byte, bool first) {
  // A '%' begins an escape, so it is escaped itself. In front, '.' would hide the file, and '-' and
  // '~' mean something to commands and shells.
  if (byte <= ' ' || byte > '~' || byte == '\\' || byte == '%') return byte == ' ' && !first;
  return !first || (byte != '.' && byte != '-' && byte != '~');
}

}  // namespace

std::string path_safe(std::string_view value) {
  if (value.empty()) return "_";
  std::string text;
  for (const char byte : value) {
    if (byte == '/') {
      text += '_';
    } else if (safe(byte, text.empty())) {
      text += byte;
    } else {
      text += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
  }
  if (text.size() <= kLongestValue) return text;
  text.resize(kLongestValue - kHashDigits - 1);
  return text + "~" + sha256_hex(value).substr(0, kHashDigits);
}

Result<PathTemplate> PathTemplate::parse(std::string_view text) {
  PathTemplate path;
  path.text_ = text;
  Part part;
  for (size_t at = 0; at < text.size(); ++at) {
    const char byte = text[at];
    if (byte != '{' && byte != '}') {
      part.literal += byte;
    } else if (at + 1 < text.size() && text[at + 1] == byte) {
      part.literal += byte;
      ++at;
    } else {
      const size_t end = byte == '{' ? text.find('}', at) : std::string_view::npos;
      if (end == std::string_view::npos) return lone_brace(text, byte);
      part.placeholder = text.substr(at + 1, end - at - 1);
      if (std::ranges::find(kPlaceholders, part.placeholder) == kPlaceholders.end()) {
        return unknown_placeholder(text, part.placeholder);
      }
      path.parts_.push_back(std::move(part));
      part = {};
      at = end;
    }
  }
  path.parts_.push_back(std::move(part));
  return path;
}

bool PathTemplate::has(std::string_view placeholder) const {
  return std::ranges::any_of(parts_,
                             [&](const Part& part) { return part.placeholder == placeholder; });
}

std::string PathTemplate::directory() const { return parent_path(parts_.front().literal); }

std::string PathTemplate::expand(const PathValues& values) const {
  std::string path;
  for (const Part& part : parts_) {
    path += part.literal;
    if (!part.placeholder.empty()) path += value_of(part.placeholder, values);
  }
  return path;
}

std::string PathClaims::claim(const PathTemplate& path, PathValues values) {
  const std::string table = values.table;
  for (uint64_t number = 2;; ++number) {
    std::string name = path.expand(values);
    // Without the table in it the path cannot become another one.
    // Names that differ only in case are one file on some file systems.
    if (taken_.insert(lower_case(name)).second || !path.has("table")) return name;
    values.table = fmt::format("{}#{}", table, number);
  }
}

}  // namespace pxq
