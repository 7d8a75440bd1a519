#include <fmt/format.h>

#include <utility>

#include "vizierapi.pb.h"
#include "wire/decoder.h"
#include "wire/wire_reader.h"

// The envelope of a response is read by hand, so that rows are not copied; the small messages in
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

size_t column_count(std::string_view metadata) {
  size_t count = 0;
  WireReader reader(metadata);
  while (reader.next_field()) {
    if (reader.is(pb::QueryMetadata::kRelationFieldNumber, WireType::kBytes)) {
      count += count_fields(reader.bytes(), pb::Relation::kColumnsFieldNumber);
    } else {
      reader.skip();
    }
  }
  return count;
}

bool read_compiler_error(std::string_view bytes, Diagnostic& diagnostic) {
  WireReader reader(bytes);
  while (reader.next_field()) {
    if (reader.is(pb::CompilerError::kLineFieldNumber, WireType::kVarint)) {
      diagnostic.where.line = reader.varint();
    } else if (reader.is(pb::CompilerError::kColumnFieldNumber, WireType::kVarint)) {
      diagnostic.where.column = reader.varint();
    } else if (reader.is(pb::CompilerError::kMessageFieldNumber, WireType::kBytes)) {
      diagnostic.message = reader.bytes();
    } else {
      reader.skip();
    }
  }
  return reader.ok();
}

bool read_detail(std::string_view bytes, InBandStatus& status) {
  WireReader reader(bytes);
  while (reader.next_field()) {
    if (reader.is(pb::ErrorDetails::kCompilerErrorFieldNumber, WireType::kBytes)) {
      if (!read_compiler_error(reader.bytes(), status.details.emplace_back())) return false;
    } else {
      reader.skip();
    }
  }
  return reader.ok();
}

// By hand, because a status may hold more details than there is room for.
bool read_status(std::string_view bytes, const DecodeLimits& limits, InBandStatus& status) {
  WireReader reader(bytes);
  while (reader.next_field()) {
    if (reader.is(pb::Status::kCodeFieldNumber, WireType::kVarint)) {
      status.code = static_cast<int32_t>(reader.varint());
    } else if (reader.is(pb::Status::kMessageFieldNumber, WireType::kBytes)) {
      status.message = reader.bytes();
    } else if (reader.is(pb::Status::kErrorDetailsFieldNumber, WireType::kBytes)) {
      const std::string_view detail = reader.bytes();
      if (status.details.size() >= limits.details) continue;
      if (!read_detail(detail, status)) return false;
    } else {
      reader.skip();
    }
  }
  return reader.ok();
}

bool read_probe(std::string_view bytes, ProbeState& probe) {
  WireReader reader(bytes);
  while (reader.next_field()) {
    if (reader.is(pb::MutationInfo::MutationState::kIdFieldNumber, WireType::kBytes)) {
      probe.id = reader.bytes();
    } else if (reader.is(pb::MutationInfo::MutationState::kNameFieldNumber, WireType::kBytes)) {
      probe.name = reader.bytes();
    } else if (reader.is(pb::MutationInfo::MutationState::kStateFieldNumber, WireType::kVarint)) {
      probe.state = static_cast<ProbeState::State>(reader.varint());
    } else {
      reader.skip();
    }
  }
  return reader.ok();
}

bool read_mutation(std::string_view bytes, const DecodeLimits& limits, MutationInfo& info) {
  WireReader reader(bytes);
  while (reader.next_field()) {
    if (reader.is(pb::MutationInfo::kStatusFieldNumber, WireType::kBytes)) {
      if (!read_status(reader.bytes(), limits, info.status)) return false;
    } else if (reader.is(pb::MutationInfo::kStatesFieldNumber, WireType::kBytes)) {
      const std::string_view probe = reader.bytes();
      if (info.probes.size() >= limits.details) continue;
      if (!read_probe(probe, info.probes.emplace_back())) return false;
    } else {
      reader.skip();
    }
  }
  return reader.ok();
}

Result<Schema> to_schema(const pb::QueryMetadata& from) {
  Schema schema{from.name(), from.id(), {}};
  schema.columns.reserve(static_cast<size_t>(from.relation().columns_size()));
  for (const auto& column : from.relation().columns()) {
    const auto type = static_cast<DataType>(column.column_type());
    if (type <= DataType::kUnknown || type > DataType::kTime64Ns) {
      return Status(
          Code::kIncomplete,
          fmt::format("column '{}' of table '{}' has data type {}, which is not known",
                      column.column_name(), schema.name, static_cast<int>(column.column_type())),
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

Status read_metadata(std::string_view bytes, const DecodeLimits& limits, Response& response) {
  if (const size_t count = column_count(bytes); count > limits.columns) {
    return {Code::kLimit,
            fmt::format("a table has {} columns; the limit is {}", count, limits.columns)};
  }
  pb::QueryMetadata message;
  if (!parse(bytes, message)) return malformed("table metadata");
  Result<Schema> schema = to_schema(message);
  if (!schema.ok()) return schema.status();
  response.metadata = *std::move(schema);
  return {};
}

Status read_data(const Bytes& bytes, const DecodeLimits& limits, Response& response) {
  WireReader reader(bytes);
  while (reader.next_field()) {
    if (reader.is(pb::QueryData::kBatchFieldNumber, WireType::kBytes)) {
      // By protobuf's rules a second one would be merged into the first, and rows would be lost in
      // it.
      if (response.batch) return malformed("two batches in one");
      Result<EncodedBatch> batch = decode_envelope(reader.range(), limits);
      if (!batch.ok()) return batch.status();
      response.batch = *std::move(batch);
    } else if (reader.is(pb::QueryData::kExecutionStatsFieldNumber, WireType::kBytes)) {
      pb::QueryExecutionStats stats;
      if (!parse(reader.bytes(), stats)) return malformed("execution stats");
      response.stats = to_stats(stats);
    } else if (reader.is(pb::QueryData::kEncryptedBatchFieldNumber, WireType::kBytes)) {
      if (response.encrypted_batch) return malformed("two encrypted batches in one");
      response.encrypted_batch = reader.range();
    } else {
      reader.skip();
    }
  }
  return reader.ok() ? Status() : malformed("query data");
}

Status read_field(WireReader& reader, const DecodeLimits& limits, Response& response) {
  switch (reader.field()) {
    case pb::ExecuteScriptResponse::kStatusFieldNumber: {
      response.status.emplace();
      return read_status(reader.bytes(), limits, *response.status) ? Status() : malformed("status");
    }
    case pb::ExecuteScriptResponse::kQueryIdFieldNumber:
      response.query_id = reader.bytes();
      return {};
    case pb::ExecuteScriptResponse::kDataFieldNumber:
      return read_data(reader.range(), limits, response);
    case pb::ExecuteScriptResponse::kMetaDataFieldNumber:
      return read_metadata(reader.bytes(), limits, response);
    case pb::ExecuteScriptResponse::kMutationInfoFieldNumber: {
      response.mutation.emplace();
      return read_mutation(reader.bytes(), limits, *response.mutation) ? Status()
                                                                       : malformed("mutation info");
    }
    default: reader.skip(); return {};
  }
}

}  // namespace

std::optional<Bytes> find_encrypted_batch(const Bytes& message) {
  WireReader reader(message);
  while (reader.next_field()) {
    if (!reader.is(pb::ExecuteScriptResponse::kDataFieldNumber, WireType::kBytes)) {
      reader.skip();
      continue;
    }
    WireReader data(reader.range());
    while (data.next_field()) {
      if (data.is(pb::QueryData::kEncryptedBatchFieldNumber, WireType::kBytes)) return data.range();
      data.skip();
    }
  }
  return std::nullopt;
}

Result<Response> decode_response(const Bytes& message, const DecodeLimits& limits) {
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
