#include "wire/proxy.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "base/trim.h"

namespace pxq::wire {
namespace {

constexpr std::string_view kScheme = "http://";
constexpr std::string_view kDefaultPort = "443";  // gRPC's for every name without one

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         std::equal(end.begin(), end.end(), text.end() - static_cast<ptrdiff_t>(end.size()),
                    [](char a, char b) { return lower(a) == lower(b); });
}

// A host is excepted by its end: `.example.com` excepts all of that domain.
bool is_excepted(std::string_view host) {
  std::string_view list = variable("no_grpc_proxy");
  if (list.empty()) list = variable("no_proxy");
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    const std::string_view entry = trimmed(list.substr(0, comma), " \t");
    if (!entry.empty() && ends_with(host, entry)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

}  // namespace

std::optional<Proxy> proxy_for(const Endpoint& endpoint) {
  if (endpoint.is_loopback() || is_excepted(endpoint.host)) return std::nullopt;
  for (const char* name : {"grpc_proxy", "https_proxy", "http_proxy"}) {
    std::string_view url = variable(name);
    if (url.empty()) continue;
    if (!url.starts_with(kScheme)) return std::nullopt;  // gRPC knows no other
    url.remove_prefix(kScheme.size());
    url = url.substr(0, url.find_first_of("/?#"));
    if (const size_t at = url.rfind('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
    Result<Endpoint> parsed = parse_endpoint(url, kDefaultPort);
    if (!parsed.ok()) return std::nullopt;
    return Proxy{name, std::move(parsed->host), std::move(parsed->port)};
  }
  return std::nullopt;
}

}  // namespace pxq::wire
