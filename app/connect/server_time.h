#pragma once

#include <cstdint>
#include <optional>

#include "connect/connection.h"

namespace pxq {

/// How far a Vizier's clock is ahead of this machine's, in ns, as a script of its own finds out;
/// nothing: it does not tell. 0 where the answer lies between question and receipt.
std::optional<int64_t> ask_clock_ahead(const Connection& connection);

}  // namespace pxq
