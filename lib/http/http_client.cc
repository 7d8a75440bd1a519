#include "http/http_client.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "base/letter_case.h"
#include "base/trim.h"
#include "http/curl_handles.h"
#include "http/curl_library.h"

namespace pxq {
namespace {

constexpr auto kLongestPoll = std::chrono::milliseconds(1000);

// What comes in while curl runs.
struct Transfer {
  HttpAnswer answer = {};
  size_t max_bytes = 0;
  bool too_large = false;
};

size_t on_body(char* data, size_t size, size_t count, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  const size_t bytes = size * count;
  transfer.too_large = transfer.answer.body.size() + bytes > transfer.max_bytes;
  if (transfer.too_large) return 0;
  transfer.answer.body.append(data, bytes);
  return bytes;
}

size_t on_header(char* data, size_t size, size_t count, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  const std::string_view line(data, size * count);
  if (line.starts_with("HTTP/")) transfer.answer.headers.clear();  // of `100 Continue`, a redirect
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size * count;
  transfer.answer.headers[lower_case(line.substr(0, colon))] =
      trimmed(line.substr(colon + 1), " \t\r\n");
  return size * count;
}

bool is_trust(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_ISSUER_ERROR ||
         code == CURLE_SSL_CERTPROBLEM;
}

Status failure(CURLcode code, const std::string& why) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return Status(Code::kTimeout, why).with_retryable(true);
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_BAD_CONTENT_ENCODING: return Status(Code::kIncomplete, why).with_retryable(true);
    case CURLE_SSL_CACERT_BADFILE:
      return {Code::kUsage, why,
              "the file of CAs to trust takes PEM (-----BEGIN CERTIFICATE-----)"};
    case CURLE_UNSUPPORTED_PROTOCOL:  // of a redirect
    case CURLE_TOO_MANY_REDIRECTS: return {Code::kConnect, why};
    default: return Status(Code::kConnect, why).with_retryable(!is_trust(code));
  }
}

bool names_type(const HttpRequest& request) {
  return std::ranges::any_of(request.headers, [](const std::string& line) {
    return lower_case(line.substr(0, line.find(':'))) == "content-type";
  });
}

class CurlClient final : public HttpClient {
 public:
  CurlClient(const CurlLibrary& curl, HttpOptions options)
      : curl_(curl),
        options_(std::move(options)),
        multi_(curl.multi_init(), CurlMultiDeleter{&curl}),
        easy_(curl.easy_init(), CurlEasyDeleter{&curl}) {}

  bool ready() const { return multi_ != nullptr && easy_ != nullptr; }

  Result<HttpAnswer> ask(const HttpRequest& request, TimePoint deadline,
                         const std::stop_token& stop) override {
    CurlHeaders headers(nullptr, CurlHeadersDeleter{&curl_});
    for (const std::string& line : request.headers) add_header(headers, line);
    // Without these two curl asks for leave to send a large body, and calls any body a form's.
    add_header(headers, "Expect:");
    if (!names_type(request)) add_header(headers, "Content-Type:");
    Transfer transfer{.max_bytes = options_.max_answer};
    char error[CURL_ERROR_SIZE] = "";
    set_up(request, headers, error, transfer);
    curl_.multi_add_handle(multi_.get(), easy_.get());
    Result<CURLcode> done = run(deadline, stop);
    curl_.multi_remove_handle(multi_.get(), easy_.get());
    set(CURLOPT_ERRORBUFFER, static_cast<char*>(nullptr));
    if (!done.ok()) return done.status();
    if (*done == CURLE_OK) {
      curl_.easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &transfer.answer.status);
      return std::move(transfer.answer);
    }
    if (transfer.too_large) return Status(Code::kLimit, "the answer is too large");
    const std::string why = *error != '\0' ? error : curl_.easy_strerror(*done);
    return failure(*done, why);
  }

 private:
  template <typename Value>
  void set(CURLoption option, Value value) {
    curl_.easy_setopt(easy_.get(), option, value);
  }

  void set_up(const HttpRequest& request, const CurlHeaders& headers, char* error,
              Transfer& transfer) {
    const auto milliseconds = [](Duration time) {
      return static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
    };
    const bool sends = request.method == "PUT" || request.method == "POST";
    set(CURLOPT_HTTPGET, 1L);  // puts back what the request before has set
    if (request.method == "HEAD") set(CURLOPT_NOBODY, 1L);
    if (sends) {
      set(CURLOPT_POST, 1L);
      set(CURLOPT_POSTFIELDS, request.body.data() == nullptr ? "" : request.body.data());
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    }
    set(CURLOPT_CUSTOMREQUEST, request.method == "HEAD" ? nullptr : request.method.c_str());
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_PATH_AS_IS, options_.redirects == 0 ? 1L : 0L);
    set(CURLOPT_PROTOCOLS_STR, options_.protocols.c_str());
    // Wherever the first address leads, a redirect may lead to https only.
    set(CURLOPT_REDIR_PROTOCOLS_STR, "https");
    set(CURLOPT_FOLLOWLOCATION, options_.redirects == 0 ? 0L : 1L);
    set(CURLOPT_MAXREDIRS, options_.redirects);
    // Empty stands for all that curl can unpack.
    set(CURLOPT_ACCEPT_ENCODING, options_.unpack ? "" : static_cast<const char*>(nullptr));
    set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options_.connect_timeout));
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, milliseconds(options_.idle_timeout) / 1000);
    // Without this curl may use SIGALRM, which is the process's.
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_USERAGENT, "pxq");
    set(CURLOPT_HTTPHEADER, headers.get());
    set(CURLOPT_ERRORBUFFER, error);
    set(CURLOPT_WRITEFUNCTION, &on_body);
    set(CURLOPT_WRITEDATA, &transfer);
    set(CURLOPT_HEADERFUNCTION, &on_header);
    set(CURLOPT_HEADERDATA, &transfer);
    if (!options_.ca_file.empty()) set(CURLOPT_CAINFO, options_.ca_file.c_str());
  }

  Result<CURLcode> run(TimePoint deadline, const std::stop_token& stop) {
    const std::stop_callback<std::function<void()>> on_stop(
        stop, [this] { curl_.multi_wakeup(multi_.get()); });
    int running = 1;
    while (true) {
      if (curl_.multi_perform(multi_.get(), &running) != CURLM_OK) {
        return Status(Code::kInternal, "libcurl does not run");
      }
      if (running == 0) break;
      if (stop.stop_requested()) return Status(Code::kInterrupted, "interrupted");
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(
          std::min<Duration>(deadline - MonotonicClock::now(), kLongestPoll));
      if (left.count() <= 0) return Status(Code::kTimeout, "the time limit has passed");
      curl_.multi_poll(multi_.get(), nullptr, 0, static_cast<int>(left.count()), nullptr);
    }
    int more = 0;
    const CURLMsg* message = curl_.multi_info_read(multi_.get(), &more);
    return message == nullptr ? CURLE_FAILED_INIT : message->data.result;
  }

  const CurlLibrary& curl_;
  HttpOptions options_;
  CurlMulti multi_;
  CurlEasy easy_;  // after multi_: it goes first
};

}  // namespace

std::string HttpAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

Result<std::unique_ptr<HttpClient>> HttpClient::open(HttpOptions options,
                                                     std::string_view purpose) {
  const auto loaded = CurlLibrary::load(purpose);
  if (!loaded.ok()) return loaded.status();
  auto client = std::make_unique<CurlClient>(**loaded, std::move(options));
  if (!client->ready()) return Status(Code::kInternal, "libcurl does not start");
  return std::unique_ptr<HttpClient>(std::move(client));
}

}  // namespace pxq
