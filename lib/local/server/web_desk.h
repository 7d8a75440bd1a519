#pragma once

#include <openssl/ssl.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "base/unique_fd.h"
#include "local/server/identity.h"

namespace pxq::local {

/// A request of HTTP/1.1 without a body. Names of headers are in small letters.
struct WebRequest {
  std::string method;
  std::string path;
  std::vector<std::pair<std::string, std::string>> headers;
};

struct WebAnswer {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
};

/// Answers web clients over TLS, a request each, one after another: there are few, and they ask for
/// little. Who is slow is let go.
class WebDesk {
 public:
  using Answer = std::function<WebAnswer(const WebRequest&)>;

  /// kUsage for an identity that OpenSSL does not take. `answer` is called on the desk's thread.
  static Result<std::unique_ptr<WebDesk>> open(const ServerIdentity& identity, Answer answer);

  WebDesk(const WebDesk&) = delete;
  WebDesk& operator=(const WebDesk&) = delete;
  ~WebDesk();

  /// From any thread; returns at once. Beyond a number that wait, the connection is closed.
  void take(UniqueFd connection);

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* session) const { SSL_free(session); }
  };

  explicit WebDesk(Answer answer) : answer_(std::move(answer)) {}
  void work();
  void serve(int connection);

  const Answer answer_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<UniqueFd> waiting_;
  int served_ = -1;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace pxq::local
