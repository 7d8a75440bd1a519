#include "local/server/query_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "local/data/history/history.h"
#include "local/exec/executor.h"
#include "local/plan/compiler.h"
#include "local/server/compile_query.h"

namespace pxq::local {
namespace {

namespace pb = px::api::vizierpb;

/// How often a stream looks for new rows.
constexpr Duration kStreamPause = std::chrono::milliseconds(500);

std::string table_id(size_t sink) { return fmt::format("table-{}", sink); }

/// What a client is told: a file that cannot be read as it stands is not a defect of this Vizier.
grpc::StatusCode failure_code(Code code) {
  switch (code) {
    case Code::kLimit: return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case Code::kUsage: return grpc::StatusCode::FAILED_PRECONDITION;
    case Code::kIncomplete: return grpc::StatusCode::DATA_LOSS;
    default: return grpc::StatusCode::INTERNAL;
  }
}

}  // namespace

/// The query's way from its text to its last message, on the query's thread.
class QueryRun::Work {
 public:
  Work(const DataSet& data, const QueryLimits& limits, QueryRun& owner)
      : data_(data), limits_(limits), owner_(owner) {}

  grpc::Status run(const pb::ExecuteScriptRequest& request);

 private:
  class Sender;

  grpc::Status refuse(const CompileResult& result);
  void tell_gaps(const Plan& plan);
  void announce(const Plan& plan);
  Following following() const;
  grpc::Status execute_plan(const Plan& plan);
  grpc::Status fail(const Status& status);
  void send_stats(const ExecutionCounters& counters);
  bool send(pb::ExecuteScriptResponse& response) {
    response.set_query_id(owner_.id_);
    return owner_.put(encode_response(response));
  }

  const DataSet& data_;
  const QueryLimits limits_;
  QueryRun& owner_;
  const int64_t now_ns_ = data_.now();
  const TimePoint start_ = MonotonicClock::now();
  Duration compile_time_{0};
};

class QueryRun::Work::Sender final : public BatchReceiver {
 public:
  explicit Sender(Work& work) : work_(work) {}

  bool batch(size_t sink, RowBatch&& batch) override {
    return work_.owner_.put(encode_batch(batch, table_id(sink), work_.owner_.id_));
  }

 private:
  Work& work_;
};

grpc::Status QueryRun::Work::run(const pb::ExecuteScriptRequest& request) {
  const CompileResult result = compile_query(request, data_, now_ns_);
  compile_time_ = MonotonicClock::now() - start_;
  if (!result.ok()) return refuse(result);
  tell_gaps(result.plan);
  announce(result.plan);
  return execute_plan(result.plan);
}

// A Vizier streams a compile error and then ends the call with the same code; a bad #px:set line
// only ends the call.
grpc::Status QueryRun::Work::refuse(const CompileResult& result) {
  if (result.flags_refused) return {grpc::StatusCode::UNKNOWN, result.status_message};
  pb::ExecuteScriptResponse response;
  *response.mutable_status() = encode_errors(result);
  const std::string message = response.status().message();
  send(response);
  return {grpc::StatusCode::INVALID_ARGUMENT, message};
}

/// What of the rows that the script asks for is not there, told before any other.
void QueryRun::Work::tell_gaps(const Plan& plan) {
  if (data_.history == nullptr) return;
  for_each_source(plan, [&](const Operator::Source& source) {
    if (!source.start_ns) return;
    std::string gap = data_.history->gap(source.table, *source.start_ns, now_ns_);
    if (!gap.empty()) owner_.tell(std::move(gap));
  });
}

void QueryRun::Work::announce(const Plan& plan) {
  for (size_t i = 0; i < plan.sinks.size(); ++i) {
    pb::ExecuteScriptResponse response;
    *response.mutable_meta_data() = encode_metadata(plan.sinks[i], table_id(i));
    send(response);
  }
}

/// Lets a stream go on with what comes.
Following QueryRun::Work::following() const {
  const auto wait = [stop = owner_.stop_.get_token()] {
    std::mutex alone;
    std::unique_lock lock(alone);
    std::condition_variable_any never;
    never.wait_for(lock, stop, kStreamPause, [] { return false; });
    return !stop.stop_requested();
  };
  return {.now = data_.now, .cluster = data_.cluster, .wait = wait};
}

grpc::Status QueryRun::Work::execute_plan(const Plan& plan) {
  History::Use use;
  if (data_.history != nullptr) {
    const auto asks_for_past = [this](const Operator::Source& source) {
      return source.start_ns.value_or(now_ns_) < now_ns_;
    };
    const auto streams = [](const Operator::Source& source) { return source.streams; };
    data_.history->before_query(tables_of(plan, asks_for_past));
    use = data_.history->use(tables_of(plan, streams));
  }
  Sender sender(*this);
  FunctionContext context;
  context.now_ns = now_ns_;
  if (data_.cluster != nullptr) context.cluster = data_.cluster(now_ns_);
  // Functions that ask for the agent they run on are told the first one.
  if (!context.state().parts().nodes.empty()) context.asid = context.state().parts().nodes[0].asid;
  if (data_.gap != nullptr) context.state_asked = &data_.gap->met;
  const Following followed = following();
  Result<ExecutionCounters> counters =
      execute(plan, data_.tables, context, sender, owner_.stop_.get_token(), {limits_.held_bytes},
              data_.goes_on ? &followed : nullptr);
  if (!counters.ok()) return fail(counters.status());
  send_stats(*counters);
  return grpc::Status::OK;
}

grpc::Status QueryRun::Work::fail(const Status& status) {
  if (status.code() == Code::kInterrupted) return {grpc::StatusCode::CANCELLED, ""};
  const bool limit = status.code() == Code::kLimit;
  const grpc::StatusCode code = failure_code(status.code());
  const std::string message =
      // By these words the client knows a limit of this Vizier (lib/wire/server_texts.cc).
      limit ? status.message() + ": more than the local Vizier allows" : status.message();
  pb::ExecuteScriptResponse response;
  response.mutable_status()->set_code(code);
  response.mutable_status()->set_message(message);
  send(response);
  return {code, message};
}

void QueryRun::Work::send_stats(const ExecutionCounters& counters) {
  pb::ExecuteScriptResponse response;
  auto* stats = response.mutable_data()->mutable_execution_stats();
  const Duration total = MonotonicClock::now() - start_;
  stats->mutable_timing()->set_execution_time_ns((total - compile_time_).count());
  stats->mutable_timing()->set_compilation_time_ns(compile_time_.count());
  stats->set_bytes_processed(static_cast<int64_t>(counters.bytes_processed));
  stats->set_records_processed(static_cast<int64_t>(counters.records_processed));
  send(response);
}

QueryRun::QueryRun(const DataSet& data, std::string id, pb::ExecuteScriptRequest request,
                   const QueryLimits& limits)
    : id_(std::move(id)), room_(limits.waiting_bytes) {
  thread_ = std::thread([this, &data, limits, request = std::move(request)] {
    close(Work(data, limits, *this).run(request));
  });
}

QueryRun::~QueryRun() {
  stop({grpc::StatusCode::CANCELLED, ""});
  thread_.join();
}

uint64_t QueryRun::attach() {
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
  return ++reader_;
}

QueryRun::Next QueryRun::next(uint64_t reader, Duration patience, QueryMessage& message) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience,
                    [&] { return ended_ || !waiting_.empty() || reader != reader_; });
  if (reader != reader_) return Next::kDisplaced;
  if (!waiting_.empty()) {
    message = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= message.bytes.size();
    changed_.notify_all();
    return Next::kMessage;
  }
  return ended_ ? Next::kEnd : Next::kNothingYet;
}

void QueryRun::give_back(uint64_t reader, QueryMessage message) {
  const std::lock_guard lock(mutex_);
  if (reader != reader_) return;
  waiting_bytes_ += message.bytes.size();
  waiting_.push_front(std::move(message));
}

grpc::Status QueryRun::end() const {
  const std::lock_guard lock(mutex_);
  return end_;
}

void QueryRun::stop(grpc::Status why) {
  const std::lock_guard lock(mutex_);
  stop_.request_stop();
  if (!std::exchange(stopped_, true) && !ended_) end_ = std::move(why);
  changed_.notify_all();
}

void QueryRun::tell(std::string note) {
  const std::lock_guard lock(mutex_);
  if (std::ranges::find(notes_, note) == notes_.end()) notes_.push_back(std::move(note));
}

std::vector<std::string> QueryRun::notes() const {
  const std::lock_guard lock(mutex_);
  return notes_;
}

bool QueryRun::put(QueryMessage message) {
  const size_t bytes = message.bytes.size();
  std::unique_lock lock(mutex_);
  // One message may always wait, however large it is.
  changed_.wait(lock,
                [&] { return stopped_ || waiting_.empty() || waiting_bytes_ + bytes <= room_; });
  if (stopped_) return false;
  waiting_bytes_ += bytes;
  waiting_.push_back(std::move(message));
  changed_.notify_all();
  return true;
}

void QueryRun::close(grpc::Status status) {
  const std::lock_guard lock(mutex_);
  if (!stopped_) end_ = std::move(status);
  ended_ = true;
  changed_.notify_all();
}

}  // namespace pxq::local
