#pragma once

#include <cstddef>
#include <string_view>

#include "base/text_buffer.h"

namespace pxq {

// String cells that hold JSON by their meaning. Each appends what people want to see of it and
// gives the terminal cells; text that is not what it should be is shown as it is, made visible.

/// `{"p50":1.5,"p99":8,...}` as `p50 1.5 · p99 8`; all quantiles when these two are not among them.
size_t append_quantiles(std::string_view json, TextBuffer& out);

/// The same in units of time: `p50 1.20 ms · p99 8.00 ms`.
size_t append_duration_quantiles(std::string_view json, TextBuffer& out);

/// The label of a link to a script.
size_t append_script_label(std::string_view json, TextBuffer& out);

}  // namespace pxq
