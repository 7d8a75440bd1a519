#pragma once

#include <openssl/evp.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/status.h"
#include "base/text_buffer.h"
#include "wire/ecdh.h"
#include "wire/recent_hashes.h"
#include "wire/sealed_header.h"

namespace pxq::wire {

/// Which ways of agreeing on a key a run may take.
enum class KeyChoice {
  kAny,   // ECDH-ES, and RSA-OAEP-256 when the server refuses that
  kEcdh,  // ECDH-ES only
  kRsa,   // RSA-OAEP-256 only, as px asks
};

/// Rows that were sealed, in plain text.
struct Opened {
  TextBuffer rows;
  size_t sealing = 0;  // a hash of what the sender takes anew for each batch: its one-time key
};

/// End-to-end encryption of one run's rows: a key pair of its own whose private half never leaves
/// the process, and the opening of what the Vizier sealed for it (A256GCM, DEF). A pair for ECDH-ES
/// is there at once; one for RSA takes up to a second and is made on a thread of its own. open()
/// may be called from several threads; fall_back() only while no stream is open.
class Envelope {
 public:
  explicit Envelope(KeyChoice choice = KeyChoice::kAny);
  Envelope(const Envelope&) = delete;
  Envelope& operator=(const Envelope&) = delete;
  /// Gives up on a pair that is not ready.
  ~Envelope();

  KeyAgreement agreement() const { return agreement_; }

  /// `told` is called once, when the first rows come for the key that fall_back() made: the server
  /// really wants that one.
  void when_fallen_back(std::function<void()> told) { told_ = std::move(told); }

  /// The server refused to seal for this kind of key: takes the next one that is allowed. False
  /// where there is none. Never leads to plain text.
  bool fall_back();

  /// The public key as JWK JSON. Waits until the pair is ready, until `stop`, or, with kTimeout,
  /// until the deadline.
  Result<std::string> public_key(std::stop_token stop, TimePoint deadline = TimePoint::max());

  /// Opens a compact JWE. What was altered, sealed otherwise than was asked, or not sealed for this
  /// key is kIncomplete; what inflates beyond `max_bytes` is kLimit. REQUIRES: public_key() was ok.
  Result<Opened> open(std::string_view sealed, size_t max_bytes) const;

  /// Whether rows with this Opened::sealing came before: a sender takes a new key for each batch,
  /// so a copy was made by somebody on the way. Kept for the last 65 536 batches. One thread.
  bool repeats(size_t sealing);

 private:
  static int keep_going(EVP_PKEY_CTX* context);
  void start(KeyAgreement agreement);
  void make_rsa_key();
  void take(EVP_PKEY* made);

  const KeyChoice choice_;
  KeyAgreement agreement_ = KeyAgreement::kEcdh;
  std::mutex mutex_;
  std::condition_variable_any ready_;
  Key key_;
  bool done_ = false;
  std::atomic<bool> abandoned_{false};
  bool fell_back_ = false;
  std::function<void()> told_;
  // Opened::sealing. An endless stream must not grow, and who copies a batch sends it soon after.
  RecentHashes seen_{size_t{1} << 16};
  std::thread thread_;  // last: it uses the members above
};

}  // namespace pxq::wire
