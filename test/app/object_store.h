#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "export_session.h"
#include "fake/process.h"
#include "fake/temp_dir.h"
#include "places.h"

namespace pxq::app {

/// The interpreter that has moto and boto3; empty where nobody has set them up.
inline std::string object_store_python() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : value;
  };
  const std::string cache = variable("XDG_CACHE_HOME");
  const std::string directory =
      (cache.empty() ? variable("HOME") + "/.cache" : cache) + "/pxq-bench/moto";
  struct stat info {};
  if (::stat((directory + "/ready").c_str(), &info) == 0) return directory + "/bin/python";
  WARN("not tested: no object store is set up; scripts/interop does it");
  return {};
}

/// What the door of a store does with a request that it meets: `match` is a regular expression of
/// `METHOD /path?query`. See object_store.py.
inline json rule(const std::string& match, json what, int times = 1) {
  what["match"] = match;
  what["times"] = times;
  return what;
}
inline json busy() { return {{"status", 503}, {"code", "SlowDown"}}; }
inline json cut_before() { return {{"cut", "before"}}; }
inline json cut_after() { return {{"cut", "after"}}; }
inline json hold() { return {{"hold", true}}; }

/// A store that speaks S3, checks signatures and permissions, and does what a test asks for. One of
/// them serves a whole program of tests; each test begins with an empty bucket.
class TestStore {
 public:
  /// Null where it cannot be had, which has been said.
  static TestStore* get() {
    static const std::unique_ptr<TestStore> store = make();
    if (store) {
      store->disturb({});
      store->ask("clear");
    }
    return store.get();
  }

  /// As the user, or as the stranger who may nothing.
  void let_in(fake::Command& command, const std::string& who = "user") const {
    std::istringstream keys(dir_.read(who));
    std::getline(keys, command.environment["AWS_ACCESS_KEY_ID"]);
    std::getline(keys, command.environment["AWS_SECRET_ACCESS_KEY"]);
    command.environment["AWS_ENDPOINT_URL_S3"] = endpoint();
  }

  std::string endpoint() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::string keys(const std::string& who = "user") const { return dir_.read(who); }

  /// From now on, in the place of all rules before; the log begins anew.
  void disturb(const std::vector<json>& rules) const { ask("rules", json(rules).dump()); }
  /// Waits until each rule has met a request.
  bool met() const { return ask("met")["met"]; }
  void release() const { ask("release"); }

  std::vector<std::string> log() const { return ask("log"); }
  std::vector<std::string> uploads() const { return ask("uploads"); }
  /// Somebody else's upload, which began so long ago.
  void begin_upload(const std::string& key, int age_s) const {
    ask("begin?key=" + key + "&age_s=" + std::to_string(age_s));
  }
  void abort_uploads() const { ask("abort"); }
  json types() const { return ask("types"); }

  /// Brings all objects into files of a directory, by their keys; returns the keys.
  std::vector<std::string> save(const std::string& directory) const {
    return ask("save?to=" + directory);
  }

  /// All lines of all objects whose keys end in .csv, without the headers.
  std::multiset<std::string> rows() const {
    const fake::TempDir dir;
    std::multiset<std::string> found;
    for (const std::string& key : save(dir.path("o"))) {
      if (!key.ends_with(".csv")) continue;
      std::ifstream file(dir.path("o/" + key));
      std::string line;
      for (std::getline(file, line); std::getline(file, line);) found.insert(line);
    }
    return found;
  }

 private:
  explicit TestStore(const std::string& python) {
    fake::Command command;
    command.program = python;
    command.arguments = {PXQ_SOURCE_DIR "/test/app/object_store.py", dir_.path()};
    process_ = std::make_unique<fake::Process>(command);
  }

  static std::unique_ptr<TestStore> make() {
    const std::string python = object_store_python();
    if (python.empty()) return nullptr;
    std::unique_ptr<TestStore> store(new TestStore(python));
    REQUIRE(store->process_->wait_for_out("ready", std::chrono::seconds(60)));
    store->port_ = static_cast<uint16_t>(std::stoi(store->dir_.read("port")));
    return store;
  }

  json ask(const std::string& what, const std::string& body = {}) const {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    const std::string request = "POST /_door/" + what +
                                " HTTP/1.1\r\nHost: door\r\nConnection: close\r\n"
                                "Content-Length: " +
                                std::to_string(body.size()) + "\r\n\r\n" + body;
    REQUIRE(::send(fd, request.data(), request.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(request.size()));
    std::string answer;
    char piece[65536];
    for (ssize_t count = 1; count > 0;) {
      count = ::recv(fd, piece, sizeof piece, 0);
      if (count > 0) answer.append(piece, static_cast<size_t>(count));
    }
    ::close(fd);
    const size_t head = answer.find("\r\n\r\n");
    REQUIRE(head != std::string::npos);
    INFO(answer);
    const json parsed = json::parse(answer.substr(head + 4), nullptr, false);
    REQUIRE_FALSE(parsed.is_discarded());
    return parsed;
  }

  fake::TempDir dir_;
  std::unique_ptr<fake::Process> process_;
  uint16_t port_ = 0;
};

/// An export to the store as cron runs it: always the same words.
class ObjectJob {
 public:
  ObjectJob(const TestStore& store, std::string address)
      : store_(store), address_(std::move(address)) {}

  std::string to = "s3://rows/{table}-{start}.csv";
  std::vector<std::string> flags = {};
  std::string who = "user";
  std::string timeout = "20s";

  const fake::TempDir& dir() const { return dir_; }
  const Session& session() const { return session_; }

  fake::Command command(int64_t lag_ms = 0) const {
    std::vector<std::string> words = {"export",    "-e",
                                      "import px", "--addr",
                                      address_,    "--insecure",
                                      "--to",      to,
                                      "--state",   dir_.path("state"),
                                      "--job",     "j",
                                      "--summary", dir_.path("summary.json"),
                                      "--lag",     std::to_string(lag_ms) + "ms",
                                      "--overlap", "2h",
                                      "--timeout", timeout,
                                      "-q"};
    words.insert(words.end(), flags.begin(), flags.end());
    fake::Command made = session_.command(std::move(words));
    store_.let_in(made, who);
    return made;
  }

  fake::ProcessResult run(int64_t lag_ms = 0) const { return fake::run(command(lag_ms)); }

  json summary() const { return json::parse(dir_.read("summary.json"), nullptr, false); }

  /// What lies in the directory of states, but for what a job always keeps there.
  std::vector<std::string> left_behind() const {
    std::vector<std::string> left;
    for (const std::string& name : dir_.list()) {
      if (name.find(".journal") != std::string::npos || name.find(".pxq-") != std::string::npos) {
        left.push_back(name);
      }
    }
    return left;
  }

 private:
  const TestStore& store_;
  std::string address_;
  Session session_;
  fake::TempDir dir_;
};

}  // namespace pxq::app
