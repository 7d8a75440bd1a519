#include "wire/envelope.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rsa.h>

#include <nlohmann/json.hpp>

#include "wire/jose.h"

namespace pxq::wire {
namespace {

constexpr int kKeyBits = 3072;  // docs/decisions/2026-11-25-key-size.md
constexpr size_t kLongestHeader = 4096;

Status refused(std::string_view why) {
  return {Code::kIncomplete, fmt::format("encrypted rows cannot be opened: {}", why),
          "somebody on the way may have changed them; --no-e2e goes without encryption"};
}

// Whether rows were sealed in the way that was asked for. Any other way is a downgrade or a trick.
Status check_header(std::string_view encoded, bool* deflated) {
  if (encoded.size() > kLongestHeader) return refused("their header is too long");
  const std::optional<std::string> text = from_base64url(encoded);
  if (!text) return refused("their header is malformed");
  const nlohmann::json header = nlohmann::json::parse(*text, nullptr, false);
  if (!header.is_object()) return refused("their header is malformed");
  const auto value = [&](const char* name) {
    const auto found = header.find(name);
    if (found == header.end()) return std::string();
    return found->is_string() ? found->get<std::string>() : std::string("?");
  };
  if (value("alg") != Envelope::kKeyAlgorithm || value("enc") != Envelope::kContentAlgorithm) {
    return refused(fmt::format("they are sealed with '{}' and '{}', not with {} and {} as asked",
                               value("alg"), value("enc"), Envelope::kKeyAlgorithm,
                               Envelope::kContentAlgorithm));
  }
  if (header.contains("crit")) return refused("their header demands an extension");
  const std::string zip = value("zip");
  if (!zip.empty() && zip != Envelope::kCompression) {
    return refused(fmt::format("they are compressed with '{}'", zip));
  }
  *deflated = !zip.empty();
  return {};
}

}  // namespace

Envelope::Envelope() : thread_([this] { make_key(); }) {}

Envelope::~Envelope() {
  abandoned_ = true;
  thread_.join();
}

int Envelope::keep_going(EVP_PKEY_CTX* context) {
  const auto* self = static_cast<const Envelope*>(EVP_PKEY_CTX_get_app_data(context));
  return self->abandoned_ ? 0 : 1;
}

void Envelope::make_key() {
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nullptr);
  EVP_PKEY* made = nullptr;
  if (context != nullptr && EVP_PKEY_keygen_init(context) == 1 &&
      EVP_PKEY_CTX_set_rsa_keygen_bits(context, kKeyBits) == 1) {
    EVP_PKEY_CTX_set_app_data(context, this);
    EVP_PKEY_CTX_set_cb(context, keep_going);
    if (EVP_PKEY_keygen(context, &made) != 1) made = nullptr;
  }
  EVP_PKEY_CTX_free(context);
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
  std::string key = key_ ? to_jwk(*key_) : std::string();
  if (key.empty()) return Status(Code::kInternal, "no key pair could be made for encryption");
  return key;
}

Result<std::string> Envelope::open(std::string_view sealed, size_t max_bytes) const {
  const std::optional<CompactJwe> jwe = split_jwe(sealed);
  if (!jwe) return refused("they are no compact JWE");
  bool deflated = false;
  if (Status status = check_header(jwe->header, &deflated); !status.ok()) return status;
  std::optional<std::string> content_key = unwrap_key(*key_, jwe->key);
  if (!content_key) return refused("they are not sealed for this run's key");
  std::optional<std::string> plain = decrypt_content(*jwe, *content_key);
  OPENSSL_cleanse(content_key->data(), content_key->size());
  if (!plain) return refused("they were altered");
  if (!deflated) {
    if (plain->size() <= max_bytes) return *std::move(plain);
    return Status(Code::kLimit,
                  fmt::format("encrypted rows take more than {} MiB", max_bytes >> 20));
  }
  return inflate_raw(*plain, max_bytes);
}

}  // namespace pxq::wire
