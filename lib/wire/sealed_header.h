#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "wire/ecdh.h"

namespace pxq::wire {

/// How both sides come to the key that rows are encrypted with (RFC 7518 4.1).
enum class KeyAgreement { kEcdh, kRsa };

/// The name that the request and the rows' header give it.
std::string_view algorithm_name(KeyAgreement agreement);

inline constexpr std::string_view kContentAlgorithm = "A256GCM";
inline constexpr std::string_view kCompression = "DEF";

/// What the protected header of encrypted rows says.
struct SealedHeader {
  bool deflated = false;
  CurvePoint sender;  // of kEcdh: the sender's one-time key
};

/// Reads the header of a compact JWE, still encoded. Rows that were sealed otherwise than was asked
/// for are a downgrade or a trick: another algorithm, another curve, an extension, or any member
/// that would change what the known ones mean is kIncomplete and says why.
Result<SealedHeader> read_sealed_header(std::string_view encoded, KeyAgreement asked);

/// An error about rows that cannot be opened.
Status cannot_open(std::string_view why);

}  // namespace pxq::wire
