// What can be wrong with a TLS server, as real servers get it wrong: each told in its own words,
// none of it tried again.

#include <chrono>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "fake/loopback.h"
#include "fake/sanitized.h"
#include "fake/tcp_proxy.h"
#include "fake/tls_certificates.h"
#include "session.h"

namespace pxq::app {
namespace {

/// OpenSSL's own server: TLS that is not gRPC's. Answers HTTP/1 once the handshake is done.
class OpensslServer {
 public:
  OpensslServer(const fake::ServerIdentity& identity, std::vector<std::string> flags)
      : process_(command(identity, std::move(flags))) {
    REQUIRE(process_.wait_for_out("ACCEPT"));
  }

  int port() const { return port_; }

 private:
  fake::Command command(const fake::ServerIdentity& identity, std::vector<std::string> flags) {
    fake::Command command;
    command.program = "/usr/bin/openssl";
    command.arguments = {"s_server", "-www",
                         "-accept",  "127.0.0.1:" + std::to_string(port_),
                         "-cert",    dir_.write("cert.pem", identity.certificate),
                         "-key",     dir_.write("key.pem", identity.key)};
    command.arguments.insert(command.arguments.end(), flags.begin(), flags.end());
    return command;
  }

  fake::TempDir dir_;
  int port_ = fake::closed_port();
  fake::Process process_;
};

/// A user who trusts one authority, and what comes of a run against a server.
struct User {
  fake::CertificateAuthority authority;
  Session session;

  User() {
    session.home().write("ca.pem", authority.certificate());
    session.allow("ca.pem");
  }

  // Through a proxy that counts, since attempts that fail before HTTP/2 are seen by nobody else.
  void check(int port, const Expected& expected, const std::vector<std::string>& flags) const {
    const fake::TcpProxy proxy(port, {});
    std::vector<std::string> words = {"run", "-e", "import px", "--addr", proxy.address(), "-v"};
    words.insert(words.end(), flags.begin(), flags.end());
    const fake::ProcessResult result = fake::run(session.command(words));
    session.check(result, expected);
    CHECK_THAT(result.err, !Catch::Contains("trying again"));
    // A sanitizer's look for leaks takes so long that gRPC, whose threads go on, connects once
    // more.
    if (!fake::kSanitized) CHECK(proxy.connections() == 1);
  }

  void check(const fake::ServerIdentity& identity, const Expected& expected,
             const std::vector<std::string>& flags = {"--tls-ca", "ca.pem"}) const {
    fake::Vizier vizier({.unix_path = {}, .identity = identity});
    vizier.answer(whole());
    check(vizier.port(), expected, flags);
  }
};

TEST_CASE("A10 a certificate that is not good is refused, with the reason") {
  const User user;
  const fake::CertificateAuthority stranger("another authority");
  user.check(user.authority.issue(), {.out = kWholeRows});
  user.check(user.authority.issue(), {5, "", {"not trusted", "--tls-ca"}}, {});
  user.check(stranger.issue(), {5, "", {"not trusted", "--tls-ca"}});
  user.check(fake::self_signed(), {5, "", {"not trusted"}});
  user.check(user.authority.expired(), {5, "", {"not trusted", "not valid now", "dates"}});
  user.check(user.authority.not_yet_valid(), {5, "", {"not trusted", "not valid now", "clock"}});
  user.check(user.authority.with_wrong_name(), {5, "", {"another name", "--tls-server-name"}});
}

TEST_CASE("A10 an address needs its own place in the certificate, a name does not make up for it") {
  const User user;
  const fake::ServerIdentity named = user.authority.issue({.addresses = {}});
  const fake::ServerIdentity addressed = user.authority.issue({.names = {}});
  const std::vector<std::string> as_named = {"--tls-ca", "ca.pem", "--tls-server-name",
                                             "localhost"};
  user.check(named, {5, "", {"another name"}});
  user.check(named, {.out = kWholeRows}, as_named);
  user.check(addressed, {.out = kWholeRows});
  user.check(addressed, {5, "", {"another name"}}, as_named);
}

TEST_CASE("A11 a CA file that cannot serve is refused before connecting") {
  const User user;
  fake::Vizier vizier({.unix_path = {}, .identity = user.authority.issue()});
  Session session;
  session.allow("ca.pem");
  for (const std::string& content : {std::string("junk"), user.authority.issue().key}) {
    session.home().write("ca.pem", content);
    session.check(fake::run(session.command({"run", "-e", "import px", "--addr", vizier.address(),
                                             "--tls-ca", "ca.pem"})),
                  {2, "", {"ca.pem", "certificate"}});
  }
  session.check(fake::run(session.command({"run", "-e", "import px", "--addr", vizier.address(),
                                           "--tls-ca", "missing.pem"})),
                {2, "", {"missing.pem", "No such file"}});
  CHECK(vizier.calls().empty());
}

TEST_CASE("A12 plain text where TLS is spoken is told, and so is TLS where it is not") {
  const User user;
  user.check(user.authority.issue(), {5, "", {"wants TLS", "--insecure"}},
             {"--insecure", "--retries", "0"});
  const fake::Vizier plain(whole());
  user.check(plain.port(), {5, "", {"does not speak TLS"}}, {"--tls-ca", "ca.pem"});
}

TEST_CASE("A13 TLS without HTTP/2, or of an age past, is named") {
  const User user;
  const fake::ServerIdentity identity = user.authority.issue();
  const std::vector<std::string> trust = {"--tls-ca", "ca.pem"};
  const OpensslServer plain(identity, {});
  user.check(plain.port(), {5, "", {"not HTTP/2", "ALPN"}}, trust);
  const OpensslServer other(identity, {"-alpn", "http/1.1"});
  user.check(other.port(), {5, "", {"HTTP/2"}}, trust);
  const OpensslServer old(identity, {"-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"});
  user.check(old.port(), {5, "", {"TLS version is too old"}}, trust);
}

TEST_CASE("A15 a server that wants a certificate of its client is told as such") {
  const User user;
  fake::ServerIdentity identity = user.authority.issue();
  SECTION("gRPC's own") {
    // With TLS 1.3 it goes away after the handshake, as one that is being restarted does.
    identity.client_ca = user.authority.certificate();
    fake::Vizier vizier({.identity = identity});
    const fake::ProcessResult result = fake::run(user.session.command(
        {"run", "-e", "import px", "--addr", vizier.address(), "--tls-ca", "ca.pem"}));
    user.session.check(result, {5, "", {"client certificate"}});
  }
  SECTION("before TLS 1.3") {
    const OpensslServer server(identity, {"-alpn", "h2", "-tls1_2", "-Verify", "1"});
    user.check(server.port(), {5, "", {"client certificate"}}, {"--tls-ca", "ca.pem"});
  }
}

TEST_CASE("H22 a server that ends each connection before TLS is one failure, in time") {
  const fake::RawHttp2 peer(fake::Exchange::from_scratch().close());
  const Session session;
  const fake::ProcessResult result = fake::run(session.command(
      {"run", "-e", "import px", "--addr", peer.address(), "--connect-timeout", "2s"}));
  session.check(result, {5, "", {"cannot connect"}});
  CHECK(peer.connections() < 50);  // no busy loop
  CHECK(result.cpu < std::chrono::milliseconds(1500));
}

}  // namespace
}  // namespace pxq::app
