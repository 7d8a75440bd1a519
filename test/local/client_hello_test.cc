// Who calls, by the hellos that OpenSSL itself sends.

#include "local/server/client_hello.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>

#include <catch2/catch.hpp>

namespace pxq::local {
namespace {

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* session) const { SSL_free(session); }
};

/// The first bytes of a client that offers these protocols, each with its length in front.
std::string hello(const std::string& protocols, int version = TLS1_3_VERSION) {
  const std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_max_proto_version(context.get(), version);
  const std::unique_ptr<SSL, Free> session(SSL_new(context.get()));
  if (!protocols.empty()) {
    REQUIRE(SSL_set_alpn_protos(session.get(),
                                reinterpret_cast<const unsigned char*>(protocols.data()),
                                static_cast<unsigned int>(protocols.size())) == 0);
  }
  BIO* sent = BIO_new(BIO_s_mem());
  SSL_set_bio(session.get(), BIO_new(BIO_s_mem()), sent);
  SSL_connect(session.get());
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(sent, &bytes);
  REQUIRE(size > 100);
  return {bytes, static_cast<size_t>(size)};
}

const std::string kHttp2 = "\x02h2";
const std::string kGrpcExp = "\x08grpc-exp";
const std::string kHttp1 = "\x08http/1.1";

TEST_CASE("a caller is known by the protocols that its hello offers") {
  const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  CHECK(caller_of(hello(kHttp2, version)) == Caller::kGrpc);
  CHECK(caller_of(hello(kGrpcExp + kHttp2, version)) == Caller::kGrpc);
  CHECK(caller_of(hello(kHttp1, version)) == Caller::kWeb);
  CHECK(caller_of(hello(kHttp2 + kHttp1, version)) == Caller::kWeb);
  CHECK(caller_of(hello("", version)) == Caller::kWeb);
}

TEST_CASE("a caller is unknown until its whole hello is there") {
  const std::string all = hello(kHttp2 + kHttp1);
  for (size_t size = 0; size < all.size(); ++size) {
    if (caller_of(all.substr(0, size)) != Caller::kUnknown) FAIL(size << " bytes");
  }
  CHECK(caller_of(all + "more") == Caller::kWeb);
}

TEST_CASE("what is no hello is left to gRPC, which has words for it, or to nobody's harm") {
  CHECK(caller_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == Caller::kGrpc);
  CHECK(caller_of("GET / HTTP/1.1\r\n") == Caller::kGrpc);
  // Lengths that lie.
  const std::string all = hello(kHttp2);
  for (size_t at = 3; at < all.size(); ++at) {
    for (const char byte : {'\x00', '\x7f', '\xff'}) {
      std::string broken = all;
      broken[at] = byte;
      caller_of(broken);
      caller_of(broken.substr(0, broken.size() / 2));
    }
  }
  CHECK(caller_of(std::string("\x16\x03\x01\x00\x00", 5)) == Caller::kWeb);
}

}  // namespace
}  // namespace pxq::local
