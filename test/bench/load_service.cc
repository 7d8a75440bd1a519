#include "bench/load_service.h"

#include <grpcpp/alarm.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <optional>
#include <utility>

#include "vizierapi.pb.h"

namespace pxq::bench {

/// One call from its arrival to its end; deletes itself when nothing of it is under way.
class LoadService::Call {
 public:
  explicit Call(LoadService& owner) : owner_(owner), stream_(&context_) {
    owner_.service_.RequestCall(&context_, &stream_, owner_.queue_.get(), owner_.queue_.get(),
                                this);
  }

  void step(bool ok) {
    switch (state_) {
      case State::kWaiting: return ok ? accept() : done();
      case State::kReading: return ok ? answer() : finish(grpc::Status::CANCELLED);
      case State::kWriting: return ok ? write_later() : finish(grpc::Status::CANCELLED);
      case State::kPausing: return write_next();
      case State::kFinishing: return done();
    }
  }

 private:
  enum class State { kWaiting, kReading, kPausing, kWriting, kFinishing };

  void accept() {
    new Call(owner_);  // the next caller's; it belongs to the queue until it deletes itself
    if (!context_.method().ends_with("/ExecuteScript")) {
      return finish({grpc::StatusCode::UNIMPLEMENTED, "only ExecuteScript is served"});
    }
    state_ = State::kReading;
    stream_.Read(&request_, this);
  }

  void answer() {
    px::api::vizierpb::ExecuteScriptRequest request;
    if (!request.ParseFromString(to_string(request_))) {
      return finish({grpc::StatusCode::INVALID_ARGUMENT, "the request does not decode"});
    }
    Result<LoadSpec> spec = load_spec_of_script(request.query_str(), owner_.defaults_);
    if (!spec.ok()) return finish({grpc::StatusCode::INVALID_ARGUMENT, spec.status().message()});
    began_ = std::chrono::system_clock::now();
    load_.emplace(*spec, owner_.cache_.batches(*spec), request.encryption_options().jwk_key());
    write_next();
  }

  // Each message waits for its turn, so that a late one is made up for.
  void write_later() {
    const LoadSpec& spec = load_->spec();
    if (spec.rate == 0) return write_next();
    ++written_;
    const auto due = std::chrono::nanoseconds(static_cast<int64_t>(
        1e9 * static_cast<double>(written_ * spec.batch) / static_cast<double>(spec.rate)));
    state_ = State::kPausing;
    alarm_.Set(owner_.queue_.get(),
               began_ + std::chrono::duration_cast<std::chrono::system_clock::duration>(due), this);
  }

  void write_next() {
    std::optional<grpc::ByteBuffer> message = load_->next();
    if (!message) return finish(grpc::Status::OK);
    state_ = State::kWriting;
    stream_.Write(*message, this);
  }

  void finish(const grpc::Status& status) {
    state_ = State::kFinishing;
    stream_.Finish(status, this);
  }

  void done() { delete this; }

  LoadService& owner_;
  State state_ = State::kWaiting;
  grpc::GenericServerContext context_;
  grpc::GenericServerAsyncReaderWriter stream_;
  grpc::ByteBuffer request_;
  std::optional<LoadStream> load_;
  grpc::Alarm alarm_;
  std::chrono::system_clock::time_point began_;
  uint64_t written_ = 0;  // messages
};

LoadService::LoadService(const std::string& address,
                         std::shared_ptr<grpc::ServerCredentials> credentials,
                         const LoadSpec& defaults)
    : defaults_(defaults) {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(address, std::move(credentials), &port);
  builder.RegisterAsyncGenericService(&service_);
  builder.SetMaxReceiveMessageSize(64 << 20);
  queue_ = builder.AddCompletionQueue();
  server_ = builder.BuildAndStart();
  if (server_) {
    const bool named = address.starts_with("unix:");
    address_ = named ? address : address.substr(0, address.rfind(':') + 1) + std::to_string(port);
    new Call(*this);
  }
  thread_ = std::thread([this] { serve(); });
}

LoadService::~LoadService() {
  if (server_) server_->Shutdown(std::chrono::system_clock::now());
  queue_->Shutdown();
  thread_.join();
}

void LoadService::serve() {
  void* tag = nullptr;
  bool ok = false;
  while (queue_->Next(&tag, &ok)) static_cast<Call*>(tag)->step(ok);
}

}  // namespace pxq::bench
