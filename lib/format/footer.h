#pragma once

#include <string>

#include "sink/summary.h"

namespace pxq {

/// The last line about a run, for stderr, without a line end:
///
///   http_data: 1 204 rows, 1.3 MB in 0.84 s (server: 0.61 s run, 0.02 s compile, 48 MB and
///   1.1 M rows read); complete
///   INCOMPLETE: stream lost after 1 204 rows (UNAVAILABLE)
///
/// Nothing in it drives a terminal.
std::string footer(const Summary& summary);

}  // namespace pxq
