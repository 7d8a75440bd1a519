#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cloudapi.pb.h"
#include "vizierapi.pb.h"

/// Builders of what a Vizier says, lies included: nothing here checks that a message makes sense.
namespace pxq::fake {

namespace pb = px::api::vizierpb;

/// The query id that all built messages carry.
inline constexpr std::string_view kQueryId = "11111111-2222-3333-4444-555555555555";

/// A row batch under construction: columns in order, then its flags. num_rows is the length of the
/// first column unless rows() says something else.
class Batch {
 public:
  explicit Batch(std::string_view table_id);

  Batch& boolean(const std::vector<bool>& values);
  Batch& int64(const std::vector<int64_t>& values);
  Batch& uint128(const std::vector<std::pair<uint64_t, uint64_t>>& high_low);
  Batch& float64(const std::vector<double>& values);
  Batch& string(const std::vector<std::string>& values);
  Batch& time(const std::vector<int64_t>& values);
  Batch& unset();  // a column whose kind is missing
  Batch& empty(pb::DataType type);

  Batch& rows(int64_t num_rows);
  Batch& eow();
  Batch& eos();
  Batch& table_id(std::string_view id);

  pb::RowBatchData data() const;
  pb::ExecuteScriptResponse response() const;
  operator pb::ExecuteScriptResponse() const { return response(); }  // NOLINT: reads as a message

 private:
  pb::Column& add(size_t length);

  pb::RowBatchData data_;
};

/// A table's relation under construction; its id is "id-" and its name unless id() says otherwise.
class Table {
 public:
  explicit Table(std::string_view name);

  Table& column(std::string_view name, pb::DataType type, pb::SemanticType semantic = pb::ST_NONE);
  Table& boolean(std::string_view name) { return column(name, pb::BOOLEAN); }
  Table& int64(std::string_view name, pb::SemanticType semantic = pb::ST_NONE) {
    return column(name, pb::INT64, semantic);
  }
  Table& uint128(std::string_view name, pb::SemanticType semantic = pb::ST_UPID) {
    return column(name, pb::UINT128, semantic);
  }
  Table& float64(std::string_view name, pb::SemanticType semantic = pb::ST_NONE) {
    return column(name, pb::FLOAT64, semantic);
  }
  Table& string(std::string_view name, pb::SemanticType semantic = pb::ST_NONE) {
    return column(name, pb::STRING, semantic);
  }
  Table& time(std::string_view name) { return column(name, pb::TIME64NS, pb::ST_TIME_NS); }
  Table& id(std::string_view id);

  pb::ExecuteScriptResponse metadata() const;

  /// A batch without columns yet.
  Batch batch() const { return Batch(metadata_.id()); }

  /// Every column present and empty: what a real Vizier sends as a heartbeat.
  Batch heartbeat() const;

  /// The end of stream as a real Vizier sends it, without rows.
  Batch end() const { return heartbeat().eos(); }

 private:
  pb::QueryMetadata metadata_;
};

/// The execution statistics; the defaults are those of the wire vectors.
struct Stats {
  int64_t execution_time_ns = 5010;
  int64_t compilation_time_ns = 350;
  int64_t bytes_processed = 4521;
  int64_t records_processed = 4;
};
pb::ExecuteScriptResponse stats(const Stats& values = {});

/// One finding of the compiler.
struct CompileError {
  uint64_t line = 0;
  uint64_t column = 0;
  std::string message;
};

/// An in-band status; code 0 with a message is a failure that real Viziers send.
pb::ExecuteScriptResponse status(int32_t code, std::string_view message);
pb::ExecuteScriptResponse compile_error(uint64_t line, uint64_t column, std::string_view message);
pb::ExecuteScriptResponse compile_errors(const std::vector<CompileError>& errors);

/// One probe of a mutation.
struct Probe {
  std::string name;
  pb::LifeCycleState state = pb::PENDING_STATE;
};
pb::ExecuteScriptResponse mutation(int32_t code, std::string_view message,
                                   const std::vector<Probe>& probes);

pb::ExecuteScriptResponse encrypted(std::string_view jwe);
pb::ExecuteScriptResponse with_query_id(pb::ExecuteScriptResponse response, std::string_view id);

pb::HealthCheckResponse health(int32_t code, std::string_view message = {});
pb::GenerateOTelScriptResponse otel_script(std::string_view script);

/// A cluster as the cloud lists it. The id is dashed UUID text and must be well formed.
struct Cluster {
  std::string id;
  std::string name;
  px::cloudapi::ClusterStatus status = px::cloudapi::CS_HEALTHY;
  std::string vizier_version = "0.14.15";
  int32_t nodes = 3;
  int64_t last_heartbeat_ns = 1'000'000'000;
};
px::cloudapi::GetClusterInfoResponse clusters(const std::vector<Cluster>& all);

}  // namespace pxq::fake
