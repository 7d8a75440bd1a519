#include "local/server/web_desk.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/letter_case.h"
#include "base/no_thread.h"
#include "base/trim.h"
#include "local/server/pem.h"

namespace pxq::local {
namespace {

constexpr size_t kMostWaiting = 64;
constexpr size_t kLongestRequest = size_t{16} << 10;
constexpr time_t kPatience = 2;            // seconds for each read and write
constexpr std::chrono::seconds kToAsk{5};  // for the whole request
constexpr std::string_view kProtocol = "\x08http/1.1";

bool use_identity(SSL_CTX& context, const ServerIdentity& identity) {
  const Memory chain = reading(identity.certificate);
  const Certificate own = next_certificate(*chain);
  if (own == nullptr || SSL_CTX_use_certificate(&context, own.get()) != 1) return false;
  while (Certificate next = next_certificate(*chain)) {
    SSL_CTX_add0_chain_cert(&context, next.release());
  }
  const Key key = private_key(identity.key);
  return key != nullptr && SSL_CTX_use_PrivateKey(&context, key.get()) == 1;
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  return SSL_select_next_proto(const_cast<unsigned char**>(chosen), size,
                               reinterpret_cast<const unsigned char*>(kProtocol.data()),
                               static_cast<unsigned int>(kProtocol.size()), offered,
                               offered_size) == OPENSSL_NPN_NEGOTIATED
             ? SSL_TLSEXT_ERR_OK
             : SSL_TLSEXT_ERR_NOACK;
}

void make_patient(int connection) {
  ::fcntl(connection, F_SETFL, ::fcntl(connection, F_GETFL) & ~O_NONBLOCK);
  const timeval patience{.tv_sec = kPatience, .tv_usec = 0};
  ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  ::setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

// Up to the empty line; nothing where none came.
std::optional<std::string> read_head(SSL& session) {
  const TimePoint until = MonotonicClock::now() + kToAsk;
  std::string head;
  while (MonotonicClock::now() < until && head.size() < kLongestRequest) {
    std::array<char, 4096> bytes;
    const int size = SSL_read(&session, bytes.data(), bytes.size());
    if (size <= 0) return std::nullopt;
    head.append(bytes.data(), static_cast<size_t>(size));
    if (const size_t end = head.find("\r\n\r\n"); end != std::string::npos) {
      head.resize(end);
      return head;
    }
  }
  return std::nullopt;
}

std::string_view next_line(std::string_view& text) {
  const size_t end = std::min(text.find("\r\n"), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 2, text.size()));
  return line;
}

WebRequest parse(std::string_view head) {
  WebRequest request;
  const std::string_view first = next_line(head);
  const size_t method = std::min(first.find(' '), first.size());
  request.method = first.substr(0, method);
  const std::string_view target = trimmed(first.substr(method), " ");
  request.path = target.substr(0, target.find_first_of(" ?"));
  while (!head.empty()) {
    const std::string_view line = next_line(head);
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    request.headers.emplace_back(lower_case(line.substr(0, colon)),
                                 trimmed(line.substr(colon + 1), " \t"));
  }
  return request;
}

std::string_view reason(int status) {
  switch (status) {
    case 200: return "OK";
    case 401: return "Unauthorized";
    case 405: return "Method Not Allowed";
    default: return "Not Found";
  }
}

void write(SSL& session, const WebAnswer& answer, bool with_body) {
  std::string text = fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
      answer.status, reason(answer.status), answer.type, answer.body.size());
  if (with_body) text += answer.body;
  std::string_view left = text;
  while (!left.empty()) {
    const int size =
        SSL_write(&session, left.data(), static_cast<int>(std::min(left.size(), size_t{1} << 16)));
    if (size <= 0) return;
    left.remove_prefix(static_cast<size_t>(size));
  }
  SSL_shutdown(&session);
}

}  // namespace

Result<std::unique_ptr<WebDesk>> WebDesk::open(const ServerIdentity& identity, Answer answer) {
  std::unique_ptr<WebDesk> desk(new WebDesk(std::move(answer)));
  desk->context_.reset(SSL_CTX_new(TLS_server_method()));
  if (desk->context_ == nullptr || !use_identity(*desk->context_, identity)) {
    return Status{Code::kUsage, "OpenSSL does not take the server's certificate or key"};
  }
  SSL_CTX_set_min_proto_version(desk->context_.get(), TLS1_2_VERSION);
  SSL_CTX_set_session_cache_mode(desk->context_.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(desk->context_.get(), choose_protocol, nullptr);
  try {
    desk->thread_ = std::thread([&self = *desk] { self.work(); });
  } catch (const std::system_error& error) {
    return no_thread(error);
  }
  return desk;
}

WebDesk::~WebDesk() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (served_ >= 0) ::shutdown(served_, SHUT_RDWR);  // wakes the thread
    changed_.notify_all();
  }
  thread_.join();
}

void WebDesk::take(UniqueFd connection) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= kMostWaiting) return;
  waiting_.push_back(std::move(connection));
  changed_.notify_all();
}

void WebDesk::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    const UniqueFd connection = std::move(waiting_.front());
    waiting_.pop_front();
    served_ = connection.get();
    lock.unlock();
    serve(connection.get());
    lock.lock();
    served_ = -1;
  }
}

void WebDesk::serve(int connection) {
  make_patient(connection);
  const std::unique_ptr<SSL, Free> session(SSL_new(context_.get()));
  if (session == nullptr || SSL_set_fd(session.get(), connection) != 1) return;
  if (SSL_accept(session.get()) != 1) return;
  const std::optional<std::string> head = read_head(*session);
  if (!head) return;
  const WebRequest request = parse(*head);
  const bool asks = request.method == "GET" || request.method == "HEAD";
  write(*session, asks ? answer_(request) : WebAnswer{.status = 405, .body = "GET is answered\n"},
        request.method != "HEAD");
}

}  // namespace pxq::local
