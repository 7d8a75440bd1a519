#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace pxq::bench {

/// What one query is answered with. The same spec always gives the same bytes.
struct LoadSpec {
  enum class Shape { kWide, kNarrow, kNumbers, kStrings };
  Shape shape = Shape::kWide;
  uint64_t rows = 100'000;  // of all tables together
  uint64_t batch = 1024;    // rows of a batch
  uint64_t tables = 1;
  uint64_t columns = 8;  // of kNumbers and kStrings
  uint64_t cell = 16;    // bytes of a cell of kStrings
  uint64_t rate = 0;     // rows a second; 0: as fast as the client takes them
};

/// What comes before a spec in a script's text: `#load shape=wide rows=2000000 batch=1024`.
inline constexpr std::string_view kLoadMark = "#load ";

/// Reads `key=value` words up to the end of the line; what is not named stays as `defaults` has it.
Result<LoadSpec> parse_load_spec(std::string_view words, const LoadSpec& defaults = {});

/// The spec that a script's text asks for, or `defaults` where it asks for none.
Result<LoadSpec> load_spec_of_script(std::string_view script, const LoadSpec& defaults);

/// The words again, for use as a key.
std::string to_text(const LoadSpec& spec);

}  // namespace pxq::bench
