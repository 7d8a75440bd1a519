#include "wire/credentials.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/trim.h"
#include "base/unique_fd.h"
#include "script/bounded_file.h"
#include "text/byte_order_mark.h"
#include "text/json_bytes.h"

namespace pxq::wire {
namespace {

// Servers refuse headers of more than 8 KiB altogether.
constexpr size_t kLongestKey = 6 * 1024;
// A key takes a few hundred bytes and a file of headers a few thousand; whatever is larger was
// named by mistake.
constexpr size_t kLargestFile = 64 * 1024;
constexpr std::string_view kBlank = " \t\r\n";

// The key in the text of a file or a variable, without what editors and shells leave around it.
std::string_view bare_key(std::string_view text) {
  return trimmed(without_byte_order_mark(text), kBlank);
}

// Shorter ones would mask half of a text.
constexpr size_t kShortestMasked = 6;

std::string masked(std::string text, std::string_view key) {
  if (key.size() < kShortestMasked) return text;
  for (size_t at = text.find(key); at != std::string::npos; at = text.find(key, at)) {
    text.replace(at, key.size(), "***");
  }
  return text;
}

Status owner_only(const struct stat& info, const std::string& path) {
  // Root can write every file anyway, and it is root who mounts a container's secrets.
  if (info.st_uid != ::geteuid() && info.st_uid != 0) {
    return {Code::kUsage, fmt::format("{} belongs to another user", path),
            "a file with secrets belongs to whoever uses it"};
  }
  // The modes of an anonymous pipe mean nothing: only this process's family has it.
  if (S_ISREG(info.st_mode) && (info.st_mode & 077) != 0) {
    return {Code::kUsage,
            fmt::format("{} can be read or changed by others (mode {:04o})", path,
                        info.st_mode & 07777),
            fmt::format("chmod 600 {}", path)};
  }
  return {};
}

std::string expiry_text(int64_t seconds) {
  const std::time_t time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr) return "a time of its own";
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace

Result<std::string> read_private_file(const std::string& path, bool* missing) {
  // O_NONBLOCK, so that a pipe without a writer is told of instead of waited for; O_NOCTTY, so that
  // a terminal named by mistake does not become this process's own.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) {
    if (missing != nullptr) *missing = errno == ENOENT || errno == ENOTDIR;
    return errno_status(Code::kUsage, "cannot open", path, errno);
  }
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return errno_status(Code::kUsage, "cannot read", path, errno);
  if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode)) {
    return Status(Code::kUsage, fmt::format("{} is no file", path));
  }
  if (Status status = owner_only(info, path); !status.ok()) return status;
  return read_bounded(fd.get(), path, kLargestFile, {}, /*blocks=*/false);
}

Result<Secret> check_key(std::string text, std::string_view origin) {
  const Secret whole(std::move(text));
  const std::string_view key = bare_key(whole.reveal());
  if (key.empty()) return Status(Code::kUsage, fmt::format("the key in {} is empty", origin));
  if (key.size() > kLongestKey) {
    return Status(Code::kUsage,
                  fmt::format("the key in {} is longer than {} bytes", origin, kLongestKey));
  }
  const auto odd = std::find_if(key.begin(), key.end(), [](char c) { return c < ' ' || c > '~'; });
  if (odd != key.end()) {
    return Status(
        Code::kUsage,
        fmt::format("the key in {} holds, as byte {}, {} and cannot be sent", origin,
                    odd - key.begin() + 1,
                    *odd == '\n' || *odd == '\r' ? "a line break" : "no printable ASCII character"),
        "a key is one line of ASCII");
  }
  return Secret(std::string(key));
}

Result<Secret> read_key_file(const std::string& path) {
  Result<std::string> text = read_private_file(path);
  if (!text.ok()) {
    return Status(Code::kUsage, fmt::format("the key file: {}", text.status().message()),
                  text.status().hint());
  }
  return check_key(*std::move(text), path);
}

Result<std::optional<Credentials>> read_login_file(const std::string& path, int64_t now_s) {
  bool missing = false;
  Result<std::string> text = read_private_file(path, &missing);
  if (missing) return std::optional<Credentials>();
  if (!text.ok()) return text.status();
  nlohmann::json login = nlohmann::json::parse(*text, nullptr, false);
  wipe(*text);
  const Status unlike(Code::kUsage, fmt::format("{} is not a login file of px", path),
                      "`px auth login` writes a new one; or set PX_API_KEY");
  if (!login.is_object() || !login.contains("token") || !login["token"].is_string()) return unlike;
  // 0 is what Go writes for a time that was never set.
  const auto expires_s = whole_number<int64_t>(login.value("expiresAt", nlohmann::json(0)));
  if (!expires_s) return unlike;
  if (*expires_s != 0 && *expires_s <= now_s) {
    return Status(Code::kAuth, fmt::format("px's login expired at {}", expiry_text(*expires_s)),
                  "`px auth login`, or set PX_API_KEY");
  }
  auto& token = login["token"].get_ref<std::string&>();
  Result<Secret> key = check_key(token, path);
  wipe(token);
  if (!key.ok()) return key.status();
  return std::optional<Credentials>(Credentials{*std::move(key), Credentials::Kind::kBearer,
                                                fmt::format("px's login ({})", path)});
}

bool is_web_token(std::string_view key) {
  return key.starts_with("eyJ") && std::count(key.begin(), key.end(), '.') == 2;
}

CallMetadata metadata_of(const Credentials& credentials) {
  if (credentials.key.empty()) return {};
  switch (credentials.kind) {
    case Credentials::Kind::kApiKey: return {{"pixie-api-key", credentials.key.reveal()}};
    case Credentials::Kind::kBearer:
      return {{"authorization", "bearer " + credentials.key.reveal()}};
    case Credentials::Kind::kDirect:
      break;
      // Nobody says which kind of secret a direct Vizier takes, so the secret's shape chooses the
      // header.
  }
  if (is_web_token(credentials.key.reveal())) {
    return {{"authorization", "bearer " + credentials.key.reveal()}};
  }
  return {{"x-direct-vizier-key", credentials.key.reveal()}};
}

std::string text_without_keys(std::string text, const CallMetadata& metadata) {
  for (const auto& [name, value] : metadata) {
    text = masked(std::move(text), std::string_view(value).substr(value.rfind(' ') + 1));
  }
  return text;
}

Status without_keys(const Status& status, const CallMetadata& metadata) {
  if (metadata.empty()) return status;
  std::vector<Diagnostic> diagnostics = status.diagnostics();
  for (Diagnostic& each : diagnostics) {
    each.message = text_without_keys(std::move(each.message), metadata);
  }
  // Hints are pxq's own words and never quote a server, so no key can be in them.
  return Status(status.code(), text_without_keys(status.message(), metadata), status.hint())
      .with_diagnostics(std::move(diagnostics))
      .with_grpc_code(status.grpc_code())
      .with_retryable(status.retryable());
}

}  // namespace pxq::wire
