#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"

namespace pxq {

/// One question to an HTTP server. The URL is sent as it stands, so that what was signed is what
/// arrives.
struct HttpRequest {
  std::string method = {};
  std::string url = {};
  std::vector<std::string> headers = {};  // `Name: value`
  std::string_view body = {};             // of PUT and POST; outlives the exchange
};

/// What came back, whatever the status says.
struct HttpAnswer {
  long status = 0;
  std::map<std::string, std::string> headers = {};  // names in lower case
  std::string body = {};

  /// Empty where there is none.
  std::string header(const std::string& name) const;
};

/// How connections are made.
struct HttpOptions {
  std::string ca_file;  // instead of the system's roots; empty: those
  Duration connect_timeout = std::chrono::seconds(10);
  /// A connection over which nothing moves for so long is given up.
  Duration idle_timeout = std::chrono::seconds(60);
  size_t max_answer = 16 << 20;
  std::string protocols = "http,https";  // of the first address
  /// How many redirects are followed, each to https only. 0: what was signed is what arrives.
  long redirects = 0;
  bool unpack = false;  // asks for a packed body, which comes unpacked
};

/// Asks HTTP servers by libcurl, over connections that are kept open. One thread.
class HttpClient {
 public:
  /// kUsage without libcurl, which says that `purpose` needs it.
  static Result<std::unique_ptr<HttpClient>> open(HttpOptions options, std::string_view purpose);

  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  virtual ~HttpClient() = default;

  /// kTimeout past `deadline`, and, retryable, for a connection that took too long or went silent;
  /// kInterrupted after a stop; kIncomplete, retryable, for an answer that was cut; kConnect for
  /// what else the network did, which is retryable but where a certificate is not trusted; kLimit
  /// for an answer too large.
  virtual Result<HttpAnswer> ask(const HttpRequest& request, TimePoint deadline,
                                 const std::stop_token& stop) = 0;

 protected:
  HttpClient() = default;
};

}  // namespace pxq
