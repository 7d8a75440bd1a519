#pragma once

#include <optional>
#include <string_view>

#include "base/status.h"

namespace pxq::wire {

/// What to do about a name that cannot be resolved, where nobody knows whose it is.
inline constexpr std::string_view kCheckSpelling = "check the spelling";

/// Whether a hint about a key says no more than that it is wrong.
bool is_general_key_hint(std::string_view hint);

/// What a text of one of Pixie's services means where it names a condition that its code does not
/// (docs/wire.md, errors), with that text as the message. Ok where it names none that is known.
Status known_condition(std::string_view message);

/// Whether a call that brought nothing ended because the server does not encrypt for the kind of
/// key that it was given. The broker says this in words of its JOSE library, with the code Unknown;
/// others that speak Pixie's API with a code of their own.
bool refuses_key(const Status& end);

/// Why there was no connection. Retrying helps only where the network may recover.
struct ConnectFailure {
  std::string_view meaning;
  bool retryable;
  std::string_view hint;  // may be empty
};

/// What stands between us and a Pixie server, told apart by gRPC's texts (docs/wire.md, errors):
/// gRPC calls all of it UNAVAILABLE. Nothing where the text is not known.
std::optional<ConnectFailure> connect_failure(std::string_view message);

}  // namespace pxq::wire
