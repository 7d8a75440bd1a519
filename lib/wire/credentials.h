#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/secret.h"
#include "base/status.h"
#include "wire/call_metadata.h"

namespace pxq::wire {

/// A key that gRPC can carry, and where it came from as messages may name it.
struct Credentials {
  enum class Kind { kApiKey, kBearer, kDirect };
  Secret key;
  Kind kind = Kind::kApiKey;
  std::string origin;
};

/// A key of any origin: spaces, line ends and a byte order mark around it are dropped; kUsage if it
/// is empty, too long, or holds what a header cannot carry. The message never quotes it.
Result<Secret> check_key(std::string text, std::string_view origin);

/// The bytes of a file that holds secrets, at most 64 KiB; kUsage unless it is the user's (or
/// root's) and nobody else may read or change it. `missing` is set where there is no such file.
Result<std::string> read_private_file(const std::string& path, bool* missing = nullptr);

/// A key from a file, which only its owner may read. A symbolic link is followed and the rule holds
/// for what it points to; a pipe, as of a process substitution, will do.
Result<Secret> read_key_file(const std::string& path);

/// The token that px left behind when its user logged in. Nothing where there is no such file;
/// kAuth once it has expired. `now_s` is the time in seconds since 1970.
Result<std::optional<Credentials>> read_login_file(const std::string& path, int64_t now_s);

/// Whether a key is a JSON web token, which goes as a bearer token.
bool is_web_token(std::string_view key);

/// The metadata by which the key is presented.
CallMetadata metadata_of(const Credentials& credentials);

/// The status with every key of the metadata masked in its texts: servers and proxies may quote
/// what they were sent.
Status without_keys(const Status& status, const CallMetadata& metadata);
std::string text_without_keys(std::string text, const CallMetadata& metadata);

}  // namespace pxq::wire
