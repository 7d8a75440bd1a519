#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "fake/vizier.h"

namespace pxq::fake {

/// What a certificate claims. Times in seconds from now; names become DNS or IP alternative names.
struct CertificateClaims {
  std::vector<std::string> names = {"localhost"};
  std::vector<std::string> addresses = {"127.0.0.1"};
  long valid_from_s = -3600;
  long valid_until_s = 24 * 3600;
};

/// A certificate authority made when the test runs. Its keys are worth nothing elsewhere.
class CertificateAuthority {
 public:
  explicit CertificateAuthority(const std::string& name = "pxq test authority");

  /// The authority's own certificate in PEM, for clients that are to trust it.
  std::string certificate() const;

  /// A key and a certificate for a server (or a client), signed by this authority.
  ServerIdentity issue(const CertificateClaims& claims = {}) const;

  ServerIdentity with_wrong_name() const;
  ServerIdentity expired() const;
  ServerIdentity not_yet_valid() const;

 private:
  struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  struct FreeCertificate {
    void operator()(X509* certificate) const { X509_free(certificate); }
  };
  using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
  using Certificate = std::unique_ptr<X509, FreeCertificate>;

  static Key make_key();
  static Certificate blank(const std::string& name, long from_s, long until_s, EVP_PKEY& key);

  Key key_;
  Certificate certificate_;
};

/// A certificate that only its own key vouches for.
ServerIdentity self_signed();

}  // namespace pxq::fake
