#pragma once

#include <openssl/evp.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/status.h"

namespace pxq::wire {

/// End-to-end encryption of one run's rows: a key pair of its own whose private half never leaves
/// the process, and the opening of what the Vizier sealed for it (RSA-OAEP-256, A256GCM, DEF). The
/// pair is made on a thread of its own from the moment of construction, so that it costs nothing
/// while a connection is being made.
class Envelope {
 public:
  Envelope();
  Envelope(const Envelope&) = delete;
  Envelope& operator=(const Envelope&) = delete;
  /// Gives up on a pair that is not ready.
  ~Envelope();

  static constexpr const char* kKeyAlgorithm = "RSA-OAEP-256";
  static constexpr const char* kContentAlgorithm = "A256GCM";
  static constexpr const char* kCompression = "DEF";

  /// The public key as JWK JSON. Waits until the pair is ready, until `stop`, or, with kTimeout,
  /// until the deadline.
  Result<std::string> public_key(std::stop_token stop, TimePoint deadline = TimePoint::max());

  /// Opens a compact JWE. What was altered, sealed otherwise than was asked, or not sealed for this
  /// key is kIncomplete; what inflates beyond `max_bytes` is kLimit. REQUIRES: public_key() was ok.
  Result<std::string> open(std::string_view sealed, size_t max_bytes) const;

 private:
  struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

  static int keep_going(EVP_PKEY_CTX* context);
  void make_key();

  std::mutex mutex_;
  std::condition_variable_any ready_;
  Key key_;
  bool done_ = false;
  std::atomic<bool> abandoned_{false};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace pxq::wire
