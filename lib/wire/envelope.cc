#include "wire/envelope.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rsa.h>

#include <functional>

#include "wire/jose.h"

namespace pxq::wire {
namespace {

constexpr int kKeyBits = 3072;  // docs/decisions/2026-11-25-key-size.md

TextBuffer buffer_of(std::string_view text) {
  TextBuffer buffer;
  buffer.append(text);
  return buffer;
}

}  // namespace

Envelope::Envelope(KeyChoice choice) : choice_(choice) {
  start(choice == KeyChoice::kRsa ? KeyAgreement::kRsa : KeyAgreement::kEcdh);
}

Envelope::~Envelope() {
  // Making an RSA key can take a second; the callback looks at this between two steps and gives up.
  abandoned_ = true;
  if (thread_.joinable()) thread_.join();
}

void Envelope::start(KeyAgreement agreement) {
  agreement_ = agreement;
  if (agreement == KeyAgreement::kEcdh) {
    take(make_p256_key().release());
  } else {
    thread_ = std::thread([this] { make_rsa_key(); });
  }
}

bool Envelope::fall_back() {
  // Only where the user left the choice open: whoever asked for one kind must not silently get the
  // other.
  if (choice_ != KeyChoice::kAny || agreement_ == KeyAgreement::kRsa) return false;
  key_.reset();
  done_ = false;
  fell_back_ = true;
  start(KeyAgreement::kRsa);
  return true;
}

int Envelope::keep_going(EVP_PKEY_CTX* context) {
  const auto* self = static_cast<const Envelope*>(EVP_PKEY_CTX_get_app_data(context));
  return self->abandoned_ ? 0 : 1;
}

void Envelope::make_rsa_key() {
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nullptr);
  EVP_PKEY* made = nullptr;
  if (context != nullptr && EVP_PKEY_keygen_init(context) == 1 &&
      EVP_PKEY_CTX_set_rsa_keygen_bits(context, kKeyBits) == 1) {
    EVP_PKEY_CTX_set_app_data(context, this);
    EVP_PKEY_CTX_set_cb(context, keep_going);
    if (EVP_PKEY_keygen(context, &made) != 1) made = nullptr;
  }
  EVP_PKEY_CTX_free(context);
  take(made);
}

void Envelope::take(EVP_PKEY* made) {
  {
    const std::lock_guard lock(mutex_);
    key_.reset(made);
    done_ = true;
  }
  ready_.notify_all();
}

Result<std::string> Envelope::public_key(std::stop_token stop, TimePoint deadline) {
  std::unique_lock lock(mutex_);
  const auto done = [this] { return done_; };
  const bool made = deadline == TimePoint::max() ? ready_.wait(lock, stop, done)
                                                 : ready_.wait_until(lock, stop, deadline, done);
  if (!made && stop.stop_requested()) return Status(Code::kInterrupted, "interrupted");
  if (!made) {
    return Status(Code::kTimeout, "the time limit passed while a key pair was being made",
                  "--timeout changes the limit");
  }
  std::string key;
  if (key_) key = agreement_ == KeyAgreement::kEcdh ? to_ec_jwk(*key_) : to_jwk(*key_);
  if (key.empty()) return Status(Code::kInternal, "no key pair could be made for encryption");
  return key;
}

bool Envelope::repeats(size_t sealing) {
  // Only rows prove that the other kind of key was what the server wanted, so the user is told now.
  if (fell_back_ && told_) std::exchange(told_, nullptr)();
  return !seen_.insert(sealing);
}

Result<Opened> Envelope::open(std::string_view sealed, size_t max_bytes) const {
  std::optional<CompactJwe> jwe = split_jwe(sealed);
  if (!jwe) return cannot_open("they are no compact JWE");
  const Result<SealedHeader> header = read_sealed_header(jwe->header, agreement_);
  if (!header.ok()) return header.status();
  const bool ecdh = agreement_ == KeyAgreement::kEcdh;
  if (ecdh && !jwe->key.empty()) return cannot_open("they bring a key that nobody asked for");
  std::optional<std::string> content_key =
      ecdh ? agree_on_key(*key_, header->sender) : unwrap_key(*key_, jwe->key);
  if (!content_key) {
    return cannot_open(ecdh ? "the sender's one-time key is no point of P-256"
                            : "they are not sealed for this run's key");
  }
  // Of ECDH-ES the sender's one-time key, of RSA a wrapped key that is random.
  const size_t sealing =
      std::hash<std::string>()(ecdh ? header->sender.x + header->sender.y : jwe->key);
  std::optional<std::string> plain = decrypt_content(*std::move(jwe), *content_key);
  OPENSSL_cleanse(content_key->data(), content_key->size());
  if (!plain) {
    return cannot_open(ecdh ? "they were altered, or are not sealed for this run's key"
                            : "they were altered");
  }
  if (!header->deflated && plain->size() > max_bytes) {
    return Status(Code::kLimit,
                  fmt::format("encrypted rows take more than {} MiB", max_bytes >> 20));
  }
  Result<TextBuffer> rows = header->deflated ? inflate_raw(*plain, max_bytes) : buffer_of(*plain);
  if (!rows.ok()) return rows.status();
  return Opened{*std::move(rows), sealing};
}

}  // namespace pxq::wire
