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

/// kUsage unless `text` can be sent as a script: within the size limit, valid UTF-8 without NUL,
/// and with something to run. `source` names it in messages.
Status check_script_text(std::string_view text, const std::string& source);

}  // namespace pxq
