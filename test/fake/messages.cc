#include "fake/messages.h"

#include <algorithm>

namespace pxq::fake {
namespace {

pb::ExecuteScriptResponse blank() {
  pb::ExecuteScriptResponse response;
  response.set_query_id(std::string(kQueryId));
  return response;
}

template <typename Target, typename Values>
void append(Target* target, const Values& values) {
  for (const auto& value : values) target->add_data(value);
}

// Half a UUID: the sixteen hex digits from `digits` at `offset`.
uint64_t half(const std::string& digits, size_t offset) {
  return std::stoull(digits.substr(offset, 16), nullptr, 16);
}

}  // namespace

Batch::Batch(std::string_view table_id) { data_.set_table_id(std::string(table_id)); }

pb::Column& Batch::add(size_t length) {
  if (data_.cols_size() == 0) data_.set_num_rows(static_cast<int64_t>(length));
  return *data_.add_cols();
}

Batch& Batch::boolean(const std::vector<bool>& values) {
  append(add(values.size()).mutable_boolean_data(), values);
  return *this;
}

Batch& Batch::int64(const std::vector<int64_t>& values) {
  append(add(values.size()).mutable_int64_data(), values);
  return *this;
}

Batch& Batch::uint128(const std::vector<std::pair<uint64_t, uint64_t>>& high_low) {
  pb::UInt128Column* column = add(high_low.size()).mutable_uint128_data();
  for (const auto& [high, low] : high_low) {
    pb::UInt128* value = column->add_data();
    value->set_high(high);
    value->set_low(low);
  }
  return *this;
}

Batch& Batch::float64(const std::vector<double>& values) {
  append(add(values.size()).mutable_float64_data(), values);
  return *this;
}

Batch& Batch::string(const std::vector<std::string>& values) {
  append(add(values.size()).mutable_string_data(), values);
  return *this;
}

Batch& Batch::time(const std::vector<int64_t>& values) {
  append(add(values.size()).mutable_time64ns_data(), values);
  return *this;
}

Batch& Batch::unset() {
  add(0);
  return *this;
}

Batch& Batch::empty(pb::DataType type) {
  switch (type) {
    case pb::BOOLEAN: return boolean({});
    case pb::INT64: return int64({});
    case pb::UINT128: return uint128({});
    case pb::FLOAT64: return float64({});
    case pb::STRING: return string({});
    case pb::TIME64NS: return time({});
    default: return unset();
  }
}

Batch& Batch::rows(int64_t num_rows) {
  data_.set_num_rows(num_rows);
  return *this;
}

Batch& Batch::eow() {
  data_.set_eow(true);
  return *this;
}

Batch& Batch::eos() {
  data_.set_eow(true);
  data_.set_eos(true);
  return *this;
}

Batch& Batch::table_id(std::string_view id) {
  data_.set_table_id(std::string(id));
  return *this;
}

pb::RowBatchData Batch::data() const { return data_; }

pb::ExecuteScriptResponse Batch::response() const {
  pb::ExecuteScriptResponse response = blank();
  *response.mutable_data()->mutable_batch() = data_;
  return response;
}

Table::Table(std::string_view name) {
  metadata_.set_name(std::string(name));
  metadata_.set_id("id-" + std::string(name));
  metadata_.mutable_relation();
}

Table& Table::column(std::string_view name, pb::DataType type, pb::SemanticType semantic) {
  pb::Relation::ColumnInfo* info = metadata_.mutable_relation()->add_columns();
  info->set_column_name(std::string(name));
  info->set_column_type(type);
  info->set_column_semantic_type(semantic);
  return *this;
}

Table& Table::id(std::string_view id) {
  metadata_.set_id(std::string(id));
  return *this;
}

pb::ExecuteScriptResponse Table::metadata() const {
  pb::ExecuteScriptResponse response = blank();
  *response.mutable_meta_data() = metadata_;
  return response;
}

Batch Table::heartbeat() const {
  Batch batch(metadata_.id());
  for (const auto& column : metadata_.relation().columns()) batch.empty(column.column_type());
  return batch;
}

pb::ExecuteScriptResponse stats(const Stats& values) {
  pb::ExecuteScriptResponse response = blank();
  pb::QueryExecutionStats* stats = response.mutable_data()->mutable_execution_stats();
  stats->mutable_timing()->set_execution_time_ns(values.execution_time_ns);
  stats->mutable_timing()->set_compilation_time_ns(values.compilation_time_ns);
  stats->set_bytes_processed(values.bytes_processed);
  stats->set_records_processed(values.records_processed);
  return response;
}

pb::ExecuteScriptResponse status(int32_t code, std::string_view message) {
  pb::ExecuteScriptResponse response = blank();
  response.mutable_status()->set_code(code);
  response.mutable_status()->set_message(std::string(message));
  return response;
}

pb::ExecuteScriptResponse compile_error(uint64_t line, uint64_t column, std::string_view message) {
  return compile_errors({{line, column, std::string(message)}});
}

pb::ExecuteScriptResponse compile_errors(const std::vector<CompileError>& errors) {
  pb::ExecuteScriptResponse response = status(3, "");
  for (const CompileError& error : errors) {
    pb::CompilerError* detail =
        response.mutable_status()->add_error_details()->mutable_compiler_error();
    detail->set_line(error.line);
    detail->set_column(error.column);
    detail->set_message(error.message);
  }
  return response;
}

pb::ExecuteScriptResponse mutation(int32_t code, std::string_view message,
                                   const std::vector<Probe>& probes) {
  pb::ExecuteScriptResponse response = blank();
  pb::MutationInfo* info = response.mutable_mutation_info();
  info->mutable_status()->set_code(code);
  info->mutable_status()->set_message(std::string(message));
  for (const Probe& probe : probes) {
    pb::MutationInfo::MutationState* state = info->add_states();
    state->set_id("probe-" + probe.name);
    state->set_state(probe.state);
    state->set_name(probe.name);
  }
  return response;
}

pb::ExecuteScriptResponse encrypted(std::string_view jwe) {
  pb::ExecuteScriptResponse response = blank();
  response.mutable_data()->set_encrypted_batch(std::string(jwe));
  return response;
}

pb::ExecuteScriptResponse with_query_id(pb::ExecuteScriptResponse response, std::string_view id) {
  response.set_query_id(std::string(id));
  return response;
}

pb::HealthCheckResponse health(int32_t code, std::string_view message) {
  pb::HealthCheckResponse response;
  response.mutable_status()->set_code(code);
  response.mutable_status()->set_message(std::string(message));
  return response;
}

pb::GenerateOTelScriptResponse otel_script(std::string_view script) {
  pb::GenerateOTelScriptResponse response;
  response.mutable_status();
  response.set_otel_script(std::string(script));
  return response;
}

px::cloudapi::GetClusterInfoResponse clusters(const std::vector<Cluster>& all) {
  px::cloudapi::GetClusterInfoResponse response;
  for (const Cluster& cluster : all) {
    std::string digits = cluster.id;
    digits.erase(std::remove(digits.begin(), digits.end(), '-'), digits.end());
    px::cloudapi::ClusterInfo* info = response.add_clusters();
    info->mutable_id()->set_high_bits(half(digits, 0));
    info->mutable_id()->set_low_bits(half(digits, 16));
    info->set_status(cluster.status);
    info->set_cluster_name(cluster.name);
    info->set_pretty_cluster_name(cluster.name);
    info->set_cluster_uid("uid-" + cluster.name);
    info->set_vizier_version(cluster.vizier_version);
    info->set_num_nodes(cluster.nodes);
    info->set_num_instrumented_nodes(cluster.nodes);
    info->set_last_heartbeat_ns(cluster.last_heartbeat_ns);
  }
  return response;
}

}  // namespace pxq::fake
