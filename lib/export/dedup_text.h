#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "export/watermark.h"

namespace pxq {

/// A dedup window as text for a JSON string: some 27 bytes a row, in base64. Times are written as
/// their distance from the row before, the first one from `from_ns`.
std::string dedup_text(const DedupWindow& window, int64_t from_ns);

/// Reads it back; nothing for what is no such text.
std::optional<DedupWindow> parse_dedup_window(std::string_view text, int64_t from_ns);

/// Rows that a state keeps of one table: at 27 bytes each in the state, and some 80 in memory.
inline constexpr size_t kMostKnownRows = 500'000;

/// Lets at most `most` rows stay, the youngest, by moving the window's start up: late rows from
/// before it are not exported any more. Rows of one moment go or stay together.
void bound_dedup_window(TableState& table, size_t most);
void bound_dedup_window(DedupWindow& window, int64_t& from_ns, size_t most);

}  // namespace pxq
