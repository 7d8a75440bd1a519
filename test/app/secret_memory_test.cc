// The memory of a run as root sees it: what decrypts rows and what signs requests to an object
// store is there while it is needed, and not any more when the run comes to its end.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cloud_session.h"
#include "disturbance.h"
#include "export_session.h"
#include "fake/memory_scan.h"

namespace pxq::app {
namespace {

bool may_read_memory() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  WARN("not tested: a sanitizer keeps what was freed");
  return false;
#endif
  if (::geteuid() != 0) {
    WARN("not tested: only root reads the memory of pxq");
    return false;
  }
  return can_trace();
}

struct FreeCurve {
  void operator()(EC_GROUP* group) const { EC_GROUP_free(group); }
  void operator()(EC_POINT* point) const { EC_POINT_free(point); }
  void operator()(BIGNUM* number) const { BN_free(number); }
};

/// A public key of P-256, to be compared with what a private one would make of the curve.
class PublicKey {
 public:
  explicit PublicKey(const std::string& jwk)
      : x_(decoded(json::parse(jwk).at("x"))),
        group_(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)),
        point_(EC_POINT_new(group_.get())) {}

  /// Whether the 32 bytes, as OpenSSL keeps numbers, are the private key.
  bool is_of(const unsigned char* bytes) const {
    const std::unique_ptr<BIGNUM, FreeCurve> number(BN_lebin2bn(bytes, kBytes, nullptr));
    const std::unique_ptr<BIGNUM, FreeCurve> x(BN_new());
    std::string found(kBytes, '\0');
    return EC_POINT_mul(group_.get(), point_.get(), number.get(), nullptr, nullptr, nullptr) == 1 &&
           EC_POINT_get_affine_coordinates(group_.get(), point_.get(), x.get(), nullptr, nullptr) ==
               1 &&
           BN_bn2binpad(x.get(), reinterpret_cast<unsigned char*>(found.data()), kBytes) ==
               kBytes &&
           found == x_;
  }

  /// How often the private key is there.
  size_t privates_in(const std::vector<std::string>& memory) const {
    size_t found = 0;
    for (const std::string& region : memory) {
      const auto* bytes = reinterpret_cast<const unsigned char*>(region.data());
      for (size_t at = 0; at + kBytes <= region.size(); at += sizeof(uint64_t)) {
        if (looks_random(bytes + at) && is_of(bytes + at)) ++found;
      }
    }
    return found;
  }

 private:
  static constexpr int kBytes = 32;

  // Of 32 bytes by chance 30 differ, and 25 nearly always.
  static bool looks_random(const unsigned char* bytes) {
    std::bitset<256> seen;
    for (int i = 0; i < kBytes; ++i) seen.set(bytes[i]);
    return seen.count() >= 25;
  }

  static std::string decoded(std::string text) {
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    text.resize((text.size() + 3) / 4 * 4, '=');
    std::string bytes(text.size(), '\0');
    REQUIRE(EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                            reinterpret_cast<const unsigned char*>(text.data()),
                            static_cast<int>(text.size())) >= kBytes);
    return bytes.substr(0, kBytes);
  }

  std::string x_;
  std::unique_ptr<EC_GROUP, FreeCurve> group_;
  std::unique_ptr<EC_POINT, FreeCurve> point_;
};

PublicKey key_asked_with(const fake::Vizier& vizier) {
  const auto calls = vizier.calls(fake::kExecuteScript);
  REQUIRE(calls.size() == 1);
  return PublicKey(std::string(calls[0].script_request().encryption_options().jwk_key()));
}

fake::Command run_through(const Cloud& cloud) {
  return cloud.command({"run", "-e", "import px", "--tls-ca", "ca.pem", "--cloud",
                        cloud.vizier.address(), "--retries", "0"});
}

TEST_CASE("A08 the private key that opens rows is in memory while they may come") {
  if (!may_read_memory()) return;
  Cloud cloud(listed(kTwo), fake::Script().send(numbers().metadata()).silence());
  const fake::Process process(run_through(cloud));
  REQUIRE(cloud.vizier.wait_for_messages(2));
  CHECK(key_asked_with(cloud.vizier).privates_in(fake::memory_of(process.pid())) >= 1);
}

TEST_CASE("A08 the private key that opened rows is not in memory when a run ends") {
  if (!may_read_memory()) return;
  const bool whole = GENERATE(true, false);
  Cloud cloud(listed(kTwo), whole ? encrypted_whole() : fake::Script().finish(13, "out of order"));
  HeldAt ended(run_through(cloud), {"exit_group", 1});
  CHECK(key_asked_with(cloud.vizier).privates_in(fake::memory_of(ended.pid())) == 0);
  CHECK((ended.let_go().status() == 0) == whole);
}

/// A store that is content with whatever it is asked, when it is let.
class ContentStore {
 public:
  explicit ContentStore(bool held) : held_(held), listening_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(listening_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(listening_.get(), 8) == 0);
    REQUIRE(::getsockname(listening_.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~ContentStore() {
    let();
    ::shutdown(listening_.get(), SHUT_RDWR);
    thread_.join();
  }

  std::string endpoint() const { return "http://127.0.0.1:" + std::to_string(port_); }

  bool wait_until_asked() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, fake::kPatience, [this] { return asked_; });
  }

  void let() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }

 private:
  void serve() {
    while (true) {
      const UniqueFd client(::accept(listening_.get(), nullptr, nullptr));
      if (!client) return;
      while (answer_one(client.get())) {
      }
    }
  }

  bool answer_one(int client) {
    std::string request;
    size_t end = std::string::npos;
    size_t body = 0;
    while (end == std::string::npos || request.size() < end + body) {
      std::array<char, 4096> piece{};
      const ssize_t count = ::recv(client, piece.data(), piece.size(), 0);
      if (count <= 0) return false;
      request.append(piece.data(), static_cast<size_t>(count));
      if (end != std::string::npos) continue;
      if (const size_t blank = request.find("\r\n\r\n"); blank != std::string::npos) {
        end = blank + 4;
        const size_t length = request.find("Content-Length: ");
        body = length < end ? std::stoul(request.substr(length + 16)) : 0;
      }
    }
    std::unique_lock lock(mutex_);
    asked_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !held_; });
    const std::string_view answer = "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 0\r\n\r\n";
    return ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL) > 0;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_;
  bool asked_ = false;
  const UniqueFd listening_;
  uint16_t port_ = 0;
  std::thread thread_;
};

const std::string kStoreSecret = "Qm8xZr4VtL1nHs6DyWc9KfUeB2JpXoA7TgMiSbE5";

fake::Command export_to(const ContentStore& store, const CronJob& job) {
  job.session().home().write("credentials",
                             "[default]\naws_access_key_id = AKIDEXAMPLE\n"
                             "aws_secret_access_key = " +
                                 kStoreSecret + "\n");
  fake::Command command = job.command();
  *std::ranges::find(command.arguments, job.dir().path(job.to)) = "s3://bucket/{table}-{start}.csv";
  command.environment["AWS_SHARED_CREDENTIALS_FILE"] = job.session().home().path("credentials");
  command.environment["AWS_ENDPOINT_URL_S3"] = store.endpoint();
  // As packages are linked. Else, when a function is called for the first time, the loader saves on
  // the stack what a copying of the key has left in vector registers.
  command.environment["LD_BIND_NOW"] = "1";
  return command;
}

TEST_CASE("A08 the secret key of an object store is in memory once while it is written to") {
  if (!may_read_memory()) return;
  const fake::Vizier vizier(holding(three_events()));
  const CronJob job(vizier.address());
  ContentStore store(true);
  fake::Process process(export_to(store, job));
  REQUIRE(store.wait_until_asked());
  CHECK(fake::copies_in(fake::memory_of(process.pid()), kStoreSecret) == 1);
  store.let();
  const auto result = process.wait();
  INFO(result.err);
  CHECK(result.status() == 0);
}

TEST_CASE("A08 the secret key of an object store is not in memory when an export ends") {
  if (!may_read_memory()) return;
  const fake::Vizier vizier(holding(three_events()));
  const CronJob job(vizier.address());
  const ContentStore store(false);
  HeldAt ended(export_to(store, job), {"exit_group", 1});
  CHECK(fake::copies_in(fake::memory_of(ended.pid()), kStoreSecret) == 0);
  CHECK(ended.let_go().status() == 0);
}

}  // namespace
}  // namespace pxq::app
