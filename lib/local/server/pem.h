#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace pxq::local {

struct FreeOpenssl {
  void operator()(BIO* memory) const { BIO_free(memory); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Memory = std::unique_ptr<BIO, FreeOpenssl>;
using Certificate = std::unique_ptr<X509, FreeOpenssl>;
using Key = std::unique_ptr<EVP_PKEY, FreeOpenssl>;

/// Reads the text from its start; it must outlive what is returned.
inline Memory reading(const std::string& text) {
  return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// OpenSSL would ask for a pass phrase on the terminal.
inline int no_pass_phrase(char*, int, int, void*) { return 0; }

/// Null where no certificate follows.
inline Certificate next_certificate(BIO& chain) {
  return Certificate(PEM_read_bio_X509(&chain, nullptr, no_pass_phrase, nullptr));
}

/// Null for what is no private key without a pass phrase.
inline Key private_key(const std::string& text) {
  return Key(PEM_read_bio_PrivateKey(reading(text).get(), nullptr, no_pass_phrase, nullptr));
}

}  // namespace pxq::local
