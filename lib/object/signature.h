#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace pxq::object {

/// Who asks an object store. Never printed, and never kept anywhere.
struct Credentials {
  std::string access_key;
  Secret secret_key;
  Secret session_token;  // empty: none. It is a header of each request
};

/// The parts of an HTTP request that AWS Signature Version 4 covers.
struct SignedParts {
  std::string method;
  std::string path = "/";                      // percent-encoded, as it is sent
  std::map<std::string, std::string> query;    // as they are, not encoded
  std::map<std::string, std::string> headers;  // names in lower case; `host` is one of them
  std::string payload_hash;                    // SHA-256 of the body, hex
};

/// What a signature is good for.
struct SigningScope {
  std::string time;  // 20130524T000000Z
  std::string region;
  std::string service = "s3";
};

/// Percent-encodes all but A-Z a-z 0-9 - . _ ~, and `/` unless it is kept.
std::string uri_encoded(std::string_view text, bool keep_slashes);

/// `a=1&b=2`, encoded and in the order that a signature wants: what is sent is what is signed.
std::string query_text(const std::map<std::string, std::string>& query);

std::string canonical_request(const SignedParts& request);

std::string string_to_sign(const SignedParts& request, const SigningScope& scope);

/// The value of the header Authorization.
std::string authorization(const SignedParts& request, const SigningScope& scope,
                          const Credentials& credentials);

/// A moment of Unix nanoseconds as signatures have it.
std::string signing_time(int64_t unix_ns);

}  // namespace pxq::object
