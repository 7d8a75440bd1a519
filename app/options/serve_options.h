#pragma once

#include <CLI/App.hpp>
#include <cstddef>
#include <string>

#include "local/server/server.h"

namespace pxq {

/// Where `pxq serve` listens, how it is protected, and what its queries may take.
class ServeOptions {
 public:
  void declare(CLI::App& app);

  /// What they mean. Reads the key and the certificate; one of our own is made here and written
  /// where clients are to find it. kUsage for what does not fit together or is not safe.
  Result<local::ServerOptions> read() const;

  /// How a client of this server trusts it, as flags of pxq.
  std::string trust_flags(const std::string& address) const;
  /// What is said of it, such as "with TLS, for who has the key".
  std::string protection() const;

 private:
  Status read_limits(local::QueryLimits& limits) const;
  Status read_key(local::ServerOptions& options) const;
  Status read_identity(local::ServerOptions& options) const;
  bool has_tls() const { return !certificate_.empty() || !self_signed_.empty(); }
  bool has_key() const;

  std::string address_ = "127.0.0.1:0";
  std::string certificate_;
  std::string certificate_key_;
  std::string self_signed_;
  std::string key_file_;
  bool insecure_ = false;
  size_t queries_ = 16;
  std::string memory_;
  std::string time_;
};

}  // namespace pxq
