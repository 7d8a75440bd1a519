#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/envelope.h"

namespace pxq::wire {

/// A response with its encrypted batch put back in plain text, as a server sends it that was not
/// asked for encryption. Nothing where there is no such batch or where it does not open; what opens
/// to more than `max_bytes` does not.
std::optional<std::string> plain_message(std::string_view message, const Envelope& envelope,
                                         size_t max_bytes);

}  // namespace pxq::wire
