#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pxq::local {

/// What `#px:set key=value` lines of a script ask for.
struct QueryFlags {
  int64_t max_output_rows_per_table = 10000;  // <= 0: no limit
  bool explain = false;
  bool analyze = false;
};

/// Reads the flags of a script into `flags`; the text of the refusal where a line is malformed or
/// names no flag.
std::optional<std::string> parse_flags(std::string_view text, QueryFlags& flags);

}  // namespace pxq::local
