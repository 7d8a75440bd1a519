#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "wire/ecdh.h"
#include "wire/sealed_header.h"

namespace pxq::wire {

/// What a client asks its rows to be sealed with, in the words of its request.
struct SealRequest {
  std::string jwk;  // its public key
  std::string key_algorithm;
  std::string content_algorithm;
  std::string compression;  // empty: none
};

/// Seals rows so that only the holder of a private key reads them: what Envelope opens, made as
/// Pixie's broker makes it. seal() may be called from several threads.
class Sealer {
 public:
  /// kUsage for an algorithm that is none of ours and for what is no public key for it.
  static Result<Sealer> make(const SealRequest& request);

  /// A compact JWE under a content key of its own; kInternal when OpenSSL fails.
  Result<std::string> seal(std::string_view rows) const;

 private:
  Sealer(Key recipient, CurvePoint point, KeyAgreement agreement, bool deflates)
      : recipient_(std::move(recipient)),
        point_(std::move(point)),
        agreement_(agreement),
        deflates_(deflates) {}

  Key recipient_;     // of kRsa
  CurvePoint point_;  // of kEcdh
  KeyAgreement agreement_;
  bool deflates_;
};

}  // namespace pxq::wire
