#include "wire/proxy.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <initializer_list>
#include <string_view>

#include "base/letter_case.h"

namespace pxq::wire {
namespace {

constexpr std::string_view kScheme = "http://";
constexpr std::string_view kDefaultPort = "443";  // gRPC's for every name without one

struct Variable {
  const char* name;
  std::string_view value;
};

// The first that is set, if only to nothing.
std::optional<Variable> first_set(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const char* value = std::getenv(name); value != nullptr) return Variable{name, value};
  }
  return std::nullopt;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         std::equal(end.begin(), end.end(), text.end() - static_cast<ptrdiff_t>(end.size()),
                    [](char a, char b) { return lower_case(a) == lower_case(b); });
}

// A host is excepted by its end: `.example.com` excepts all of that domain. Blanks belong to the
// names that they stand at, so that these except nothing.
bool is_excepted(std::string_view host) {
  const std::optional<Variable> list = first_set({"no_grpc_proxy", "no_proxy"});
  std::string_view rest = list ? list->value : std::string_view();
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view entry = rest.substr(0, comma);
    if (!entry.empty() && ends_with(host, entry)) return true;
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return false;
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

// HOST:PORT of http://USER:PASSWORD@HOST:PORT/; nothing where gRPC reads no proxy in it, and empty
// where a / ? or # of the password ends what gRPC takes for the name: that is a secret.
std::optional<std::string> proxy_name(std::string_view url) {
  if (!url.starts_with(kScheme)) return std::nullopt;
  url.remove_prefix(kScheme.size());
  const size_t cut = std::min(url.find_first_of("/?#"), url.size());
  const std::string authority = percent_decoded(url.substr(0, cut));
  if (authority.empty()) return std::nullopt;
  const size_t at = authority.find('@');
  // gRPC decodes first, so a password cannot hold an '@', encoded or not.
  if (at != std::string::npos && authority.find('@', at + 1) != std::string::npos) {
    return std::nullopt;
  }
  if (url.find('@', cut) != std::string_view::npos) return std::string();
  return at == std::string::npos ? authority : authority.substr(at + 1);
}

}  // namespace

std::optional<Proxy> proxy_for(const Endpoint& endpoint) {
  if (endpoint.is_loopback() || is_excepted(endpoint.host)) return std::nullopt;
  const std::optional<Variable> variable = first_set({"grpc_proxy", "https_proxy", "http_proxy"});
  if (!variable) return std::nullopt;
  std::optional<std::string> name = proxy_name(variable->value);
  if (!name) return std::nullopt;
  if (name->empty()) return Proxy{variable->name, {}, {}};
  Result<Endpoint> parsed = parse_endpoint(*name, kDefaultPort);
  // gRPC tries to reach whatever stands there, and the failure is the proxy's.
  if (!parsed.ok()) return Proxy{variable->name, *std::move(name), std::string(kDefaultPort)};
  return Proxy{variable->name, std::move(parsed->host), std::move(parsed->port)};
}

}  // namespace pxq::wire
