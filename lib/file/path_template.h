#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace pxq {

/// What the placeholders stand for. Times are Unix nanoseconds.
struct PathValues {
  std::string table;
  std::string cluster;
  std::string script;
  std::string run;
  int64_t start_ns = 0;  // of the window, or of the run where there is none; {date} and {hour} too
  int64_t end_ns = 0;
};

/// A file name with placeholders: {table} {cluster} {script} {run}, and in UTC {date} 2026-11-23,
/// {hour} 07, {start} and {end} 20261123T070000Z (with nine digits of a second where it has a
/// fraction). `{{` and `}}` are braces. A value is always one part of one name: `/` becomes `_`;
/// control bytes, non-ASCII bytes, `\`, `%` and a leading `.`, `-` or `~` become %XX; an empty
/// value is `_`; more than 120 bytes are cut and get a hash of the whole. So a value never leaves
/// the directory.
class PathTemplate {
 public:
  /// Unknown placeholders and lone braces are kUsage.
  static Result<PathTemplate> parse(std::string_view text);

  const std::string& text() const { return text_; }
  bool has(std::string_view placeholder) const;
  bool has_placeholders() const { return parts_.size() > 1; }

  /// The deepest directory that does not depend on a value.
  std::string directory() const;

  std::string expand(const PathValues& values) const;

 private:
  struct Part {
    std::string literal;
    std::string placeholder;  // after the literal; empty in the last part
  };

  std::string text_;
  std::vector<Part> parts_;
};

/// `value` as one safe part of a file's name; see PathTemplate.
std::string path_safe(std::string_view value);

/// Keeps the paths of one run apart: also those that differ in case only, because some file systems
/// do not tell them apart. The second table of a path is `name#2`.
class PathClaims {
 public:
  std::string claim(const PathTemplate& path, PathValues values);

 private:
  std::set<std::string> taken_;
};

}  // namespace pxq
