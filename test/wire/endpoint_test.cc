#include "wire/endpoint.h"

#include <catch2/catch.hpp>

#include "fake/temp_dir.h"
#include "fake/tls_certificates.h"

namespace pxq::wire {
namespace {

std::string text_of(std::string_view address, std::string_view default_port = {}) {
  const Result<Endpoint> endpoint = parse_endpoint(address, default_port);
  return endpoint.ok() ? endpoint->text() : "refused";
}

TEST_CASE("Addresses are read as people write them") {
  CHECK(text_of("vizier.example:50300") == "vizier.example:50300");
  CHECK(text_of("127.0.0.1:1") == "127.0.0.1:1");
  CHECK(text_of("[::1]:65535") == "[::1]:65535");
  CHECK(text_of("[fe80::1%eth0]:1") == "[fe80::1%eth0]:1");
  CHECK(text_of("unix:/run/vizier.sock") == "unix:/run/vizier.sock");
  CHECK(text_of("withpixie.ai", "443") == "withpixie.ai:443");
  CHECK(text_of("withpixie.ai:4444", "443") == "withpixie.ai:4444");
  CHECK(text_of("[::1]", "443") == "[::1]:443");
}

const std::string kLongSocket = "unix:/" + std::string(107, 'a');

TEST_CASE("What is no address is refused with the reason") {
  for (const std::string_view address : {"",
                                         "host",
                                         "host:",
                                         ":1",
                                         "host:0",
                                         "host:65536",
                                         "host:99999999999",
                                         "host:1x",
                                         "host:-1",
                                         "https://host:1",
                                         "::1",
                                         "::1:443",
                                         "[::1",
                                         "[::1]1",
                                         "[]:1",
                                         "ho st:1",
                                         "host/a:1",
                                         "user@host:1",
                                         "host\n:1",
                                         "unix:",
                                         "unix://tmp/s.sock",
                                         kLongSocket.c_str()}) {
    INFO(address);
    const Result<Endpoint> endpoint = parse_endpoint(address);
    CHECK_FALSE(endpoint.ok());
    CHECK(endpoint.status().code() == Code::kUsage);
  }
}

TEST_CASE("Loopback is a number or localhost, not a name that looks like it") {
  const auto loopback = [](std::string_view address) {
    return parse_endpoint(address)->is_loopback();
  };
  CHECK(loopback("127.0.0.1:1"));
  CHECK(loopback("127.255.0.9:1"));
  CHECK(loopback("[::1]:1"));
  CHECK(loopback("localhost:1"));
  CHECK(loopback("unix:/a"));
  CHECK_FALSE(loopback("127.example.com:1"));
  CHECK_FALSE(loopback("128.0.0.1:1"));
  CHECK_FALSE(loopback("localhost.example.com:1"));
  CHECK_FALSE(loopback("0.0.0.0:1"));
}

TEST_CASE("A CA file that cannot serve is refused before connecting") {
  const fake::TempDir dir;
  const fake::CertificateAuthority authority;
  const auto channel = [&](const std::string& ca) {
    Endpoint endpoint = *parse_endpoint("localhost:1");
    endpoint.tls.ca_file = ca;
    return make_channel(endpoint).status();
  };
  CHECK(channel(dir.write("good.pem", authority.certificate())).ok());
  CHECK(channel(dir.path("missing.pem")).code() == Code::kUsage);
  CHECK(channel(dir.write("empty.pem", "")).code() == Code::kUsage);
  CHECK(channel(dir.write("junk.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n")).code() ==
        Code::kUsage);
  CHECK(channel(dir.write("key.pem", authority.issue().key)).code() == Code::kUsage);
  CHECK(channel(dir.path()).code() == Code::kUsage);
  CHECK(channel("/dev/zero").code() == Code::kUsage);
}

}  // namespace
}  // namespace pxq::wire
