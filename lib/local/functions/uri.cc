#include <arpa/inet.h>

#include <charconv>
#include <optional>

#include "local/functions/families.h"
#include "local/functions/json_text.h"
#include "local/functions/kernel.h"

namespace pxq::local {
namespace {

using Text = std::string_view;

// The parts of an RFC 3986 reference; a part that is absent differs from one that is empty.
struct Uri {
  std::optional<Text> scheme, user_info, host, port, path, query, fragment;
};

constexpr Text kDigits = "0123456789";
constexpr Text kHexDigits = "0123456789abcdefABCDEF";
constexpr Text kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool is_one_of(char c, Text set) { return set.find(c) != Text::npos; }

// Whether `text` has only unreserved characters, sub-delimiters, `more`, and whole %XX escapes.
bool is_plain(Text text, Text more) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3) return false;
      if (!is_one_of(text[i + 1], kHexDigits) || !is_one_of(text[i + 2], kHexDigits)) return false;
      i += 2;
    } else if (!is_one_of(c, kLetters) && !is_one_of(c, kDigits) &&
               !is_one_of(c, "-._~!$&'()*+,;=") && !is_one_of(c, more)) {
      return false;
    }
  }
  return true;
}

bool is_scheme(Text text) {
  if (text.empty() || !is_one_of(text[0], kLetters)) return false;
  for (const char c : text) {
    if (!is_one_of(c, kLetters) && !is_one_of(c, kDigits) && !is_one_of(c, "+-.")) return false;
  }
  return true;
}

// What follows the first `mark` of `text`, which loses both.
std::optional<Text> cut_after(Text& text, char mark) {
  const size_t position = text.find(mark);
  if (position == Text::npos) return std::nullopt;
  const Text rest = text.substr(position + 1);
  text = text.substr(0, position);
  return rest;
}

// An address of a version that is still to come: `v1.text`, with hexadecimal digits for the
// version.
bool is_future_address(Text host) {
  const size_t dot = host.find('.');
  if (dot == Text::npos || dot < 2 || (host[0] != 'v' && host[0] != 'V')) return false;
  const Text version = host.substr(1, dot - 1);
  const Text rest = host.substr(dot + 1);
  return version.find_first_not_of(kHexDigits) == Text::npos && !rest.empty() &&
         rest.find('%') == Text::npos && is_plain(rest, ":");
}

bool take_host(Uri& uri, Text authority) {
  if (!authority.starts_with('[')) {
    uri.port = cut_after(authority, ':');
    uri.host = authority;
    return is_plain(authority, "");
  }
  const size_t end = authority.find(']');
  if (end == Text::npos) return false;
  uri.host = authority.substr(1, end - 1);
  const Text rest = authority.substr(end + 1);
  if (!rest.empty() && rest[0] != ':') return false;
  if (!rest.empty()) uri.port = rest.substr(1);
  in6_addr address;
  return is_future_address(*uri.host) ||
         inet_pton(AF_INET6, std::string(*uri.host).c_str(), &address) == 1;
}

bool take_authority(Uri& uri, Text authority) {
  const size_t at = authority.find('@');
  if (at != Text::npos) {
    uri.user_info = authority.substr(0, at);
    authority.remove_prefix(at + 1);
    if (!is_plain(*uri.user_info, ":")) return false;
  }
  return take_host(uri, authority) &&
         (!uri.port || uri.port->find_first_not_of(kDigits) == Text::npos);
}

std::optional<Uri> parse(Text text) {
  Uri uri;
  uri.fragment = cut_after(text, '#');
  uri.query = cut_after(text, '?');
  if (!is_plain(uri.fragment.value_or(""), ":@/?")) return std::nullopt;
  if (!is_plain(uri.query.value_or(""), ":@/?")) return std::nullopt;

  const size_t colon = text.find(':');
  if (colon != Text::npos && colon < text.find('/')) {
    uri.scheme = text.substr(0, colon);
    text.remove_prefix(colon + 1);
    if (!is_scheme(*uri.scheme)) return std::nullopt;
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const Text authority = text.substr(0, text.find('/'));
    text.remove_prefix(authority.size());
    if (!take_authority(uri, authority)) return std::nullopt;
    if (!text.empty()) uri.path = text.substr(1);
  } else if (!text.empty() && text != "/") {
    uri.path = text[0] == '/' ? text.substr(1) : text;
  }
  if (!is_plain(uri.path.value_or(""), ":@/")) return std::nullopt;
  return uri;
}

void append_member(std::string& json, Text key, const std::optional<Text>& value) {
  if (!value) return;
  if (json.size() > 1) json += ',';
  append_json_string(json, key);
  json += ':';
  append_json_string(json, *value);
}

// A JSON object of the parts that are there. As in Pixie the path lacks its leading slash and a
// failure is told in the cell.
std::string uri_parse(Text text) {
  const auto uri = parse(text);
  if (!uri) return "Failed to parse URI";
  std::string json = "{";
  append_member(json, "scheme", uri->scheme);
  append_member(json, "userInfo", uri->user_info);
  append_member(json, "host", uri->host);
  if (uri->port) {
    int32_t port = 0;
    const Text digits = *uri->port;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (end.ec != std::errc()) return "Port parsing failed.";
    json.append(json.size() > 1 ? ",\"port\":" : "\"port\":").append(std::to_string(port));
  }
  append_member(json, "path", uri->path);
  append_member(json, "query", uri->query);
  append_member(json, "fragment", uri->fragment);
  return json += '}';
}

// An empty part, or port 0, is left out. There is always a slash before the path.
std::string uri_recompose(Text scheme, Text user_info, Text host, int64_t port, Text path,
                          Text query, Text fragment) {
  if (port < 0) return "Failed to recompose URI";
  std::string uri;
  if (!scheme.empty()) uri.append(scheme).append(":");
  if (!host.empty()) {
    uri.append("//");
    if (!user_info.empty()) uri.append(user_info).append("@");
    uri.append(host);
    if (port != 0) uri.append(":").append(std::to_string(port));
  }
  uri.append("/").append(path);
  if (!query.empty()) uri.append("?").append(query);
  if (!fragment.empty()) uri.append("#").append(fragment);
  return uri;
}

}  // namespace

std::vector<ScalarFunction> uri_functions() {
  return {
      scalar<uri_parse, Text>("uri_parse"),
      scalar<uri_recompose, Text, Text, Text, int64_t, Text, Text, Text>("uri_recompose"),
  };
}

}  // namespace pxq::local
