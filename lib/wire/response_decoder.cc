#include <fmt/format.h>

#include <utility>

#include "vizierapi.pb.h"
#include "wire/decoder.h"
#include "wire/wire_reader.h"

// The envelope of a response is read by hand, so that rows are never copied; the small messages in
// it go through the generated classes.
namespace pxq::wire {
namespace {

namespace pb = px::api::vizierpb;

Status malformed(std::string_view what) {
  return {Code::kIncomplete, fmt::format("the server sent a malformed message ({})", what)};
}

template <typename Message>
bool parse(std::string_view bytes, Message& message) {
  return bytes.size() <= INT32_MAX &&
         message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

InBandStatus to_status(const pb::Status& from, const DecodeLimits& limits) {
  InBandStatus status{from.code(), from.message(), {}};
  for (const auto& detail : from.error_details()) {
    if (status.details.size() == limits.details) break;
    if (!detail.has_compiler_error()) continue;
    const auto& error = detail.compiler_error();
    status.details.push_back({error.message(), {{}, error.line(), error.column()}, {}});
  }
  return status;
}

Result<Schema> to_schema(const pb::QueryMetadata& from, const DecodeLimits& limits) {
  Schema schema{from.name(), from.id(), {}};
  const auto count = static_cast<size_t>(from.relation().columns_size());
  if (count > limits.columns) {
    return Status(Code::kLimit, fmt::format("table '{}' has {} columns; the limit is {}",
                                            schema.name, count, limits.columns));
  }
  schema.columns.reserve(count);
  for (const auto& column : from.relation().columns()) {
    const auto type = static_cast<DataType>(column.column_type());
    if (type <= DataType::kUnknown || type > DataType::kTime64Ns) {
      return Status(Code::kIncomplete,
                    fmt::format("column '{}' of table '{}' has data type {}, which is not known",
                                column.column_name(), schema.name, column.column_type()),
                    "a newer server needs a newer pxq");
    }
    schema.columns.push_back({column.column_name(), type,
                              static_cast<SemanticType>(column.column_semantic_type()),
                              column.column_desc()});
  }
  return schema;
}

ExecutionStats to_stats(const pb::QueryExecutionStats& from) {
  return {from.timing().execution_time_ns(), from.timing().compilation_time_ns(),
          from.bytes_processed(), from.records_processed()};
}

MutationInfo to_mutation(const pb::MutationInfo& from, const DecodeLimits& limits) {
  MutationInfo info{to_status(from.status(), limits), {}};
  for (const auto& state : from.states()) {
    info.probes.push_back(
        {state.id(), state.name(), static_cast<ProbeState::State>(state.state())});
  }
  return info;
}

Status read_metadata(std::string_view bytes, const DecodeLimits& limits, Response& response) {
  pb::QueryMetadata message;
  if (!parse(bytes, message)) return malformed("table metadata");
  Result<Schema> schema = to_schema(message, limits);
  if (!schema.ok()) return schema.status();
  response.metadata = *std::move(schema);
  return {};
}

Status read_data(std::string_view bytes, const DecodeLimits& limits, Response& response) {
  WireReader reader(bytes);
  while (reader.next_field()) {
    if (reader.is(pb::QueryData::kBatchFieldNumber, WireType::kBytes)) {
      if (response.batch) return malformed("two batches in one");
      Result<EncodedBatch> batch = decode_envelope(reader.bytes(), limits);
      if (!batch.ok()) return batch.status();
      response.batch = *std::move(batch);
    } else if (reader.is(pb::QueryData::kExecutionStatsFieldNumber, WireType::kBytes)) {
      pb::QueryExecutionStats stats;
      if (!parse(reader.bytes(), stats)) return malformed("execution stats");
      response.stats = to_stats(stats);
    } else if (reader.is(pb::QueryData::kEncryptedBatchFieldNumber, WireType::kBytes)) {
      response.encrypted_batch = reader.bytes();
    } else {
      reader.skip();
    }
  }
  return reader.ok() ? Status() : malformed("query data");
}

Status read_field(WireReader& reader, const DecodeLimits& limits, Response& response) {
  switch (reader.field()) {
    case pb::ExecuteScriptResponse::kStatusFieldNumber: {
      pb::Status status;
      if (!parse(reader.bytes(), status)) return malformed("status");
      response.status = to_status(status, limits);
      return {};
    }
    case pb::ExecuteScriptResponse::kQueryIdFieldNumber:
      response.query_id = reader.bytes();
      return {};
    case pb::ExecuteScriptResponse::kDataFieldNumber:
      return read_data(reader.bytes(), limits, response);
    case pb::ExecuteScriptResponse::kMetaDataFieldNumber:
      return read_metadata(reader.bytes(), limits, response);
    case pb::ExecuteScriptResponse::kMutationInfoFieldNumber: {
      pb::MutationInfo info;
      if (!parse(reader.bytes(), info)) return malformed("mutation info");
      response.mutation = to_mutation(info, limits);
      return {};
    }
    default: reader.skip(); return {};
  }
}

}  // namespace

Result<Response> decode_response(std::string_view message, const DecodeLimits& limits) {
  Response response;
  WireReader reader(message);
  while (reader.next_field()) {
    if (reader.type() != WireType::kBytes) {
      reader.skip();
    } else if (Status status = read_field(reader, limits, response); !status.ok()) {
      return status;
    }
  }
  if (!reader.ok()) return malformed("response");
  return response;
}

}  // namespace pxq::wire
