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

/// Why a `#px:set` line is refused.
struct FlagRefusal {
  std::string message;
  uint32_t line = 0;
};

/// Reads the flags of a script into `flags`; a refusal where a line is malformed or names no flag.
std::optional<FlagRefusal> parse_flags(std::string_view text, QueryFlags& flags);

}  // namespace pxq::local
