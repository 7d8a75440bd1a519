#include "wire/endpoint.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/security/credentials.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/un.h>

#include <algorithm>

#include "base/free_descriptors.h"
#include "script/bounded_file.h"

namespace pxq::wire {
namespace {

constexpr size_t kLargestCaFile = 16u << 20;  // all public roots are a fifth of a megabyte

Status bad_address(std::string_view address, std::string_view why) {
  return {Code::kUsage, fmt::format("'{}' is not an address: {}", address, why),
          "write HOST:PORT, [IPV6]:PORT or unix:PATH"};
}

bool is_port(std::string_view port) {
  if (port.empty() || port.size() > 5) return false;
  if (!std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return false;
  }
  const int number = std::stoi(std::string(port));
  return number > 0 && number < 65536;
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(".-_:%").find(c) != std::string_view::npos;
}

// Whether the text holds at least one certificate: gRPC would take anything and fail later, in
// words about handshakes.
bool holds_certificate(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  const bool found = certificate != nullptr;
  X509_free(certificate);
  BIO_free(bio);
  return found;
}

Result<std::string> read_roots(const std::string& path) {
  Result<std::string> pem = read_bounded_file(path, kLargestCaFile);
  if (!pem.ok()) {
    return Status(Code::kUsage, fmt::format("the CA file: {}", pem.status().message()));
  }
  if (!holds_certificate(*pem)) {
    return Status(Code::kUsage, fmt::format("the CA file {} holds no certificate", path),
                  "--tls-ca takes PEM certificates (-----BEGIN CERTIFICATE-----)");
  }
  return pem;
}

grpc::ChannelArguments channel_arguments(const Endpoint& endpoint, size_t max_message_bytes) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(static_cast<int>(max_message_bytes));
  // Retrying is ours to decide: only before anything was visible.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // A channel that failed is not to answer for a second with its old error when we try again.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  // Identity only: a compressed message could expand without bound before we see its size.
  arguments.SetInt(GRPC_COMPRESSION_CHANNEL_ENABLED_ALGORITHMS_BITSET, 1);
  arguments.SetUserAgentPrefix("pxq");
  // gRPC's largest buffer for one read from the network: so large that few values lie across two,
  // so small that its bytes are still in the processor's cache when their rows are written.
  arguments.SetInt(GRPC_ARG_TCP_MAX_READ_CHUNK_SIZE, 512 << 10);
  // What may go to this machine in plain text must not go to a proxy of the environment.
  if (endpoint.is_loopback()) arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  if (!endpoint.tls.server_name.empty()) {
    arguments.SetSslTargetNameOverride(endpoint.tls.server_name);
  }
  return arguments;
}

std::string target(const Endpoint& endpoint) {
  if (endpoint.kind == Endpoint::Kind::kUnix) return "unix:" + endpoint.path;
  return "dns:///" + endpoint.text();
}

}  // namespace

std::string Endpoint::text() const {
  if (kind == Kind::kUnix) return "unix:" + path;
  // An IPv6 address has colons of its own, so only brackets show where its port begins.
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

bool Endpoint::is_loopback() const {
  if (kind == Kind::kUnix || host == "localhost" || host == "::1") return true;
  // Only a number: 127.example.com is somebody's name.
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

Result<Endpoint> parse_endpoint(std::string_view address, std::string_view default_port) {
  Endpoint endpoint;
  if (address.starts_with("unix:")) {
    endpoint.kind = Endpoint::Kind::kUnix;
    endpoint.path = address.substr(5);
    endpoint.plaintext = true;
    if (endpoint.path.empty()) return bad_address(address, "the socket's path is missing");
    // As in a URL, what stands behind two slashes is a host.
    if (endpoint.path.starts_with("//") && !endpoint.path.starts_with("///")) {
      return bad_address(address, "a socket has no host: one slash or three begin its path");
    }
    if (endpoint.path.size() >= sizeof sockaddr_un::sun_path) {
      return bad_address(address, "the path of a socket is no longer than 107 bytes");
    }
    return endpoint;
  }
  if (address.find("://") != std::string_view::npos) {
    return bad_address(address, "it is a URL");
  }
  std::string_view host = address;
  std::string_view port = default_port;
  if (address.starts_with('[')) {
    const size_t close = address.find(']');
    if (close == std::string_view::npos) return bad_address(address, "']' is missing");
    host = address.substr(1, close - 1);
    const std::string_view rest = address.substr(close + 1);
    if (!rest.empty() && rest[0] != ':') return bad_address(address, "after ']' comes ':PORT'");
    if (!rest.empty()) port = rest.substr(1);
  } else if (const size_t colon = address.find(':'); colon != std::string_view::npos) {
    if (address.find(':', colon + 1) != std::string_view::npos) {
      return bad_address(address, "an IPv6 address needs brackets");
    }
    host = address.substr(0, colon);
    port = address.substr(colon + 1);
  }
  if (host.empty()) return bad_address(address, "the host is missing");
  if (!std::all_of(host.begin(), host.end(), is_host_character)) {
    return bad_address(address, "the host has characters that no host has");
  }
  if (port.empty()) return bad_address(address, "the port is missing");
  if (!is_port(port)) return bad_address(address, "the port is not a number from 1 to 65535");
  endpoint.host = host;
  endpoint.port = port;
  return endpoint;
}

std::string grpc_version() { return grpc::Version(); }

Result<std::shared_ptr<grpc::Channel>> make_channel(const Endpoint& endpoint,
                                                    size_t max_message_bytes) {
  if (const Status enough = enough_free_descriptors(); !enough.ok()) return enough;
  std::shared_ptr<grpc::ChannelCredentials> credentials;
  if (endpoint.plaintext) {
    credentials = grpc::InsecureChannelCredentials();
  } else {
    grpc::SslCredentialsOptions options;
    if (!endpoint.tls.ca_file.empty()) {
      Result<std::string> roots = read_roots(endpoint.tls.ca_file);
      if (!roots.ok()) return roots.status();
      options.pem_root_certs = *std::move(roots);
    }
    credentials = grpc::SslCredentials(options);
  }
  return grpc::CreateCustomChannel(target(endpoint), credentials,
                                   channel_arguments(endpoint, max_message_bytes));
}

void start_connecting(grpc::Channel& channel) { channel.GetState(/*try_to_connect=*/true); }

}  // namespace pxq::wire
