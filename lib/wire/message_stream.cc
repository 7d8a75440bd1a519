#include "wire/message_stream.h"

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>

#include "wire/credentials.h"
#include "wire/stream_end.h"

namespace pxq::wire {
namespace {

// Pieces smaller than this on average are joined: each may keep a whole read buffer of gRPC's.
constexpr size_t kSmallPiece = 8u << 10;
// A smaller message is joined even if it is in one piece, for the same reason.
constexpr size_t kSmallMessage = 64u << 10;
// A server that says more than this has nothing to say.
constexpr size_t kMostNotes = 8;

// What gRPC delivered, and how it is read.
struct Received {
  std::vector<grpc::Slice> slices;
  std::unique_ptr<char[]> joined;
  Pieces pieces;

  bool worth_joining(size_t size) const {
    return size < kSmallMessage || size / slices.size() < kSmallPiece;
  }
  void keep();
  void join(size_t size);
};

std::string_view text_of(const grpc::Slice& slice) {
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

void Received::keep() {
  for (const grpc::Slice& slice : slices) pieces.add(text_of(slice));
}

void Received::join(size_t size) {
  joined.reset(new char[size]);  // not make_unique: it would zero
  char* end = joined.get();
  for (const grpc::Slice& slice : slices) {
    end = std::copy_n(text_of(slice).data(), slice.size(), end);
  }
  pieces.add({joined.get(), size});
  slices = {};
}

std::optional<Message> to_message(const Arrival& arrival) {
  auto received = std::make_shared<Received>();
  if (!arrival.pieces->Dump(&received->slices).ok()) return std::nullopt;
  const size_t size = arrival.pieces->Length();
  // A message in a few large pieces is read where it lies, which saves a copy of every row.
  received->worth_joining(size) ? received->join(size) : received->keep();
  const Bytes bytes(received->pieces);
  return Message{bytes, std::move(received), arrival.time, {}};
}

}  // namespace

struct MessageStream::Call {
  Call(std::shared_ptr<grpc::Channel> to, StreamOptions with)
      : channel(std::move(to)),
        stub(channel),
        options(std::move(with)),
        queue(options.queue_bytes) {}

  void start(const std::string& method, const grpc::ByteBuffer& request);
  void read_all();
  bool next_event(bool* ok);
  bool step();
  bool read_step();
  void end(grpc::Status status);
  void expire(Ended reason);
  void abandon();
  bool is_abandoned();
  void keep_notes();

  std::shared_ptr<grpc::Channel> channel;
  grpc::GenericStub stub;
  StreamOptions options;
  grpc::ClientContext context;
  grpc::CompletionQueue cq;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream;
  grpc::ByteBuffer request_bytes;
  MessageQueue queue;
  std::atomic<Ended> ended{Ended::kNot};

  std::mutex mutex;
  std::condition_variable finished;
  std::optional<grpc::Status> result;
  std::vector<std::string> notes;  // written before `result`
  bool abandoned = false;

  std::unique_ptr<LimitWatch> watch;
};

bool MessageStream::Call::next_event(bool* ok) {
  void* tag = nullptr;
  while (true) {
    // TIMEOUT says that the kernel would not wait; what is under way still is, and comes later.
    const auto next = cq.AsyncNext(&tag, ok, gpr_inf_future(GPR_CLOCK_MONOTONIC));
    if (next != grpc::CompletionQueue::TIMEOUT) return next == grpc::CompletionQueue::GOT_EVENT;
  }
}

// One operation is under way at a time, so the next event is its; false: it failed.
bool MessageStream::Call::step() {
  bool ok = false;
  return next_event(&ok) && ok;
}

// The same for a read: before it waits for the network, what was read goes to the writer.
bool MessageStream::Call::read_step() {
  void* tag = nullptr;
  bool ok = false;
  switch (cq.AsyncNext(&tag, &ok, gpr_inf_past(GPR_CLOCK_MONOTONIC))) {
    case grpc::CompletionQueue::GOT_EVENT: return ok;
    case grpc::CompletionQueue::SHUTDOWN: return false;
    case grpc::CompletionQueue::TIMEOUT: break;
  }
  queue.hand_over();
  return step();
}

void MessageStream::Call::start(const std::string& method, const grpc::ByteBuffer& request) {
  for (const auto& [key, value] : options.metadata) context.AddMetadata(key, value);
  request_bytes = request;
  stream = stub.PrepareCall(&context, method, &cq);
}

void MessageStream::Call::read_all() {
  stream->StartCall(this);
  bool good = step();
  if (good) {
    stream->WriteLast(request_bytes, grpc::WriteOptions(), this);
    good = step();
  }
  while (good) {
    auto pieces = std::make_unique<grpc::ByteBuffer>();
    stream->Read(pieces.get(), this);
    if (!read_step()) break;
    watch->touch();
    // The idle limit judges the server; it must not run while we are the one who does not read.
    const bool slow = queue.full();
    if (slow) watch->pause(true);
    good = queue.push({std::move(pieces), MonotonicClock::now()});
    if (slow) watch->pause(false);
  }
  grpc::Status status;
  stream->Finish(&status, this);
  step();
  cq.Shutdown();
  for (bool ok = false; next_event(&ok);) {
  }  // a queue must be empty when it goes
  keep_notes();
  end(std::move(status));
}

void MessageStream::Call::keep_notes() {
  const auto [begin, last] = context.GetServerInitialMetadata().equal_range(kNoteKey);
  for (auto note = begin; note != last && notes.size() < kMostNotes; ++note) {
    notes.emplace_back(note->second.data(), note->second.size());
  }
}

void MessageStream::Call::expire(Ended reason) {
  ended = reason;
  context.TryCancel();
  // The reader may be waiting for room in the queue, where a cancelled call alone would not wake
  // it.
  queue.close(true);
}

void MessageStream::Call::abandon() {
  const std::lock_guard lock(mutex);
  abandoned = true;
  finished.notify_all();
}

bool MessageStream::Call::is_abandoned() {
  const std::lock_guard lock(mutex);
  return !result;
}

void MessageStream::Call::end(grpc::Status status) {
  {
    const std::lock_guard lock(mutex);
    result = std::move(status);
  }
  queue.close();
  finished.notify_all();
}

MessageStream::MessageStream(std::shared_ptr<grpc::Channel> channel, const std::string& method,
                             const grpc::ByteBuffer& request, StreamOptions options,
                             std::stop_token stop)
    : call_(std::make_shared<Call>(std::move(channel), std::move(options))) {
  Call* call = call_.get();
  call->start(method, request);
  call->watch = std::make_unique<LimitWatch>(
      call->options.limits, MonotonicClock::now(),
      LimitWatch::Actions{[call] { return call->channel->GetState(false) == GRPC_CHANNEL_READY; },
                          [call](Ended reason) { call->expire(reason); },
                          [call] { call->abandon(); }, [call] { call->options.on_held(); }});
  on_stop_.emplace(std::move(stop), [call] { call->watch->stop(); });
  reader_ = std::thread([shared = call_] { shared->read_all(); });
}

MessageStream::~MessageStream() {
  cancel();
  finish();
  on_stop_.reset();
  // A thread that gRPC never gives back is left behind: the process ends soon and must not wait.
  if (call_->is_abandoned()) {
    reader_.detach();
  } else {
    reader_.join();
  }
}

std::optional<Message> MessageStream::next() {
  // The wait is cut into ticks, so that the live screen and the limits on files go on while a
  // server is silent.
  if (told_) {
    while (!call_->queue.wait_for(kTick)) told_();
  }
  const std::optional<Arrival> arrival = call_->queue.pop();
  if (!arrival) return std::nullopt;
  std::optional<Message> message = to_message(*arrival);
  if (!message) cancel();
  return message;
}

bool MessageStream::ready() { return call_->queue.wait_for(Duration::zero()); }

void MessageStream::cancel() {
  call_->context.TryCancel();
  call_->queue.close(true);
}

// What a server quotes of the call's keys is masked here, before anybody can write it down.
StreamEnd MessageStream::finish() {
  std::unique_lock lock(call_->mutex);
  call_->finished.wait(lock, [&] { return call_->result || call_->abandoned; });
  const grpc::Status status =
      call_->result.value_or(grpc::Status(grpc::StatusCode::CANCELLED, "abandoned"));
  return {grpc::Status(status.error_code(),
                       text_without_keys(status.error_message(), call_->options.metadata),
                       status.error_details()),
          call_->ended,
          {},
          call_->result ? call_->notes : std::vector<std::string>()};
}

}  // namespace pxq::wire
