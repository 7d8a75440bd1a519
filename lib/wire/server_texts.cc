#include "wire/server_texts.h"

#include <algorithm>
#include <array>
#include <string>

namespace pxq::wire {
namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

constexpr std::string_view kCheckKeyAndCloud = "check the API key and the cloud's address";

// The first that occurs decides; an empty hint adds none.
struct KnownText {
  std::string_view text;
  Code code;
  bool retryable;
  std::string_view hint;
};

constexpr auto kKnownTexts = std::to_array<KnownText>({
    {"iat not satisfied", Code::kAuth, false, "the clocks of this machine and the server differ"},
    {"Auth middleware failed", Code::kAuth, false, kCheckKeyAndCloud},
    {"invalid auth token", Code::kAuth, false, "the token has expired or is for another cluster"},
    {"cluster is not in a healthy state", Code::kServer, true,
     "look at the cluster's state with `pxq clusters`"},
    {"failed to fetch creds for cluster", Code::kServer, false,
     "the cloud does not know this cluster for this key"},
    {"not ready yet", Code::kServer, true, "the Vizier is starting; try again in a moment"},
    {"Large data batch rejected", Code::kServer, false,
     "a row is too large for the cloud's proxy: select fewer columns, or use --no-e2e"},
    {"missing/malformed cluster_id", Code::kUsage, false, ""},
    {"Script modification has been disabled", Code::kScript, false,
     "this cloud runs only its bundled scripts, byte for byte"},
    {"Failed to compile script", Code::kScript, false, ""},
    {"is not a valid flag", Code::kScript, false, "see the script's #px:set lines"},
    // Pixie's own words for a value of such a line, from Go.
    {"strconv.ParseInt: parsing", Code::kScript, false, "see the script's #px:set lines"},
    {"strconv.ParseBool: parsing", Code::kScript, false, "see the script's #px:set lines"},
    {"Config setting is malformed", Code::kScript, false, "see the script's #px:set lines"},
    {"consumer likely died", Code::kServer, true,
     "the output was too slow for the server's buffer; write to a file"},
    {"timedout waiting for consumer", Code::kServer, true,
     "the output was paused for too long; write to a file"},
    {"timedout waiting for producers", Code::kServer, true,
     "the agents fell silent; narrow the script's time range"},
    {"failed to initialize all result tables", Code::kServer, true,
     "the agents did not answer; try again"},
    {"not registered in query forwarder", Code::kIncomplete, false, "the query had already ended"},
    {"metadata size exceeds limit", Code::kIncomplete, false, "is this the gRPC port of Pixie?"},
    {"Compression algorithm", Code::kIncomplete, false,
     "pxq asks for messages that are not compressed; what stands between?"},
    {"more than the local Vizier allows", Code::kLimit, false,
     "filter the rows, take a shorter window, or aggregate before merging"},
    {"at once and no more", Code::kServer, true,
     "try again in a moment; --max-queries of pxq serve changes it"},
    {"Received message larger than max", Code::kLimit, false, "raise the limit with --max-message"},
});

struct ConnectText {
  std::string_view text;
  ConnectFailure failure;
};

constexpr std::string_view kUntrusted =
    "the server's certificate is not trusted: its authority is unknown, or it is not valid now";
constexpr std::string_view kUntrustedHint =
    "name the CA with --tls-ca FILE; look at the dates of the certificate and at the clock";

// TLS libraries spell their errors differently: OpenSSL in words, BoringSSL in names.
constexpr auto kConnectTexts = std::to_array<ConnectText>({
    {"certificate verify failed", {kUntrusted, false, kUntrustedHint}},
    {"CERTIFICATE_VERIFY_FAILED", {kUntrusted, false, kUntrustedHint}},
    {"is not in peer certificate",
     {"the server's certificate is for another name", false,
      "say which with --tls-server-name NAME"}},
    {"Hostname Verification Check failed",
     {"the server's certificate is for another name", false,
      "say which with --tls-server-name NAME"}},
    {"wrong version number",
     {"the server does not speak TLS here", false, "use --insecure for a plaintext server"}},
    {"WRONG_VERSION_NUMBER",
     {"the server does not speak TLS here", false, "use --insecure for a plaintext server"}},
    {"Cannot check peer: missing selected ALPN",
     {"the server speaks TLS but not HTTP/2 (no ALPN)", false, "is this the gRPC port?"}},
    {"no application protocol",
     {"the server speaks TLS but not HTTP/2 (no ALPN)", false, "is this the gRPC port?"}},
    {"NO_APPLICATION_PROTOCOL",
     {"the server speaks TLS but not HTTP/2 (no ALPN)", false, "is this the gRPC port?"}},
    {"certificate required", {"the server asks for a client certificate", false, ""}},
    {"CERTIFICATE_REQUIRED", {"the server asks for a client certificate", false, ""}},
    {"protocol version", {"the server's TLS version is too old", false, ""}},
    {"PROTOCOL_VERSION", {"the server's TLS version is too old", false, ""}},
    {"unsupported protocol", {"the server's TLS version is too old", false, ""}},
    {"alert handshake failure",
     {"the server refused the TLS handshake", false,
      "it may ask for a client certificate, and pxq has none"}},
    {"HANDSHAKE_FAILURE",
     {"the server refused the TLS handshake", false,
      "it may ask for a client certificate, and pxq has none"}},
    {"Ssl handshake failed", {"the TLS handshake failed", false, ""}},
    {"handshake failed", {"the TLS handshake failed", false, ""}},
    {"Endpoint read failed",
     {"the server ended the TLS handshake", false,
      "it may ask for a client certificate, and pxq has none"}},
    {"Failed parsing HTTP/2",
     {"what answers there does not speak HTTP/2", false, "is this the gRPC port?"}},
    {"http1.x server",
     {"what answers there does not speak HTTP/2", false,  // if it closes at once
      "is this the gRPC port?"}},
    {"Socket closed",
     {"the server closed the connection at once", true,
      "so does one that wants TLS (leave --insecure out), or a client certificate, which pxq has "
      "not"}},
    {"HTTP proxy returned response code 407",
     {"the proxy asks who you are (407)", false,
      "write http://USER:PASSWORD@HOST:PORT into the variable"}},
    {"DNS resolution failed", {"the host's name cannot be resolved", true, kCheckSpelling}},
    {"Domain name not found", {"the host's name cannot be resolved", true, kCheckSpelling}},
    {"Connection refused", {"connection refused", true, "is the server running at this port?"}},
    {"No route to host", {"no route to host", true, ""}},
    {"Network is unreachable", {"network is unreachable", true, ""}},
    {"No such file or directory", {"there is no such socket", false, ""}},
    {"Permission denied", {"permission denied", false, ""}},
    {"timed out", {"no answer", true, ""}},
});

}  // namespace

Status known_condition(std::string_view message) {
  for (const KnownText& known : kKnownTexts) {
    if (!has(message, known.text)) continue;
    return Status(known.code, std::string(message), std::string(known.hint))
        .with_retryable(known.retryable);
  }
  return {};
}

bool is_general_key_hint(std::string_view hint) {
  return hint.empty() || hint == "check the key" || hint == kCheckKeyAndCloud;
}

std::optional<ConnectFailure> connect_failure(std::string_view message) {
  for (const ConnectText& known : kConnectTexts) {
    if (has(message, known.text)) return known.failure;
  }
  return std::nullopt;
}

bool refuses_key(const Status& end) {
  constexpr int kUnknown = 2;
  constexpr int kInvalidArgument = 3;
  constexpr int kUnimplemented = 12;
  const int code = end.grpc_code();
  if (code != kUnknown && code != kInvalidArgument && code != kUnimplemented) return false;
  // Names of the library's packages and types, and what a person would write.
  constexpr auto kWords = std::to_array<std::string_view>(
      {"jwk", "jwa", "jwe", "jwx", "KeyEncryptionAlgorithm", "key type", "key hint", "ecdsa",
       "key_alg", "ECDH", "curve", "encrypt"});
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return has(end.message(), word); });
}

}  // namespace pxq::wire
