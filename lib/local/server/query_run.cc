#include "local/server/query_run.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "local/exec/executor.h"
#include "local/plan/compiler.h"
#include "local/server/encode.h"

namespace pxq::local {
namespace {

namespace pb = px::api::vizierpb;

std::string table_id(size_t sink) { return fmt::format("table-{}", sink); }

}  // namespace

/// The query's way from its text to its last message, on the query's thread.
class QueryRun::Work {
 public:
  Work(const DataSet& data, const QueryLimits& limits, QueryRun& owner)
      : data_(data), limits_(limits), owner_(owner) {}

  grpc::Status run(const pb::ExecuteScriptRequest& request);

 private:
  class Sender;

  CompileResult compile_script(const pb::ExecuteScriptRequest& request);
  grpc::Status refuse(const CompileResult& result);
  void announce(const Plan& plan);
  grpc::Status execute_plan(const Plan& plan);
  grpc::Status fail(const Status& status);
  void send_stats(const ExecutionCounters& counters);
  bool send(pb::ExecuteScriptResponse& response) {
    response.set_query_id(owner_.id_);
    return owner_.put(std::move(response));
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
    pb::ExecuteScriptResponse response;
    encode_batch(batch, table_id(sink), *response.mutable_data()->mutable_batch());
    return work_.send(response);
  }

 private:
  Work& work_;
};

CompileResult QueryRun::Work::compile_script(const pb::ExecuteScriptRequest& request) {
  std::vector<FunctionCall> functions;
  for (const auto& from : request.exec_funcs()) {
    FunctionCall call{from.func_name(), {}, from.output_table_prefix()};
    for (const auto& argument : from.arg_values()) {
      call.arguments.emplace_back(argument.name(), argument.value());
    }
    functions.push_back(std::move(call));
  }
  CompileRequest compile_request;
  compile_request.text = request.query_str();
  compile_request.functions = functions;
  compile_request.now_ns = now_ns_;
  if (request.configs().has_plugin_config()) {
    const auto& plugin = request.configs().plugin_config();
    compile_request.plugin_window = PluginWindow{plugin.start_time_ns(), plugin.end_time_ns()};
  }
  return compile(compile_request, data_.tables);
}

grpc::Status QueryRun::Work::run(const pb::ExecuteScriptRequest& request) {
  const CompileResult result = compile_script(request);
  compile_time_ = MonotonicClock::now() - start_;
  if (!result.ok()) return refuse(result);
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

void QueryRun::Work::announce(const Plan& plan) {
  for (size_t i = 0; i < plan.sinks.size(); ++i) {
    pb::ExecuteScriptResponse response;
    *response.mutable_meta_data() = encode_metadata(plan.sinks[i], table_id(i));
    send(response);
  }
}

grpc::Status QueryRun::Work::execute_plan(const Plan& plan) {
  Sender sender(*this);
  FunctionContext context;
  context.now_ns = now_ns_;
  if (data_.cluster != nullptr) context.cluster = data_.cluster(now_ns_);
  // Functions that ask for the agent they run on are told the first one.
  if (!context.state().parts().nodes.empty()) context.asid = context.state().parts().nodes[0].asid;
  if (data_.gap != nullptr) context.state_asked = &data_.gap->met;
  Result<ExecutionCounters> counters =
      execute(plan, data_.tables, context, sender, owner_.stop_.get_token(), {limits_.held_bytes});
  if (!counters.ok()) return fail(counters.status());
  send_stats(*counters);
  return grpc::Status::OK;
}

grpc::Status QueryRun::Work::fail(const Status& status) {
  if (status.code() == Code::kInterrupted) return {grpc::StatusCode::CANCELLED, ""};
  const bool limit = status.code() == Code::kLimit;
  const auto code = limit ? grpc::StatusCode::RESOURCE_EXHAUSTED : grpc::StatusCode::INTERNAL;
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

QueryRun::Next QueryRun::next(uint64_t reader, Duration patience, Message& message) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience,
                    [&] { return ended_ || !waiting_.empty() || reader != reader_; });
  if (reader != reader_) return Next::kDisplaced;
  if (!waiting_.empty()) {
    message = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= message.ByteSizeLong();
    changed_.notify_all();
    return Next::kMessage;
  }
  return ended_ ? Next::kEnd : Next::kNothingYet;
}

void QueryRun::give_back(uint64_t reader, Message message) {
  const std::lock_guard lock(mutex_);
  if (reader != reader_) return;
  waiting_bytes_ += message.ByteSizeLong();
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

bool QueryRun::put(Message message) {
  const size_t bytes = message.ByteSizeLong();
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
