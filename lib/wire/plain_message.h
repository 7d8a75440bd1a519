#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/envelope.h"

namespace pxq::wire {

/// A response with its encrypted batch put back in plain text, as a server sends it that was not
/// asked for encryption. Nothing where the batch did not open.
std::optional<std::string> plain_message(std::string_view message, const Result<Opened>& opened);

}  // namespace pxq::wire
