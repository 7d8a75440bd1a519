#include "fake/tls_certificates.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <stdexcept>
#include <string_view>

namespace pxq::fake {
namespace {

template <typename T>
T* checked(T* pointer, const char* operation) {
  if (pointer == nullptr) throw std::runtime_error(std::string("OpenSSL: ") + operation);
  return pointer;
}

std::string text_of(BIO* memory) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory, &bytes);
  std::string text(bytes, static_cast<size_t>(size));
  BIO_free(memory);
  return text;
}

std::string pem(X509& certificate) {
  BIO* memory = checked(BIO_new(BIO_s_mem()), "BIO_new");
  PEM_write_bio_X509(memory, &certificate);
  return text_of(memory);
}

std::string pem(EVP_PKEY& key) {
  BIO* memory = checked(BIO_new(BIO_s_mem()), "BIO_new");
  PEM_write_bio_PrivateKey(memory, &key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(memory);
}

void extend(X509& certificate, X509& issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension =
      checked(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()), "extension");
  X509_add_ext(&certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::string alternative_names(const CertificateClaims& claims) {
  std::string text;
  for (const std::string& name : claims.names) text += ",DNS:" + name;
  for (const std::string& address : claims.addresses) text += ",IP:" + address;
  return text.empty() ? text : text.substr(1);
}

void sign(X509& certificate, EVP_PKEY& key) {
  if (X509_sign(&certificate, &key, EVP_sha256()) == 0) {
    throw std::runtime_error("OpenSSL: X509_sign");
  }
}

}  // namespace

CertificateAuthority::Key CertificateAuthority::make_key() {
  return Key(checked(EVP_EC_gen("P-256"), "EVP_EC_gen"));
}

CertificateAuthority::Certificate CertificateAuthority::blank(const std::string& name, long from_s,
                                                              long until_s, EVP_PKEY& key) {
  static std::atomic<long> serial{1};
  Certificate certificate(checked(X509_new(), "X509_new"));
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), until_s);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_pubkey(certificate.get(), &key);
  return certificate;
}

CertificateAuthority::CertificateAuthority(const std::string& name)
    : key_(make_key()), certificate_(blank(name, -2L * 24 * 3600, 10L * 24 * 3600, *key_)) {
  X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
  extend(*certificate_, *certificate_, NID_basic_constraints, "critical,CA:TRUE");
  extend(*certificate_, *certificate_, NID_key_usage, "critical,keyCertSign,cRLSign");
  extend(*certificate_, *certificate_, NID_subject_key_identifier, "hash");
  sign(*certificate_, *key_);
}

std::string CertificateAuthority::certificate() const { return pem(*certificate_); }

ServerIdentity CertificateAuthority::issue(const CertificateClaims& claims) const {
  const Key key = make_key();
  const Certificate leaf = blank("pxq test peer", claims.valid_from_s, claims.valid_until_s, *key);
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(certificate_.get()));
  const std::string names = alternative_names(claims);
  if (!names.empty()) extend(*leaf, *certificate_, NID_subject_alt_name, names);
  extend(*leaf, *certificate_, NID_ext_key_usage, "serverAuth,clientAuth");
  sign(*leaf, *key_);
  return {.certificate = pem(*leaf), .key = pem(*key), .client_ca = {}};
}

ServerIdentity CertificateAuthority::with_wrong_name() const {
  return issue({.names = {"elsewhere.invalid"}, .addresses = {}});
}

ServerIdentity CertificateAuthority::expired() const {
  return issue({.valid_from_s = -24L * 3600, .valid_until_s = -3600});
}

ServerIdentity CertificateAuthority::not_yet_valid() const {
  return issue({.valid_from_s = 3600, .valid_until_s = 24L * 3600});
}

ServerIdentity self_signed() {
  // An authority that nobody was told to trust is one, for whoever checks the chain.
  return CertificateAuthority("pxq test stranger").issue();
}

}  // namespace pxq::fake
