#include "local/server/identity.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <set>

#include "local/server/pem.h"
#include "script/bounded_file.h"
#include "wire/credentials.h"

namespace pxq::local {
namespace {

constexpr size_t kLongestChain = size_t{1} << 20;
constexpr long kHour = 3600;  // seconds
constexpr long kYear = 365 * 24 * kHour;

struct FreeExtension {
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};

std::string text_of(BIO& memory) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(&memory, &bytes);
  return {bytes, static_cast<size_t>(size)};
}

// At most these lengths and characters; a host's name may be anything.
bool is_dns_name(const std::string& name) {
  return !name.empty() && name.size() < 254 &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") ==
             std::string::npos;
}

bool is_address(const std::string& text) {
  std::array<unsigned char, 16> bytes;
  return ::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

std::string alternative_names(std::string host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  std::array<char, 256> machine{};
  ::gethostname(machine.data(), machine.size() - 1);
  std::set<std::string> names = {"DNS:localhost", "IP:127.0.0.1", "IP:::1"};
  for (const std::string& name : {host, std::string(machine.data())}) {
    if (is_address(name)) {
      names.insert("IP:" + name);
    } else if (is_dns_name(name)) {
      names.insert("DNS:" + name);
    }
  }
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ",") + name;
  return text;
}

bool extend(X509& certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, FreeExtension> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return extension && X509_add_ext(&certificate, extension.get(), -1) == 1;
}

bool fill(X509& certificate, EVP_PKEY& key, const std::string& names) {
  uint32_t serial = 0;
  static constexpr unsigned char kName[] = "pxq serve";
  X509_NAME* subject = X509_get_subject_name(&certificate);
  return RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1 &&
         X509_set_version(&certificate, 2) == 1 &&
         ASN1_INTEGER_set_uint64(X509_get_serialNumber(&certificate), serial) == 1 &&
         // An hour back: clocks of clients may be slow.
         X509_gmtime_adj(X509_getm_notBefore(&certificate), -kHour) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(&certificate), kYear) != nullptr &&
         X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, kName, -1, -1, 0) == 1 &&
         X509_set_issuer_name(&certificate, subject) == 1 &&
         X509_set_pubkey(&certificate, &key) == 1 &&
         // Clients take it as their authority, and some demand that an authority says it is one.
         extend(certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
         extend(certificate, NID_key_usage, "critical,digitalSignature,keyCertSign") &&
         extend(certificate, NID_ext_key_usage, "serverAuth") &&
         extend(certificate, NID_subject_key_identifier, "hash") &&
         extend(certificate, NID_subject_alt_name, names) &&
         X509_sign(&certificate, &key, EVP_sha256()) > 0;
}

}  // namespace

Result<ServerIdentity> read_identity(const std::string& certificate_file,
                                     const std::string& key_file) {
  Result<std::string> chain = read_bounded_file(certificate_file, kLongestChain);
  if (!chain.ok()) return chain.status();
  Result<std::string> secret = wire::read_private_file(key_file);
  if (!secret.ok()) {
    return Status(Code::kUsage, "--tls-key: " + secret.status().message(), secret.status().hint());
  }
  const Certificate certificate = next_certificate(*reading(*chain));
  if (!certificate) {
    return Status(Code::kUsage,
                  fmt::format("--tls-cert: {} holds no certificate", certificate_file),
                  "it is PEM, the server's own certificate first");
  }
  const Key key = private_key(*secret);
  if (!key) {
    return Status(Code::kUsage,
                  fmt::format("--tls-key: {} holds no private key that can be read", key_file),
                  "it is PEM, without a pass phrase");
  }
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return Status(Code::kUsage, fmt::format("--tls-key: {} is not the key of the certificate in {}",
                                            key_file, certificate_file));
  }
  return ServerIdentity{*std::move(chain), *std::move(secret)};
}

Result<ServerIdentity> make_identity(const std::string& host) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  const Memory certificate_text(BIO_new(BIO_s_mem()));
  const Memory key_text(BIO_new(BIO_s_mem()));
  if (!key || !certificate || !certificate_text || !key_text ||
      !fill(*certificate, *key, alternative_names(host)) ||
      PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    return Status(Code::kInternal, "no certificate could be made");
  }
  return ServerIdentity{text_of(*certificate_text), text_of(*key_text)};
}

}  // namespace pxq::local
