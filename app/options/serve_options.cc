#include "options/serve_options.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "base/environment.h"
#include "base/number_text.h"
#include "base/unique_fd.h"
#include "file/atomic_file.h"
#include "script/bounded_file.h"
#include "settings/target.h"
#include "text/duration.h"
#include "wire/credentials.h"
#include "wire/endpoint.h"

namespace pxq {
namespace {

constexpr const char* kKeyVariable = "PXQ_SERVE_KEY";
constexpr size_t kMostQueries = 1000;  // a thread each

std::string host_of(const std::string& address) { return address.substr(0, address.rfind(':')); }

bool is_listened_at(const sockaddr_un& address) {
  const UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto* name = reinterpret_cast<const sockaddr*>(&address);
  // EAGAIN: too many others wait to be let in.
  return fd && (connect(fd.get(), name, sizeof address) == 0 || errno == EAGAIN);
}

// gRPC takes away the socket that it finds, be there a server behind it or not. REQUIRES: the path
// is one of an endpoint, and no longer than a socket's may be.
Status check_socket(const std::string& path) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  path.copy(static_cast<char*>(address.sun_path), path.size());
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode)) {
    return {Code::kUsage, fmt::format("--listen unix:{}: there is a file, and no socket", path)};
  }
  if (!is_listened_at(address)) return {};
  return {Code::kUsage, fmt::format("--listen unix:{}: another server listens there", path),
          "stop it, or name another path"};
}

// gRPC would take the last sixteen bits of any number, and a port of its own where none is written.
Status check_address(const std::string& address) {
  if (address.starts_with("unix:")) {
    const Result<wire::Endpoint> socket = wire::parse_endpoint(address);
    return socket.ok() ? check_socket(socket->path) : socket.status();
  }
  const Result<wire::Endpoint> host = wire::parse_endpoint(host_of(address) + ":1");
  const size_t colon = address.rfind(':');
  const std::optional<uint32_t> port =
      colon == std::string::npos ? std::nullopt : number_from<uint32_t>(address.substr(colon + 1));
  if (host.ok() && port && *port <= 65535) return {};
  return {Code::kUsage,
          fmt::format("--listen {}: {}", address,
                      !host.ok() ? host.status().message()
                                 : "the port is not a number from 0, a free one, to 65535"),
          "write HOST:PORT, [IPV6]:PORT or unix:PATH"};
}

bool is_loopback(const std::string& address) {
  // Port 0, a free one, is nothing that one could connect to.
  const Result<wire::Endpoint> endpoint = wire::parse_endpoint(host_of(address) + ":1");
  return endpoint.ok() && endpoint->is_loopback();
}

// A file that is no certificate was named by mistake and must not be lost.
Status check_replaceable(const std::string& path) {
  const Result<std::string> old = read_bounded_file(path, size_t{64} << 10);
  if (old.ok() && !old->empty() && !old->starts_with("-----BEGIN CERTIFICATE-----")) {
    return {Code::kOutput,
            fmt::format("--tls-self-signed: {} exists and holds no certificate", path),
            "name a file that may be replaced"};
  }
  return {};
}

Status write_certificate(const std::string& path, const std::string& text) {
  if (Status status = check_replaceable(path); !status.ok()) return status;
  Result<std::unique_ptr<FileOutput>> file = FileOutput::open(path, {.force = true});
  if (!file.ok()) return file.status();
  (*file)->text().append(text);
  (*file)->commit();
  return (*file)->save();
}

}  // namespace

void ServeOptions::declare(CLI::App& app) {
  app.add_option("--listen", address_, "where to listen (default 127.0.0.1:0, a free port)")
      ->type_name("HOST:PORT|unix:PATH")
      ->group("Target");
  CLI::Option* certificate =
      app.add_option("--tls-cert", certificate_, "PEM file of the server's certificate: TLS")
          ->type_name("FILE")
          ->group("Target");
  CLI::Option* key = app.add_option("--tls-key", certificate_key_,
                                    "PEM file of its private key, for its owner only")
                         ->type_name("FILE")
                         ->needs(certificate)
                         ->group("Target");
  certificate->needs(key);
  app.add_option("--tls-self-signed", self_signed_,
                 "TLS with a certificate made now, written to FILE for clients to trust")
      ->type_name("FILE")
      ->excludes(certificate)
      ->group("Target");
  app.add_option("--key-file", key_file_,
                 "file with the key that clients must bring, for its owner only")
      ->type_name("FILE")
      ->group("Target");
  app.add_flag("--insecure", insecure_, "plaintext also beyond this machine")->group("Target");
  app.add_option("--max-queries", queries_, "queries at once (default 16)")
      ->type_name("N")
      ->group("Run");
  app.add_option("--query-memory", memory_,
                 "what a query's aggregates and merges may hold (default 2G)")
      ->type_name("SIZE")
      ->group("Run");
  app.add_option("--query-timeout", time_, "limit for one query (default none)")
      ->type_name("DURATION")
      ->group("Run");
}

bool ServeOptions::has_key() const {
  return !key_file_.empty() || !environment(kKeyVariable).empty();
}

Status ServeOptions::read_limits(local::QueryLimits& limits) const {
  if (queries_ == 0 || queries_ > kMostQueries) {
    return {Code::kUsage, fmt::format("--max-queries: a number from 1 to {}", kMostQueries)};
  }
  limits.at_once = queries_;
  if (!memory_.empty()) {
    const Result<size_t> size = parse_size("--query-memory", memory_);
    if (!size.ok()) return size.status();
    limits.held_bytes = *size;
  }
  if (!time_.empty()) {
    const Result<int64_t> time = parse_duration(time_, "--query-timeout");
    if (!time.ok()) return time.status();
    if (*time == 0) return {Code::kUsage, "--query-timeout: 0 leaves no query any time"};
    limits.time = Duration(*time);
  }
  return {};
}

Status ServeOptions::read_key(local::ServerOptions& options) const {
  if (!has_key()) return {};
  Result<Secret> key = key_file_.empty() ? wire::check_key(environment(kKeyVariable), kKeyVariable)
                                         : wire::read_key_file(key_file_);
  if (!key.ok()) return key.status();
  options.key = *std::move(key);
  return {};
}

Status ServeOptions::read_identity(local::ServerOptions& options) const {
  if (!certificate_.empty()) {
    Result<local::ServerIdentity> read = local::read_identity(certificate_, certificate_key_);
    if (!read.ok()) return read.status();
    options.identity = *std::move(read);
  } else if (!self_signed_.empty()) {
    Result<local::ServerIdentity> made = local::make_identity(host_of(address_));
    if (!made.ok()) return made.status();
    if (Status status = write_certificate(self_signed_, made->certificate); !status.ok()) {
      return status;
    }
    options.identity = *std::move(made);
  } else if (!insecure_ && !address_.starts_with("unix:") && !is_loopback(address_)) {
    return {Code::kUsage,
            fmt::format("--listen {}: in plaintext, others on the way could read along", address_),
            "--tls-cert and --tls-key, or --tls-self-signed, protect it; --insecure does without"};
  }
  return {};
}

Result<local::ServerOptions> ServeOptions::read() const {
  local::ServerOptions options;
  if (Status status = check_address(address_); !status.ok()) return status;
  options.address = address_;
  if (Status status = read_limits(options.limits); !status.ok()) return status;
  if (Status status = read_key(options); !status.ok()) return status;
  if (Status status = read_identity(options); !status.ok()) return status;
  return options;
}

std::string ServeOptions::trust_flags(const std::string& address) const {
  if (!self_signed_.empty()) return " --tls-ca " + self_signed_;
  return has_tls() || address.starts_with("unix:") ? "" : " --insecure";
}

std::string ServeOptions::protection() const {
  return fmt::format("{}, {}", has_tls() ? "with TLS" : "in plaintext",
                     has_key() ? "for whoever brings the key" : "without keys");
}

}  // namespace pxq
