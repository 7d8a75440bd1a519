#include "local/server/queries.h"

#include <fmt/format.h>
#include <malloc.h>

#include <chrono>
#include <optional>
#include <utility>

#include "local/server/access.h"
#include "local/server/heartbeat.h"
#include "wire/call_metadata.h"

namespace pxq::local {
namespace {

namespace pb = px::api::vizierpb;

constexpr std::chrono::milliseconds kTick{100};
constexpr std::chrono::seconds kTrimEvery{5};

grpc::Status not_registered(const std::string& id) {
  return {grpc::StatusCode::UNKNOWN,
          fmt::format("error in StreamResults: Query {} not registered in query forwarder",
                      id.substr(0, 64))};
}

grpc::Status stopping() { return {grpc::StatusCode::UNAVAILABLE, "the server was stopped"}; }

bool deadline_passed(const grpc::ServerContext& context) {
  return context.deadline() <= std::chrono::system_clock::now();
}

std::string seconds_text(Duration time) {
  return fmt::format("{} s", std::chrono::duration<double>(time).count());
}

// The same message with its rows sealed, as a Vizier sends them.
grpc::Status seal_rows(const wire::Sealer& sealer, const std::string& query_id,
                       QueryMessage& message) {
  const Result<std::string> sealed = sealer.seal(message.batch());
  if (!sealed.ok()) return {grpc::StatusCode::INTERNAL, sealed.status().message()};
  pb::ExecuteScriptResponse response;
  response.set_query_id(query_id);
  response.mutable_data()->set_encrypted_batch(*sealed);
  message.bytes = encode_response(response).bytes;
  return grpc::Status::OK;
}

}  // namespace

/// A call's time as the reader of a query.
class Queries::Call {
 public:
  Call(Queries& all, std::shared_ptr<QueryRun> run, grpc::ServerContext& context)
      : all_(all), run_(std::move(run)), context_(context), number_(run_->attach()) {
    with_entry([this](Entry& entry) {
      entry.call = &context_;
      entry.writing_since = TimePoint::max();
    });
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  /// Unless it has ended or another call reads it, the query waits for the next reader.
  ~Call() {
    const bool kept = !ended_ && all_.limits_.kept > Duration::zero() && !deadline_passed(context_);
    const std::lock_guard lock(all_.mutex_);
    const auto found = all_.entries_.find(run_->id());
    all_.freed_ = MonotonicClock::now();
    if (found == all_.entries_.end() || found->second.call != &context_) return;
    if (!kept) {
      run_->stop({grpc::StatusCode::CANCELLED, ""});
      all_.entries_.erase(found);
      return;
    }
    found->second.call = nullptr;
    found->second.left = MonotonicClock::now();
  }

  QueryRun& run() { return *run_; }
  bool is_cancelled() const { return context_.IsCancelled(); }
  QueryRun::Next next(QueryMessage& message) { return run_->next(number_, kTick, message); }
  void give_back(QueryMessage message) { run_->give_back(number_, std::move(message)); }
  void end() { ended_ = true; }

  /// What only pxq looks at stands in front of the first message.
  void send_notes() {
    for (const std::string& note : run_->notes()) {
      context_.AddInitialMetadata(wire::kNoteKey, note);
    }
  }

  /// While this lasts, the time counts that the client may take to read.
  bool write(Writer& writer, const QueryMessage& message) {
    set_writing(MonotonicClock::now());
    const bool sent = writer.Write(grpc::ByteBuffer(&message.bytes, 1));
    set_writing(TimePoint::max());
    return sent;
  }

 private:
  void set_writing(TimePoint since) {
    with_entry([&](Entry& entry) {
      if (entry.call == &context_) entry.writing_since = since;
    });
  }
  template <typename Action>
  void with_entry(Action action) {
    const std::lock_guard lock(all_.mutex_);
    const auto found = all_.entries_.find(run_->id());
    if (found != all_.entries_.end()) action(found->second);
  }

  Queries& all_;
  const std::shared_ptr<QueryRun> run_;
  grpc::ServerContext& context_;
  const uint64_t number_;
  bool ended_ = false;
};

Queries::Queries(const DataSet& data, const QueryLimits& limits) : data_(data), limits_(limits) {
  watcher_ = std::thread([this] { watch(); });
}

Queries::~Queries() {
  stop();
  watcher_.join();
}

void Queries::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  for (auto& [id, entry] : entries_) entry.run->stop(stopping());
  changed_.notify_all();
}

// REQUIRES: the mutex is held. What nobody reads goes first.
bool Queries::make_room(std::shared_ptr<QueryRun>& evicted) {
  if (entries_.size() < limits_.at_once) return true;
  auto oldest = entries_.end();
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    if (entry->second.call != nullptr) continue;
    if (oldest == entries_.end() || entry->second.left < oldest->second.left) oldest = entry;
  }
  if (oldest == entries_.end()) return false;
  evicted = std::move(oldest->second.run);
  entries_.erase(oldest);
  return true;
}

std::shared_ptr<QueryRun> Queries::find_or_begin(const pb::ExecuteScriptRequest& request,
                                                 grpc::Status& refusal) {
  std::shared_ptr<QueryRun> evicted;  // outlives the lock: its end is waited for
  const std::lock_guard lock(mutex_);
  if (stopping_) {
    refusal = stopping();
    return nullptr;
  }
  if (!request.query_id().empty()) {
    const auto found = entries_.find(request.query_id());
    if (found != entries_.end()) return found->second.run;
    refusal = not_registered(request.query_id());
    return nullptr;
  }
  if (!make_room(evicted)) {
    // By these words the client knows that it may come again (lib/wire/server_texts.cc).
    refusal = {grpc::StatusCode::RESOURCE_EXHAUSTED,
               fmt::format("this server runs {} {} at once and no more", limits_.at_once,
                           limits_.at_once == 1 ? "query" : "queries")};
    return nullptr;
  }
  auto run = std::make_shared<QueryRun>(data_, random_uuid(), request, limits_);
  const TimePoint now = MonotonicClock::now();
  entries_.emplace(run->id(), Entry{.run = run, .started = now, .left = now});
  return run;
}

grpc::Status Queries::serve(grpc::ServerContext& context, const pb::ExecuteScriptRequest& request,
                            Writer& writer) {
  std::optional<wire::Sealer> sealer;
  if (const auto& asked = request.encryption_options(); !asked.jwk_key().empty()) {
    Result<wire::Sealer> made = wire::Sealer::make(
        {asked.jwk_key(), asked.key_alg(), asked.content_alg(), asked.compression_alg()});
    // As a broker does it: before anything runs, so that a client may ask for another way.
    if (!made.ok()) return {grpc::StatusCode::UNKNOWN, made.status().message()};
    sealer.emplace(*std::move(made));
  }
  grpc::Status refusal;
  const std::shared_ptr<QueryRun> run = find_or_begin(request, refusal);
  if (run == nullptr) return refusal;
  Call call(*this, run, context);
  return stream(call, sealer ? &*sealer : nullptr, writer);
}

grpc::Status Queries::stream(Call& call, const wire::Sealer* sealer, Writer& writer) {
  Heartbeat heartbeat(call.run().id());
  bool noted = false;
  while (true) {
    QueryMessage message;
    bool is_heartbeat = false;
    switch (call.next(message)) {
      case QueryRun::Next::kDisplaced:
        return {grpc::StatusCode::ABORTED, "another call reads this query now"};
      case QueryRun::Next::kEnd: call.end(); return call.run().end();
      case QueryRun::Next::kNothingYet:
        if (call.is_cancelled()) return grpc::Status::CANCELLED;
        is_heartbeat = heartbeat.due(message);
        if (!is_heartbeat) continue;
        break;
      case QueryRun::Next::kMessage: break;
    }
    if (!std::exchange(noted, true)) call.send_notes();
    QueryMessage sealed = message;
    if (sealer != nullptr && message.batch_bytes != 0) {
      grpc::Status status = seal_rows(*sealer, call.run().id(), sealed);
      if (!status.ok()) return status;
    }
    if (call.is_cancelled() || !call.write(writer, sealed)) {
      if (!is_heartbeat) call.give_back(std::move(message));
      return grpc::Status::CANCELLED;
    }
    heartbeat.sent(message);
  }
}

// REQUIRES: the mutex is held. The allocator keeps what queries gave back, a little more with each
// new coincidence of large ones, and a server lives for days: now and then the system gets it, and
// once more when the last query's messages have left the connection, too.
bool Queries::must_trim(TimePoint now, TimePoint& trimmed) {
  if (now - trimmed < kTrimEvery || trimmed >= freed_ + kTrimEvery) return false;
  trimmed = now;
  return true;
}

void Queries::watch() {
  TimePoint trimmed = MonotonicClock::now();
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, kTick, [this] { return stopping_; })) {
    std::vector<std::shared_ptr<QueryRun>> over;
    const TimePoint now = MonotonicClock::now();
    look(now, over);
    if (!over.empty()) freed_ = now;
    const bool trims = must_trim(now, trimmed);
    lock.unlock();
    over.clear();  // waits for their threads
    if (trims) malloc_trim(0);
    lock.lock();
  }
}

// REQUIRES: the mutex is held.
void Queries::look(TimePoint now, std::vector<std::shared_ptr<QueryRun>>& over) {
  for (auto item = entries_.begin(); item != entries_.end();) {
    Entry& entry = item->second;
    if (limits_.time > Duration::zero() && now - entry.started > limits_.time) {
      entry.run->stop({grpc::StatusCode::DEADLINE_EXCEEDED,
                       fmt::format("the query took longer than this server allows ({})",
                                   seconds_text(limits_.time))});
    }
    if (entry.writing_since < now && now - entry.writing_since > limits_.slow_reader) {
      entry.run->stop({grpc::StatusCode::CANCELLED, "timedout waiting for consumer"});
      entry.call->TryCancel();
      entry.writing_since = TimePoint::max();
    }
    if (entry.call != nullptr || now - entry.left < limits_.kept) {
      ++item;
      continue;
    }
    over.push_back(std::move(entry.run));
    item = entries_.erase(item);
  }
}

}  // namespace pxq::local
