#include "script/update.h"
#include "base/digest.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "base/unique_fd.h"
#include "script/bundle_cache.h"

namespace pxq {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;

const std::string kBundle = R"({"scripts": {"px/a": {"pxl": "import px\n"}}})";
const std::string kNewer =
    R"({"scripts": {"px/a": {"pxl": "import px\n"}, "px/b": {"pxl": "import px\n"}}})";

std::string answer(const std::string& status, const std::string& headers, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Answers one connection after another with the bytes it was given, and keeps the requests.
class WebServer final {
 public:
  explicit WebServer(std::vector<std::string> answers) : answers_(std::move(answers)) {
    listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener_.get(), 8) == 0);
    socklen_t length = sizeof address;
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;
  ~WebServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/bundle.json"; }

  std::string request(size_t index) const {
    const std::lock_guard lock(mutex_);
    return index < requests_.size() ? requests_[index] : std::string{};
  }

 private:
  void serve() {
    for (const std::string& reply : answers_) {
      const UniqueFd peer(::accept(listener_.get(), nullptr, nullptr));
      if (!peer) return;
      std::string request;
      char bytes[4096];
      while (request.find("\r\n\r\n") == std::string::npos) {
        const ssize_t count = ::read(peer.get(), bytes, sizeof bytes);
        if (count <= 0) break;
        request.append(bytes, static_cast<size_t>(count));
      }
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      (void)!::send(peer.get(), reply.data(), reply.size(), MSG_NOSIGNAL);
      // An empty answer is silence: the client gives up first.
      if (reply.empty()) (void)!::read(peer.get(), bytes, sizeof bytes);
    }
  }

  std::vector<std::string> answers_;
  UniqueFd listener_;
  uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

/// A cache directory of one test; not there yet.
class CacheDir final {
 public:
  CacheDir() {
    std::string name = (fs::temp_directory_path() / "pxq-cache-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    root_ = name;
  }
  CacheDir(const CacheDir&) = delete;
  CacheDir& operator=(const CacheDir&) = delete;
  ~CacheDir() {
    std::error_code error;
    fs::remove_all(root_, error);
  }

  std::string path() const { return (root_ / "pxq" / "scripts").string(); }

  std::string bundle() const {
    std::ostringstream text;
    text << std::ifstream(fs::path(path()) / "bundle.json").rdbuf();
    return text.str();
  }
  size_t files() const {
    size_t count = 0;
    for (const auto& entry : fs::directory_iterator(path())) count += entry.is_regular_file();
    return count;
  }

 private:
  fs::path root_;
};

UpdateOptions options_for(const std::string& url, const CacheDir& dir) {
  UpdateOptions options;
  options.url = url;
  options.cache_dir = dir.path();
  return options;
}

TEST_CASE("an update fills the cache and notes what it is") {
  const CacheDir dir;
  CHECK_FALSE(read_cached_bundle(dir.path())->has_value());
  const WebServer server({answer("200 OK", "ETag: \"v1\"\r\n", kBundle)});
  const auto report = update_bundle(options_for(server.url(), dir));
  INFO(report.status().message());
  REQUIRE(report.ok());
  CHECK(report->changed);
  CHECK(report->scripts == 1);
  CHECK(report->bytes == kBundle.size());
  CHECK(report->sha256 == sha256_hex(kBundle));
  CHECK(dir.bundle() == kBundle);
  CHECK(dir.files() == 2);
  CHECK_THAT(server.request(0), !Contains("If-None-Match"));
  REQUIRE(read_cached_bundle(dir.path())->has_value());
  CHECK((*read_cached_bundle(dir.path()))->scripts[0].name == "px/a");
}

TEST_CASE("the next update asks only for something newer") {
  const CacheDir dir;
  const std::string date = "Mon, 23 Nov 2026 15:40:00 GMT";
  const WebServer server(
      {answer("200 OK", "etag: \"v1\"\r\nLast-Modified: " + date + "\r\n", kBundle),
       "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n",
       answer("200 OK", "ETag: \"v2\"\r\n", kNewer)});
  REQUIRE(update_bundle(options_for(server.url(), dir)).ok());
  const auto same = update_bundle(options_for(server.url(), dir));
  REQUIRE(same.ok());
  CHECK_FALSE(same->changed);
  CHECK(same->scripts == 1);
  CHECK(same->sha256 == sha256_hex(kBundle));
  CHECK_THAT(server.request(1), Contains("If-None-Match: \"v1\"\r\n"));
  CHECK_THAT(server.request(1), Contains("If-Modified-Since: " + date + "\r\n"));
  const auto newer = update_bundle(options_for(server.url(), dir));
  REQUIRE(newer.ok());
  CHECK(newer->changed);
  CHECK(dir.bundle() == kNewer);
}

TEST_CASE("a cache that was tampered with is fetched anew") {
  const CacheDir dir;
  const WebServer server({answer("200 OK", "ETag: \"v1\"\r\n", kBundle),
                          answer("200 OK", "ETag: \"v1\"\r\n", kBundle)});
  REQUIRE(update_bundle(options_for(server.url(), dir)).ok());
  std::ofstream(fs::path(dir.path()) / "bundle.json") << "{}";
  CHECK(update_bundle(options_for(server.url(), dir))->changed);
  CHECK_THAT(server.request(1), !Contains("If-None-Match"));
  CHECK(dir.bundle() == kBundle);
}

TEST_CASE("every failed update leaves the old cache as it was") {
  struct Case {
    std::string reply;
    Code code;
  };
  const std::string cut = answer("200 OK", "", kNewer);
  const std::vector<Case> cases{
      {answer("404 Not Found", "", "no"), Code::kUsage},
      {answer("403 Forbidden", "", "no"), Code::kAuth},
      {answer("503 Service Unavailable", "", "later"), Code::kServer},
      {answer("200 OK", "", "<html>log in</html>"), Code::kIncomplete},
      {answer("200 OK", "", "{\"scripts\": {}}"), Code::kIncomplete},
      {cut.substr(0, cut.size() - 5), Code::kIncomplete},
      {answer("302 Found", "Location: file:///etc/passwd\r\n", ""), Code::kConnect},
      {answer("302 Found", "Location: http://127.0.0.1/x\r\n", ""), Code::kConnect},
      {"not http at all\r\n\r\n", Code::kConnect},
  };
  for (const Case& each : cases) {
    INFO(each.reply);
    const CacheDir dir;
    const WebServer server({answer("200 OK", "", kBundle), each.reply});
    REQUIRE(update_bundle(options_for(server.url(), dir)).ok());
    const auto report = update_bundle(options_for(server.url(), dir));
    REQUIRE_FALSE(report.ok());
    CHECK(report.status().code() == each.code);
    CHECK(dir.bundle() == kBundle);
    CHECK(dir.files() == 2);
  }
}

TEST_CASE("size and time are bounded") {
  const CacheDir dir;
  const WebServer large({answer("200 OK", "", kNewer)});
  UpdateOptions options = options_for(large.url(), dir);
  options.max_bytes = kNewer.size() - 1;
  CHECK(update_bundle(options).status().code() == Code::kLimit);

  const WebServer silent({""});
  options = options_for(silent.url(), dir);
  options.timeout = std::chrono::milliseconds(50);
  CHECK(update_bundle(options).status().code() == Code::kTimeout);
  CHECK_FALSE(fs::exists(dir.path()));
}

TEST_CASE("an update can be given up") {
  const CacheDir dir;
  const WebServer silent({""});
  std::stop_source stop;
  stop.request_stop();
  UpdateOptions options = options_for(silent.url(), dir);
  options.stop = stop.get_token();
  CHECK(update_bundle(options).status().code() == Code::kInterrupted);
}

TEST_CASE("nobody listening is no connection") {
  const CacheDir dir;
  std::string url;
  { url = WebServer({}).url(); }
  const auto report = update_bundle(options_for(url, dir));
  CHECK(report.status().code() == Code::kConnect);
  CHECK(report.status().retryable());
}

TEST_CASE("only https, and http to this host") {
  const CacheDir dir;
  for (const std::string url :
       {"http://example.com/bundle.json", "ftp://example.com/b", "file:///etc/passwd",
        "bundle.json", "", "http://127.example.com/"}) {
    INFO(url);
    CHECK(update_bundle(options_for(url, dir)).status().code() == Code::kUsage);
  }
}

TEST_CASE("a cache that cannot be written is an output failure") {
  const CacheDir dir;
  fs::create_directories(fs::path(dir.path()).parent_path());
  std::ofstream(dir.path()) << "a file, not a directory";
  const WebServer server({answer("200 OK", "", kBundle)});
  CHECK(update_bundle(options_for(server.url(), dir)).status().code() == Code::kOutput);
}

TEST_CASE("checksums are SHA-256") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace pxq
