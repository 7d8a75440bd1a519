#include "fake/vizier.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include <grpc/grpc.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

namespace pxq::fake {
namespace {

grpc::ByteBuffer buffer_of(const std::string& bytes) {
  grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string bytes_of(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

// gRPC goes down with its last object, and that may wait ten seconds for a poller that a blocked
// write left behind. A test program keeps it up to its own end.
void keep_grpc_up() {
  [[maybe_unused]] static const bool kUp = [] {
    grpc_init();
    return true;
  }();
}

std::shared_ptr<grpc::ServerCredentials> credentials(const VizierOptions& options) {
  if (!options.identity) return grpc::InsecureServerCredentials();
  const ServerIdentity& identity = *options.identity;
  grpc::SslServerCredentialsOptions ssl(
      identity.client_ca.empty() ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                                 : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  ssl.pem_key_cert_pairs.push_back({identity.key, identity.certificate});
  ssl.pem_root_certs = identity.client_ca;
  return grpc::SslServerCredentials(ssl);
}

}  // namespace

/// All that calls and the test share. Locked by `mutex`; `changed` tells of every change.
struct Vizier::State {
  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  std::map<std::string, std::deque<Script>, std::less<>> scripts;
  std::map<std::string, std::string> required;
  std::set<std::string, std::less<>> gates;
  std::deque<Call> calls;  // a deque keeps references good
  size_t playing = 0;      // threads of calls: each is gone with its call, as there may be many
  bool stopping = false;

  // REQUIRES: mutex is held.
  Script script_for(const Call& call) {
    for (const auto& [key, value] : required) {
      if (call.header(key) == value) continue;
      return Script().finish(13, "Auth middleware failed: failed to fetch token - unauthenticated");
    }
    const auto found = scripts.find(call.method);
    if (found == scripts.end()) return Script().finish(12, "no script for " + call.method);
    Script script = found->second.front();
    if (found->second.size() > 1) found->second.pop_front();
    return script;
  }
};

namespace {

std::optional<std::chrono::system_clock::time_point> deadline_of(
    const grpc::GenericCallbackServerContext& context) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return std::nullopt;
  return deadline;
}

}  // namespace

/// Takes every call of every method and plays its script on a thread of its own.
class Vizier::Service final : public grpc::CallbackGenericService {
 public:
  Service(std::shared_ptr<State> state, const VizierOptions& options) : state_(std::move(state)) {
    keep_grpc_up();
    const std::string address =
        options.unix_path.empty() ? options.host + ":0" : "unix:" + options.unix_path;
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, credentials(options), &port_);
    // Without this two servers could share a port that the kernel gave to the first.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.SetMaxReceiveMessageSize(-1);
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) throw std::runtime_error("fake Vizier cannot listen on " + address);
  }

  int port() const { return port_; }

  void stop() {
    if (server_ == nullptr) return;
    {
      const std::lock_guard lock(state_->mutex);
      state_->stopping = true;
      state_->changed.notify_all();
    }
    server_->Shutdown(std::chrono::system_clock::now());
    {
      std::unique_lock lock(state_->mutex);
      state_->changed.wait(lock, [this] { return state_->playing == 0; });
    }
    server_->Wait();
    server_.reset();
  }

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

 private:
  class Reactor;

  std::shared_ptr<State> state_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

/// One call. gRPC's threads set the flags, the call's own thread plays the script.
class Vizier::Service::Reactor final : public grpc::ServerGenericBidiReactor {
 public:
  Reactor(std::shared_ptr<State> state, const grpc::GenericCallbackServerContext& context)
      : state_(std::move(state)), call_(add_call(*state_, context)) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok || !start()) Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, "no request"));
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(state_->mutex);
    writing_ = false;
    broken_ = broken_ || !ok;
    if (ok) ++call_.messages_written;
    state_->changed.notify_all();
  }

  void OnCancel() override {
    const std::lock_guard lock(state_->mutex);
    gone_ = true;
    if (!state_->stopping) {
      call_.cancelled = true;
      call_.cancelled_at = MonotonicClock::now();
    }
    state_->changed.notify_all();
  }

  void OnDone() override { delete this; }

 private:
  static Call& add_call(State& state, const grpc::GenericCallbackServerContext& context) {
    Call call;
    call.method = context.method();
    call.deadline = deadline_of(context);
    for (const auto& [key, value] : context.client_metadata()) {
      call.metadata.emplace(std::string(key.data(), key.size()),
                            std::string(value.data(), value.size()));
    }
    const std::lock_guard lock(state.mutex);
    state.calls.push_back(std::move(call));
    return state.calls.back();
  }

  // Starts the call's thread; false when the server stops.
  bool start() {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopping) return false;
    call_.request = bytes_of(request_);
    call_.arrived = true;
    std::thread([this, state = state_] {
      play();
      const std::lock_guard done(state->mutex);
      --state->playing;
      state->changed.notify_all();
    }).detach();
    ++state_->playing;
    state_->changed.notify_all();
    return true;
  }

  // REQUIRES: the mutex is held.
  bool over() const { return gone_ || broken_ || state_->stopping; }

  // On the call's thread. Nothing of this object may be touched after Finish().
  void play() {
    Script script;
    {
      const std::lock_guard lock(state_->mutex);
      script = state_->script_for(call_);
    }
    grpc::Status status = grpc::Status::OK;
    for (const Script::Step& step : script.steps()) {
      if (const auto* finish = std::get_if<Script::Finish>(&step)) {
        status = grpc::Status(static_cast<grpc::StatusCode>(finish->code), finish->message,
                              finish->details);
        break;
      }
      if (!std::visit([this](const auto& one) { return run(one); }, step)) break;
    }
    {
      const std::lock_guard lock(state_->mutex);
      if (state_->stopping) status = grpc::Status(grpc::StatusCode::UNAVAILABLE, "stopped");
      call_.finished = true;
      state_->changed.notify_all();
    }
    Finish(status);
  }

  // Each run() says whether the script goes on.
  bool run(const Script::Send& send) {
    const std::vector<grpc::ByteBuffer> buffers = buffers_of(send.messages);
    for (uint64_t i = 0; i < send.times; ++i) {
      if (!write(buffers)) return false;
    }
    return true;
  }

  bool run(const Script::Endless& endless) {
    const std::vector<grpc::ByteBuffer> buffers = buffers_of(endless.messages);
    while (write(buffers)) {
      if (endless.pause.count() == 0) continue;
      std::unique_lock lock(state_->mutex);
      state_->changed.wait_for(lock, endless.pause, [this] { return over(); });
    }
    return false;
  }

  bool run(const Script::Reply& reply) {
    std::string request;
    {
      const std::lock_guard lock(state_->mutex);
      request = call_.request;
    }
    return write(buffers_of({reply.make(request)}));
  }

  bool run(const Script::Wait& wait) {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [&] { return over() || state_->gates.count(wait.gate) != 0; });
    return !over();
  }

  bool run(const Script::Silence&) {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [this] { return over(); });
    return false;
  }

  bool run(const Script::Finish&) { return false; }

  static std::vector<grpc::ByteBuffer> buffers_of(const std::vector<std::string>& messages) {
    std::vector<grpc::ByteBuffer> buffers;
    for (const std::string& message : messages) buffers.push_back(buffer_of(message));
    return buffers;
  }

  bool write(const std::vector<grpc::ByteBuffer>& buffers) {
    for (const grpc::ByteBuffer& buffer : buffers) {
      {
        const std::lock_guard lock(state_->mutex);
        if (over()) return false;
        writing_ = true;
      }
      StartWrite(&buffer);
      std::unique_lock lock(state_->mutex);
      state_->changed.wait(lock, [this] { return !writing_; });
      if (over()) return false;
    }
    return true;
  }

  const std::shared_ptr<State> state_;
  Call& call_;
  grpc::ByteBuffer request_;
  bool writing_ = false;
  bool broken_ = false;
  bool gone_ = false;
};

grpc::ServerGenericBidiReactor* Vizier::Service::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  return new Reactor(state_, *context);
}

Vizier::Vizier(const VizierOptions& options)
    : state_(std::make_shared<State>()), service_(std::make_unique<Service>(state_, options)) {
  port_ = options.unix_path.empty() ? service_->port() : 0;
  address_ = options.unix_path.empty() ? options.host + ":" + std::to_string(port_)
                                       : "unix:" + options.unix_path;
}

Vizier::~Vizier() { stop(); }

Vizier& Vizier::answer(std::string_view method, const Script& script) {
  const std::lock_guard lock(state_->mutex);
  state_->scripts[std::string(method)].push_back(script);
  return *this;
}

Vizier& Vizier::answer_from_now_on(const Script& script) {
  const std::lock_guard lock(state_->mutex);
  state_->scripts[std::string(kExecuteScript)] = {script};
  return *this;
}

Vizier& Vizier::require(const std::string& key, const std::string& value) {
  const std::lock_guard lock(state_->mutex);
  state_->required[key] = value;
  return *this;
}

void Vizier::open(std::string_view gate) {
  const std::lock_guard lock(state_->mutex);
  state_->gates.emplace(gate);
  state_->changed.notify_all();
}

std::vector<Call> Vizier::calls() const {
  const std::lock_guard lock(state_->mutex);
  return {state_->calls.begin(), state_->calls.end()};
}

std::vector<Call> Vizier::calls(std::string_view method) const {
  std::vector<Call> matching;
  for (Call& call : calls()) {
    if (call.method == method) matching.push_back(std::move(call));
  }
  return matching;
}

bool Vizier::wait_until(const std::function<bool(const std::vector<Call>&)>& condition,
                        Duration patience) const {
  const TimePoint deadline = MonotonicClock::now() + patience;
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_until(lock, deadline, [&] {
    return condition({state_->calls.begin(), state_->calls.end()});
  });
}

bool Vizier::wait_for_calls(size_t count, Duration patience) const {
  return wait_until(
      [count](const auto& calls) {
        size_t arrived = 0;
        for (const Call& call : calls) arrived += call.arrived ? 1 : 0;
        return arrived >= count;
      },
      patience);
}

bool Vizier::wait_for_cancel(Duration patience) const {
  return wait_until(
      [](const auto& calls) {
        for (const Call& call : calls) {
          if (call.cancelled) return true;
        }
        return false;
      },
      patience);
}

bool Vizier::wait_for_messages(uint64_t count, Duration patience) const {
  return wait_until(
      [count](const auto& calls) {
        uint64_t written = 0;
        for (const Call& call : calls) written += call.messages_written;
        return written >= count;
      },
      patience);
}

void Vizier::stop() { service_->stop(); }

}  // namespace pxq::fake
