#include "local/server/encode.h"

namespace pxq::local {
namespace {

namespace pb = px::api::vizierpb;

constexpr int kInvalidArgument = 3;  // google.rpc.Code

struct ColumnEncoder {
  pb::Column& column;

  void operator()(const BooleanColumn& values) const {
    auto* data = column.mutable_boolean_data()->mutable_data();
    data->Reserve(static_cast<int>(values.size()));
    for (const uint8_t value : values) data->AddAlreadyReserved(value != 0);
  }
  void operator()(const Int64Column& values) const {
    column.mutable_int64_data()->mutable_data()->Add(values.begin(), values.end());
  }
  void operator()(const Uint128Column& values) const {
    auto* data = column.mutable_uint128_data();
    for (const Uint128& value : values) {
      auto* item = data->add_data();
      item->set_low(value.low);
      item->set_high(value.high);
    }
  }
  void operator()(const Float64Column& values) const {
    column.mutable_float64_data()->mutable_data()->Add(values.begin(), values.end());
  }
  void operator()(const StringColumn& values) const {
    auto* data = column.mutable_string_data();
    for (const std::string_view value : values) data->add_data(value.data(), value.size());
  }
  void operator()(const Time64Column& values) const {
    auto* data = column.mutable_time64ns_data()->mutable_data();
    data->Reserve(static_cast<int>(values.size()));
    for (const Time64 value : values) data->AddAlreadyReserved(value.ns);
  }
};

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

void encode_batch(const RowBatch& batch, const std::string& table_id, pb::RowBatchData& message) {
  for (const Column& column : batch.columns) std::visit(ColumnEncoder{*message.add_cols()}, column);
  message.set_num_rows(static_cast<int64_t>(batch.num_rows));
  message.set_eow(batch.eow);
  message.set_eos(batch.eos);
  message.set_table_id(table_id);
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
