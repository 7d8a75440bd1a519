#include "wire/proxy.h"

#include <cstdlib>
#include <map>

#include <catch2/catch.hpp>

namespace pxq::wire {
namespace {

/// An environment with these variables about proxies and no others, for as long as it lives.
struct Environment {
  explicit Environment(const std::map<std::string, std::string>& variables) {
    clear();
    for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() { clear(); }

  static void clear() {
    for (const char* name :
         {"grpc_proxy", "https_proxy", "http_proxy", "no_grpc_proxy", "no_proxy"}) {
      ::unsetenv(name);
    }
  }
};

// "variable host port", or "" where the connection is direct.
std::string way_to(const std::string& address,
                   const std::map<std::string, std::string>& variables) {
  const Environment environment(variables);
  const std::optional<Proxy> proxy = proxy_for(*parse_endpoint(address));
  return proxy ? proxy->variable + " " + proxy->host + " " + proxy->port : "";
}

TEST_CASE("The environment's proxy is found as gRPC finds it") {
  const std::string to = "cloud.example:443";
  CHECK(way_to(to, {}).empty());
  CHECK(way_to(to, {{"http_proxy", "http://p:3128"}}) == "http_proxy p 3128");
  CHECK(way_to(to, {{"http_proxy", "http://a:1"}, {"https_proxy", "http://b:2"}}) ==
        "https_proxy b 2");
  CHECK(way_to(to, {{"https_proxy", "http://b:2"}, {"grpc_proxy", "http://c:3"}}) ==
        "grpc_proxy c 3");
  CHECK(way_to(to, {{"https_proxy", "http://user:p@ss@b:2/x"}}) == "https_proxy b 2");
  CHECK(way_to(to, {{"https_proxy", "http://[::7]:2"}}) == "https_proxy ::7 2");
  CHECK(way_to(to, {{"https_proxy", "http://b"}}) == "https_proxy b 443");
  CHECK(way_to(to, {{"https_proxy", "socks5://b:2"}}).empty());
  CHECK(way_to(to, {{"https_proxy", "b:2"}}).empty());
}

TEST_CASE("Some hosts need no proxy") {
  const auto way = [](const std::string& to, const std::string& list) {
    return way_to(to, {{"https_proxy", "http://p:1"}, {"no_proxy", list}});
  };
  CHECK(way("cloud.example:443", " x , .EXAMPLE,").empty());
  CHECK(way("cloud.example:443", "cloud.example").empty());
  CHECK_FALSE(way("cloud.example:443", "cloud").empty());
  CHECK_FALSE(way("cloud.example:443", " , ").empty());
  CHECK(way_to("a.example:1",
               {{"https_proxy", "http://p:1"}, {"no_grpc_proxy", "a.example"}, {"no_proxy", "b"}})
            .empty());
}

TEST_CASE("This machine is never reached through a proxy") {
  for (const std::string to : {"localhost:1", "127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "unix:/v"}) {
    INFO(to);
    CHECK(way_to(to, {{"grpc_proxy", "http://p:1"}}).empty());
  }
}

}  // namespace
}  // namespace pxq::wire
