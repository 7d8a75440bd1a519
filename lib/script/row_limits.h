#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "script/request.h"
#include "script/vis.h"

namespace pxq {

/// A number of rows after which a script itself may stop.
struct RowLimit {
  uint64_t rows = 0;
  std::string what;    // as in "the 1000 rows of head(1000) in line 7"
  std::string remedy;  // what its user can do
  uint64_t line = 0;   // of the script; 0: an argument
};

/// The literal head()s of a script, read from its tokens; positions are lines of the user's own.
std::vector<RowLimit> literal_heads(std::string_view script);

/// All limits of a request: the literal head()s, and the INT arguments that go into one. Where the
/// text leaves open what does, each argument from ten on: smaller numbers are of other things.
std::vector<RowLimit> row_limits(const ScriptRequest& request, const Vis& vis);

}  // namespace pxq
