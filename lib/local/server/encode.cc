#include "local/server/encode.h"

#include <type_traits>
#include <vector>

#include "wire/wire_writer.h"

namespace pxq::local {
namespace {

namespace pb = px::api::vizierpb;

using wire::bytes_size;
using wire::varint_size;
using wire::WireWriter;

constexpr int kInvalidArgument = 3;  // google.rpc.Code

constexpr uint32_t kValues = 1;  // the field of them in the message of every type

uint64_t bits(int64_t value) { return static_cast<uint64_t>(value); }
uint64_t bits(Time64 value) { return static_cast<uint64_t>(value.ns); }

size_t size_of(const Uint128& value) {
  return (value.low == 0 ? 0 : 1 + varint_size(value.low)) +
         (value.high == 0 ? 0 : 1 + varint_size(value.high));
}

/// What is there to know of a type of column: where it stands in pb::Column, whether its values
/// are packed, all behind one head, how many bytes one takes, and how it is written.
template <typename Values>
struct Encoding;

template <typename Values, uint32_t kNumber>
struct VarintEncoding {
  static constexpr uint32_t kField = kNumber;
  static constexpr bool kPacked = true;
  static size_t size(const auto& value) { return varint_size(bits(value)); }
  static void write(const auto& value, WireWriter& to) { to.varint(bits(value)); }
};
template <>
struct Encoding<Int64Column> : VarintEncoding<Int64Column, pb::Column::kInt64DataFieldNumber> {};
template <>
struct Encoding<Time64Column> : VarintEncoding<Time64Column, pb::Column::kTime64NsDataFieldNumber> {
};
template <>
struct Encoding<BooleanColumn> {
  static constexpr uint32_t kField = pb::Column::kBooleanDataFieldNumber;
  static constexpr bool kPacked = true;
  static size_t size(uint8_t) { return 1; }
  static void write(uint8_t value, WireWriter& to) { to.varint(value != 0 ? 1 : 0); }
};
template <>
struct Encoding<Float64Column> {
  static constexpr uint32_t kField = pb::Column::kFloat64DataFieldNumber;
  static constexpr bool kPacked = true;
  static size_t size(double) { return sizeof(double); }
  static void write(double value, WireWriter& to) { to.raw(&value, sizeof value); }
};
template <>
struct Encoding<Uint128Column> {
  static constexpr uint32_t kField = pb::Column::kUint128DataFieldNumber;
  static constexpr bool kPacked = false;
  static size_t size(const Uint128& value) { return bytes_size(size_of(value)); }
  static void write(const Uint128& value, WireWriter& to) {
    to.begin(kValues, size_of(value));
    if (value.low != 0) to.number(pb::UInt128::kLowFieldNumber, value.low);
    if (value.high != 0) to.number(pb::UInt128::kHighFieldNumber, value.high);
  }
};
template <>
struct Encoding<StringColumn> {
  static constexpr uint32_t kField = pb::Column::kStringDataFieldNumber;
  static constexpr bool kPacked = false;
  static size_t size(std::string_view value) { return bytes_size(value.size()); }
  static void write(std::string_view value, WireWriter& to) { to.bytes(kValues, value); }
};

template <typename Values>
using EncodingOf = Encoding<std::remove_cvref_t<Values>>;

/// The bytes of all values, without the head of packed ones.
size_t content_size(const Column& column) {
  return std::visit(
      [](const auto& values) {
        size_t size = 0;
        for (const auto& value : values) size += EncodingOf<decltype(values)>::size(value);
        return size;
      },
      column);
}

bool is_packed(const Column& column) {
  return std::visit([](const auto& values) { return EncodingOf<decltype(values)>::kPacked; },
                    column);
}

/// The message of the column's type, with values of so many bytes.
size_t data_size(const Column& column, size_t content) {
  return is_packed(column) && content != 0 ? bytes_size(content) : content;
}

void write_column(const Column& column, size_t content, WireWriter& to) {
  const size_t data = data_size(column, content);
  to.begin(pb::RowBatchData::kColsFieldNumber, bytes_size(data));
  std::visit(
      [&](const auto& values) {
        using Its = EncodingOf<decltype(values)>;
        to.begin(Its::kField, data);
        if (Its::kPacked && content != 0) to.begin(kValues, content);
        // A copy that stays in registers: what is written could be the writer itself.
        WireWriter writer = to;
        for (const auto& value : values) Its::write(value, writer);
        to = writer;
      },
      column);
}

}  // namespace

pb::QueryMetadata encode_metadata(const Plan::Sink& sink, const std::string& id) {
  pb::QueryMetadata metadata;
  metadata.set_name(sink.table);
  metadata.set_id(id);
  for (const ColumnInfo& from : sink.input->relation) {
    auto* column = metadata.mutable_relation()->add_columns();
    column->set_column_name(from.name);
    column->set_column_desc(from.description);
    // Both enums are numbered alike.
    column->set_column_type(static_cast<pb::DataType>(from.type));
    column->set_column_semantic_type(static_cast<pb::SemanticType>(from.semantic));
  }
  return metadata;
}

QueryMessage encode_response(const pb::ExecuteScriptResponse& response) {
  QueryMessage message;
  message.bytes = grpc::Slice(response.SerializeAsString());
  if (response.has_meta_data()) message.announced = response.meta_data();
  return message;
}

QueryMessage encode_batch(const RowBatch& batch, const std::string& table_id,
                          const std::string& query_id) {
  QueryMessage message;
  message.table_id = table_id;
  message.ends_table = batch.eos;
  std::vector<size_t> contents;
  for (const Column& column : batch.columns) {
    const size_t content = contents.emplace_back(content_size(column));
    message.batch_bytes += bytes_size(bytes_size(data_size(column, content)));
  }
  if (batch.num_rows != 0) message.batch_bytes += 1 + varint_size(batch.num_rows);
  message.batch_bytes +=
      (batch.eow ? 2U : 0U) + (batch.eos ? 2U : 0U) + bytes_size(table_id.size());
  const size_t data = bytes_size(message.batch_bytes);
  const size_t size = bytes_size(query_id.size()) + bytes_size(data);

  message.bytes = grpc::Slice(size);
  // Nobody else has it yet.
  WireWriter to(reinterpret_cast<char*>(const_cast<uint8_t*>(message.bytes.begin())));
  to.bytes(pb::ExecuteScriptResponse::kQueryIdFieldNumber, query_id);
  to.begin(pb::ExecuteScriptResponse::kDataFieldNumber, data);
  to.begin(pb::QueryData::kBatchFieldNumber, message.batch_bytes);
  for (size_t i = 0; i < contents.size(); ++i) write_column(batch.columns[i], contents[i], to);
  // What is zero is not written, as protobuf has it.
  if (batch.num_rows != 0) to.number(pb::RowBatchData::kNumRowsFieldNumber, batch.num_rows);
  if (batch.eow) to.number(pb::RowBatchData::kEowFieldNumber, 1);
  if (batch.eos) to.number(pb::RowBatchData::kEosFieldNumber, 1);
  to.bytes(pb::RowBatchData::kTableIdFieldNumber, table_id);
#if defined(__SANITIZE_THREAD__)
  // A client in this process gets these very bytes, by locks of gRPC's that the sanitizer does not
  // see; what gRPC itself has copied it does not watch.
  message.bytes = grpc::Slice(message.bytes.begin(), message.bytes.size());
#endif
  return message;
}

pb::Status encode_errors(const CompileResult& result) {
  pb::Status status;
  status.set_code(kInvalidArgument);
  status.set_message(result.status_message);
  for (const CompileError& error : result.errors) {
    if (!error.has_position) {
      // A detail with line 0 would mean an argument (docs/wire.md, Errors), so what has no place
      // stands in the text.
      if (status.message().empty()) status.set_message(error.message);
      continue;
    }
    auto* detail = status.add_error_details()->mutable_compiler_error();
    detail->set_line(error.line);
    detail->set_column(error.column);
    detail->set_message(error.message);
  }
  return status;
}

}  // namespace pxq::local
