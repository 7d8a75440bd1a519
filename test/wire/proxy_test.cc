#include "wire/proxy.h"

#include <grpc/support/log.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "fake/loopback.h"
#include "fake/raw_http2.h"

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
    for (const char* name : {"grpc_proxy", "https_proxy", "http_proxy", "no_grpc_proxy", "no_proxy",
                             "HTTP_PROXY", "HTTPS_PROXY"}) {
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
  CHECK(way_to(to, {{"https_proxy", "http://user:pass@b:2/x"}}) == "https_proxy b 2");
  CHECK(way_to(to, {{"https_proxy", "http://[::7]:2"}}) == "https_proxy ::7 2");
  CHECK(way_to(to, {{"https_proxy", "http://b"}}) == "https_proxy b 443");
  CHECK(way_to(to, {{"https_proxy", "http://b%2Eexample:%32?x#y"}}) == "https_proxy b.example 2");
  CHECK(way_to(to, {{"https_proxy", "http://b%2"}}) == "https_proxy b%2 443");
  CHECK(way_to(to, {{"https_proxy", "http://b:port"}}) == "https_proxy b:port 443");
}

TEST_CASE("What gRPC takes for a proxy's name and is part of a password is not told") {
  for (const std::string cut : {"/", "?", "#"}) {
    CHECK(way_to("cloud.example:443", {{"http_proxy", "http://bob:12" + cut + "34@p:3128"}}) ==
          "http_proxy  ");
  }
}

TEST_CASE("What names no proxy to gRPC hides the variables behind it") {
  for (const std::string value : {"", "http://", "b:2", "socks5://b:2", "https://b:2", "HTTP://b:2",
                                  "http://user:p@ss@b:2", "http://user:p%40ss@b:2"}) {
    INFO(value);
    CHECK(
        way_to("cloud.example:443", {{"grpc_proxy", value}, {"http_proxy", "http://p:1"}}).empty());
  }
  CHECK(way_to("cloud.example:443", {{"HTTPS_PROXY", "http://p:1"}}).empty());
}

TEST_CASE("Some hosts need no proxy") {
  const auto way = [](const std::string& to, const std::string& list) {
    return way_to(to, {{"https_proxy", "http://p:1"}, {"no_proxy", list}});
  };
  CHECK(way("cloud.example:443", "x,.EXAMPLE,").empty());
  CHECK(way("cloud.example:443", "cloud.example").empty());
  CHECK_FALSE(way("cloud.example:443", "cloud").empty());
  CHECK_FALSE(way("cloud.example:443", ",").empty());
  CHECK_FALSE(way("cloud.example:443", "x, cloud.example").empty());
  CHECK_FALSE(way("cloud.example:443", "cloud.example ").empty());
  CHECK_FALSE(way("cloud.example:443", "cloud.example:443").empty());
  CHECK(way("[2001:db8::1]:443", "db8::1").empty());
  CHECK(way_to("a.example:1",
               {{"https_proxy", "http://p:1"}, {"no_grpc_proxy", "a.example"}, {"no_proxy", "b"}})
            .empty());
  CHECK_FALSE(
      way_to("a.example:1",
             {{"https_proxy", "http://p:1"}, {"no_grpc_proxy", ""}, {"no_proxy", "a.example"}})
          .empty());
}

// Whether gRPC itself comes to a proxy on its way to an address where nobody listens.
bool grpc_comes_to(const fake::RawHttp2& proxy, const Endpoint& endpoint) {
  const size_t before = proxy.connections();
  const auto channel = *make_channel(endpoint);
  grpc_connectivity_state state = channel->GetState(true);
  while (state != GRPC_CHANNEL_TRANSIENT_FAILURE) {
    REQUIRE(channel->WaitForStateChange(state, std::chrono::system_clock::now() + fake::kPatience));
    state = channel->GetState(true);
  }
  return proxy.connections() > before;
}

TEST_CASE("gRPC goes where we say that it goes") {
  gpr_set_log_function([](gpr_log_func_args*) {});  // it tells of each value that it cannot use
  // An address of this machine that is not a loopback one, so that gRPC asks the environment.
  Endpoint endpoint = *parse_endpoint("0.0.0.0:" + std::to_string(fake::closed_port()));
  endpoint.plaintext = true;
  const fake::RawHttp2 proxy(fake::Exchange::from_scratch().close());
  const std::string host = proxy.address();
  const std::vector<std::map<std::string, std::string>> environments = {
      {},
      {{"http_proxy", "http://" + host}},
      {{"https_proxy", "http://" + host}, {"http_proxy", "http://127.0.0.1:1"}},
      {{"grpc_proxy", ""}, {"http_proxy", "http://" + host}},
      {{"grpc_proxy", "https://" + host}, {"http_proxy", "http://" + host}},
      {{"http_proxy", "HTTP://" + host}},
      {{"HTTP_PROXY", "http://" + host}},
      {{"http_proxy", "http://user:pass@" + host + "/path"}},
      {{"http_proxy", "http://user:p@ss@" + host}},
      {{"http_proxy", "http://user:p%40ss@" + host}},
      {{"http_proxy", "http://%31" + host.substr(1)}},
      {{"http_proxy", "http://" + host}, {"no_proxy", "x,.0"}},
      {{"http_proxy", "http://" + host}, {"no_proxy", "x, .0"}},
      {{"http_proxy", "http://" + host}, {"no_proxy", ".0 "}},
      {{"http_proxy", "http://" + host}, {"no_proxy", endpoint.text()}},
      {{"http_proxy", "http://" + host}, {"no_proxy", ",,"}},
      {{"http_proxy", "http://" + host}, {"no_grpc_proxy", ""}, {"no_proxy", ".0"}},
  };
  for (size_t i = 0; i < environments.size(); ++i) {
    INFO("environment " << i);
    const Environment environment(environments[i]);
    CHECK(grpc_comes_to(proxy, endpoint) == proxy_for(endpoint).has_value());
  }
}

TEST_CASE("This machine is never reached through a proxy") {
  for (const std::string to : {"localhost:1", "127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "unix:/v"}) {
    INFO(to);
    CHECK(way_to(to, {{"grpc_proxy", "http://p:1"}}).empty());
  }
}

}  // namespace
}  // namespace pxq::wire
