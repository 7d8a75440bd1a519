#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "wire/credentials.h"

namespace pxq::local {

/// Who may ask. Safe from several threads.
class Access {
 public:
  /// An empty key lets everybody in.
  explicit Access(Secret key);

  bool is_open() const { return key_.empty(); }

  using Header = std::pair<std::string_view, std::string_view>;

  /// UNAUTHENTICATED unless the call brings the key, as an API key, a direct key or a bearer token,
  /// or the token as a bearer.
  grpc::Status check(const grpc::ServerContext& context) const;
  /// The same of any headers, their names in small letters.
  grpc::Status check(std::span<const Header> headers) const;

  /// Whether this is the key itself, or there is none.
  bool is_key(std::string_view given) const;

  /// What a client that has shown the key gets to show from then on: chance, new with each server.
  const std::string& token() const { return token_.reveal(); }

 private:
  const Secret key_;
  const Secret token_;
};

/// Letters and digits of chance, 16 bytes of it, that nobody can guess: as a UUID of version 4.
std::string random_uuid();

}  // namespace pxq::local
