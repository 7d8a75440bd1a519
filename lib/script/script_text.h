#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace pxq {

/// The largest request that Pixie's servers take: gRPC's default limit, in bytes.
inline constexpr size_t kMaxRequestBytes = 4 << 20;

/// Offset of the first byte that is not part of well-formed UTF-8 (no overlong forms, no
/// surrogates), or nothing.
std::optional<size_t> find_invalid_utf8(std::string_view text);

/// The script that these bytes are: all of them but a byte order mark at the start, which says how
/// it was saved and where a Vizier would find a syntax error. kUsage unless it can be sent: within
/// the size limit, valid UTF-8 without NUL, and with something to run. `source` names it in
/// messages.
Result<std::string> script_text(std::string bytes, const std::string& source);

}  // namespace pxq
