#include "fake/raw_http2.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "fake/http2_frame.h"
#include "fake/loopback.h"

namespace pxq::fake {

using namespace http2;  // NOLINT: frames are all that this file speaks of

/// All that connections and the test share; locked by `mutex`.
struct RawHttp2::State {
  Listener listener = listen_on_loopback();
  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  std::vector<Exchange> exchanges;
  size_t next = 0;
  std::vector<std::string> requests;
  std::set<std::string, std::less<>> gates;
  size_t connections = 0;
  bool cancelled = false;
  bool stopping = false;
  std::set<int> open;  // descriptors of running connections
  std::vector<std::thread> threads;
  std::thread accepting;

  // REQUIRES: mutex is held.
  const Exchange& upcoming() const { return exchanges[std::min(next, exchanges.size() - 1)]; }

  Exchange take() {
    const std::lock_guard lock(mutex);
    Exchange exchange = upcoming();
    ++next;
    return exchange;
  }

  bool next_is_from_scratch() const {
    const std::lock_guard lock(mutex);
    return upcoming().is_from_scratch();
  }
};

/// One client's connection, served by one thread that reads only when it waits for something.
class RawHttp2::Connection {
 public:
  Connection(State& state, int fd) : state_(state), fd_(fd) {}

  void run() {
    if (state_.next_is_from_scratch()) {
      play(state_.take());
      return drain();
    }
    if (!read_exactly(kPreface.size())) return;
    if (!send(frame(kSettings, 0, 0, {}))) return;
    while (read_request()) {
      if (!play(state_.take())) return;
    }
  }

  ~Connection() {
    const std::lock_guard lock(state_.mutex);
    state_.open.erase(fd_);
    ::close(fd_);
    if (!closed_by_us_ && !state_.stopping) state_.cancelled = true;
    state_.changed.notify_all();
  }

 private:
  bool play(const Exchange& exchange) {
    for (const Exchange::Step& step : exchange.steps()) {
      if (!std::visit([this](const auto& one) { return run(one); }, step)) return false;
    }
    return true;
  }

  bool run(const Exchange::Bytes& step) { return send(step.bytes); }

  bool run(const Exchange::Frame& step) {
    return send(frame(step.type, step.flags, step.of_connection ? 0 : stream_, step.payload));
  }

  bool run(const Exchange::HeaderBlock& step) {
    const std::string block = hpack(step.headers);
    size_t position = 0;
    do {
      const std::string part = block.substr(position, kLargestFrame);
      const bool first = position == 0;
      position += part.size();
      const uint8_t end = position == block.size() ? kEndHeaders : uint8_t{0};
      const uint8_t flags = first && step.end_stream ? uint8_t(end | kEndStream) : end;
      if (!send(frame(first ? kHeaders : kContinuation, flags, stream_, part))) return false;
    } while (position < block.size());
    return true;
  }

  bool run(const Exchange::Data& step) {
    std::string_view rest = step.bytes;
    do {
      while (!rest.empty() && window() <= 0) {
        if (!read_frame()) return false;
      }
      const auto most =
          std::min<uint64_t>(kLargestFrame, static_cast<uint64_t>(std::max<int64_t>(window(), 0)));
      const std::string_view part = rest.substr(0, most);
      rest.remove_prefix(part.size());
      connection_window_ -= static_cast<int64_t>(part.size());
      stream_windows_[stream_] -= static_cast<int64_t>(part.size());
      const uint8_t flags = rest.empty() && step.end_stream ? kEndStream : uint8_t{0};
      if (!send(frame(kData, flags, stream_, part))) return false;
    } while (!rest.empty());
    return true;
  }

  bool run(const Exchange::Close& step) {
    closed_by_us_ = true;
    if (step.reset) reset_on_close(fd_);
    return false;
  }

  bool run(const Exchange::Wait& step) {
    std::unique_lock lock(state_.mutex);
    state_.changed.wait(lock,
                        [&] { return state_.stopping || state_.gates.count(step.gate) != 0; });
    return !state_.stopping;
  }

  bool run(const Exchange::Silence&) {
    while (read_frame()) continue;
    return false;
  }

  bool send(std::string_view bytes) const { return send_all(fd_, bytes); }

  // Waits for the peer to go; what it still says is not understood.
  void drain() {
    char bytes[4096];
    while (!closed_by_us_ && ::recv(fd_, bytes, sizeof bytes, 0) > 0) continue;
  }

  int64_t window() { return std::min(connection_window_, stream_windows_[stream_]); }

  bool read_exactly(size_t count) {
    buffer_.clear();
    while (buffer_.size() < count) {
      char bytes[16384];
      const ssize_t got = ::recv(fd_, bytes, std::min(sizeof bytes, count - buffer_.size()), 0);
      if (got <= 0) return false;
      buffer_.append(bytes, static_cast<size_t>(got));
    }
    return true;
  }

  // Reads frames until a request is whole.
  bool read_request() {
    while (!request_) {
      if (!read_frame()) return false;
    }
    request_.reset();
    return true;
  }

  bool read_frame() {
    if (!read_exactly(kFrameHeader)) return false;
    const uint32_t length = number(std::string_view(buffer_).substr(0, 3));
    const auto type = static_cast<uint8_t>(buffer_[3]);
    const auto flags = static_cast<uint8_t>(buffer_[4]);
    const uint32_t stream = number(std::string_view(buffer_).substr(5, 4)) & 0x7fffffffU;
    if (!read_exactly(length)) return false;
    return react(type, flags, stream, buffer_);
  }

  bool react(uint8_t type, uint8_t flags, uint32_t stream, const std::string& payload) {
    switch (type) {
      case kSettings: return (flags & kAck) != 0 || take_settings(payload);
      case kPing: return (flags & kAck) != 0 || send(frame(kPing, kAck, 0, payload));
      case kWindowUpdate: {
        int64_t& grown = stream == 0 ? connection_window_ : stream_windows_[stream];
        grown += number(payload) & 0x7fffffffU;
        return true;
      }
      case kHeaders:
        stream_ = stream;
        stream_windows_[stream] += initial_window_;
        return true;
      case kData: return take_data(flags, stream, payload);
      case kRstStream: {
        const std::lock_guard lock(state_.mutex);
        state_.cancelled = true;
        state_.changed.notify_all();
        return true;
      }
      default: return true;
    }
  }

  bool take_settings(std::string_view payload) {
    for (; payload.size() >= 6; payload.remove_prefix(6)) {
      if (number(payload.substr(0, 2)) != kInitialWindowSize) continue;
      const int64_t size = number(payload.substr(2, 4));
      for (auto& [stream, left] : stream_windows_) left += size - initial_window_;
      initial_window_ = size;
    }
    return send(frame(kSettings, kAck, 0, {}));
  }

  bool take_data(uint8_t flags, uint32_t stream, const std::string& payload) {
    body_ += payload;
    const std::string more = big_endian(payload.size(), 4);
    if (!payload.empty() &&
        !(send(frame(kWindowUpdate, 0, 0, more)) && send(frame(kWindowUpdate, 0, stream, more)))) {
      return false;
    }
    if ((flags & kEndStream) == 0) return true;
    const std::lock_guard lock(state_.mutex);
    request_ = body_.size() > 5 ? body_.substr(5) : std::string();
    body_.clear();
    state_.requests.push_back(*request_);
    state_.changed.notify_all();
    return true;
  }

  State& state_;
  const int fd_;
  std::string buffer_;
  std::string body_;
  std::optional<std::string> request_;
  uint32_t stream_ = 1;
  int64_t initial_window_ = kDefaultWindow;
  int64_t connection_window_ = kDefaultWindow;
  std::map<uint32_t, int64_t> stream_windows_;
  bool closed_by_us_ = false;
};

RawHttp2::RawHttp2(std::vector<Exchange> exchanges) : state_(std::make_unique<State>()) {
  state_->exchanges = std::move(exchanges);
  state_->accepting = std::thread([&state = *state_] {
    while (true) {
      const int fd = ::accept4(state.listener.fd.get(), nullptr, nullptr, SOCK_CLOEXEC);
      const std::lock_guard lock(state.mutex);
      if (state.stopping || fd < 0) {
        if (fd >= 0) ::close(fd);
        return;
      }
      ++state.connections;
      state.open.insert(fd);
      state.threads.emplace_back([&state, fd] { Connection(state, fd).run(); });
      state.changed.notify_all();
    }
  });
}

RawHttp2::~RawHttp2() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    state_->changed.notify_all();
    ::shutdown(state_->listener.fd.get(), SHUT_RDWR);  // accept() returns
    for (const int fd : state_->open) ::shutdown(fd, SHUT_RDWR);
  }
  state_->accepting.join();
  for (std::thread& thread : state_->threads) thread.join();
}

std::string RawHttp2::address() const { return "127.0.0.1:" + std::to_string(port()); }
int RawHttp2::port() const { return state_->listener.port; }

void RawHttp2::open(std::string_view gate) {
  const std::lock_guard lock(state_->mutex);
  state_->gates.emplace(gate);
  state_->changed.notify_all();
}

std::vector<std::string> RawHttp2::requests() const {
  const std::lock_guard lock(state_->mutex);
  return state_->requests;
}

size_t RawHttp2::connections() const {
  const std::lock_guard lock(state_->mutex);
  return state_->connections;
}

bool RawHttp2::wait_for_connection(Duration patience) const {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, patience, [this] { return state_->connections != 0; });
}

bool RawHttp2::wait_for_request(Duration patience) const {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, patience, [this] { return !state_->requests.empty(); });
}

bool RawHttp2::wait_for_cancel(Duration patience) const {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, patience, [this] { return state_->cancelled; });
}

}  // namespace pxq::fake
