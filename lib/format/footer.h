#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "sink/summary.h"

namespace pxq {

/// The last line about a run, for stderr, without a line end:
///
///   http_data: 1 204 rows, 1.3 MiB in 0.84 s (server: 0.61 s run, 0.02 s compile, 48 MiB and
///   1.1 M rows read); complete
///   INCOMPLETE: stream lost after 1 204 rows (UNAVAILABLE)
///   INCOMPLETE: interrupted after 1 204 rows; resumed 2 times, rows in between may be missing
///
/// Nothing in it drives a terminal.
std::string footer(const Summary& summary);

/// The same beside tables whose titles have just been read: it names none of them, and rather than
/// be wider than `width` cells it leaves out what the server did, then size and time, then the
/// rows: a line that is cut would lose the verdict.
///
///   1 204 rows, 1.3 MiB in 0.84 s (server: 0.61 s, 48 MiB read); complete
std::string footer(const Summary& summary, size_t width);

/// `999 B`, `1.2 MiB`.
std::string size_text(uint64_t bytes);

/// The line about a stream that was cut after so many rows and went on; `lossy`: before the end of
/// a table.
///
///   resumed: stream lost after 1 204 rows (UNAVAILABLE); rows in between may be missing
std::string resumed_line(const Status& cut, uint64_t rows, bool lossy);

}  // namespace pxq
