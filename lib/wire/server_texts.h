#pragma once

#include <optional>
#include <string_view>

#include "base/status.h"

namespace pxq::wire {

/// What a text of one of Pixie's services means where it names a condition that its code does not
/// (pixie-api.md 9.1), with that text as the message. Ok where it names none that is known.
Status known_condition(std::string_view message);

/// Why there was no connection. Retrying helps only where the network may recover.
struct ConnectFailure {
  std::string_view meaning;
  bool retryable;
  std::string_view hint;  // may be empty
};

/// What stands between us and a Pixie server, told apart by gRPC's texts (faults.md B2): gRPC calls
/// all of it UNAVAILABLE. Nothing where the text is not known.
std::optional<ConnectFailure> connect_failure(std::string_view message);

}  // namespace pxq::wire
