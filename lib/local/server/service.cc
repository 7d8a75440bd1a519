#include "local/server/service.h"

#include <fmt/format.h>
#include <unistd.h>

#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/wall_clock.h"
#include "local/exec/executor.h"
#include "local/plan/compiler.h"
#include "local/server/encode.h"

namespace pxq::local {
namespace {

namespace pb = px::api::vizierpb;
using Writer = grpc::ServerWriter<pb::ExecuteScriptResponse>;

// Looks like the UUID that a Vizier makes, and is unique for this process's queries.
std::string new_query_id(uint64_t number) {
  const auto now = static_cast<uint64_t>(wall_clock_ns());
  return fmt::format("{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", now >> 32, (now >> 16) & 0xffff,
                     now & 0xfff, static_cast<uint64_t>(getpid()) & 0xfff, number);
}

std::string table_id(size_t sink) { return fmt::format("table-{}", sink); }

/// One query's way from its text to the end of its stream.
class Query {
 public:
  Query(const DataSet& data, std::string id, grpc::ServerContext& context, Writer& writer)
      : data_(data), id_(std::move(id)), context_(context), writer_(writer) {}

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
    response.set_query_id(id_);
    return writer_.Write(response);
  }

  const DataSet& data_;
  const std::string id_;
  grpc::ServerContext& context_;
  Writer& writer_;
  const int64_t now_ns_ = data_.now();
  const TimePoint start_ = MonotonicClock::now();
  Duration compile_time_{0};
};

class Query::Sender final : public BatchReceiver {
 public:
  explicit Sender(Query& query) : query_(query) {}

  bool batch(size_t sink, RowBatch&& batch) override {
    pb::ExecuteScriptResponse response;
    encode_batch(batch, table_id(sink), *response.mutable_data()->mutable_batch());
    if (query_.context_.IsCancelled() || !query_.send(response)) stop_.request_stop();
    return !stop_.stop_requested();
  }

  std::stop_token token() const { return stop_.get_token(); }

 private:
  Query& query_;
  std::stop_source stop_;
};

CompileResult Query::compile_script(const pb::ExecuteScriptRequest& request) {
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

grpc::Status Query::run(const pb::ExecuteScriptRequest& request) {
  // No query outlives its call here, so there is none to go on with.
  if (!request.query_id().empty()) {
    return {grpc::StatusCode::UNKNOWN,
            fmt::format("error in StreamResults: Query {} not registered in query forwarder",
                        request.query_id())};
  }
  if (!request.encryption_options().jwk_key().empty()) {
    return {grpc::StatusCode::UNIMPLEMENTED, "the local Vizier does not encrypt its results"};
  }
  const CompileResult result = compile_script(request);
  compile_time_ = MonotonicClock::now() - start_;
  if (!result.ok()) return refuse(result);
  announce(result.plan);
  return execute_plan(result.plan);
}

// A Vizier streams a compile error and then ends the call with the same code; a bad #px:set line
// only ends the call.
grpc::Status Query::refuse(const CompileResult& result) {
  if (result.flags_refused) return {grpc::StatusCode::UNKNOWN, result.status_message};
  pb::ExecuteScriptResponse response;
  *response.mutable_status() = encode_errors(result);
  const std::string message = response.status().message();
  send(response);
  return {grpc::StatusCode::INVALID_ARGUMENT, message};
}

void Query::announce(const Plan& plan) {
  for (size_t i = 0; i < plan.sinks.size(); ++i) {
    pb::ExecuteScriptResponse response;
    *response.mutable_meta_data() = encode_metadata(plan.sinks[i], table_id(i));
    send(response);
  }
}

grpc::Status Query::execute_plan(const Plan& plan) {
  Sender sender(*this);
  FunctionContext context;
  context.now_ns = now_ns_;
  if (data_.cluster != nullptr) context.cluster = data_.cluster(now_ns_);
  // Functions that ask for the agent they run on are told the first one.
  if (!context.state().parts().nodes.empty()) context.asid = context.state().parts().nodes[0].asid;
  if (data_.gap != nullptr) context.state_asked = &data_.gap->met;
  Result<ExecutionCounters> counters = execute(plan, data_.tables, context, sender, sender.token());
  if (!counters.ok()) return fail(counters.status());
  send_stats(*counters);
  return grpc::Status::OK;
}

grpc::Status Query::fail(const Status& status) {
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

void Query::send_stats(const ExecutionCounters& counters) {
  pb::ExecuteScriptResponse response;
  auto* stats = response.mutable_data()->mutable_execution_stats();
  const Duration total = MonotonicClock::now() - start_;
  stats->mutable_timing()->set_execution_time_ns((total - compile_time_).count());
  stats->mutable_timing()->set_compilation_time_ns(compile_time_.count());
  stats->set_bytes_processed(static_cast<int64_t>(counters.bytes_processed));
  stats->set_records_processed(static_cast<int64_t>(counters.records_processed));
  send(response);
}

}  // namespace

grpc::Status Server::Service::ExecuteScript(grpc::ServerContext* context,
                                            const pb::ExecuteScriptRequest* request,
                                            Writer* writer) {
  return Query(data_, new_query_id(++queries_), *context, *writer).run(*request);
}

grpc::Status Server::Service::HealthCheck(grpc::ServerContext* /*context*/,
                                          const pb::HealthCheckRequest* /*request*/,
                                          grpc::ServerWriter<pb::HealthCheckResponse>* writer) {
  pb::HealthCheckResponse response;
  // An empty status means health.
  response.mutable_status();
  writer->Write(response);
  return grpc::Status::OK;
}

}  // namespace pxq::local
