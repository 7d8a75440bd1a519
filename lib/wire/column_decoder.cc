#include <fmt/format.h>

#include "vizierapi.pb.h"
#include "wire/decoder.h"
#include "wire/wire_reader.h"

// Batches, straight from message bytes into typed vectors. The generated classes allocate per cell
// and take four times as long (docs/performance.md).
namespace pxq::wire {
namespace {

namespace pb = px::api::vizierpb;

// What went wrong inside one column; the caller adds which column it was.
enum class Flaw { kNone, kMalformed, kTooMany };

// The column message's oneof number for each data type; the two enums are ordered differently.
uint32_t oneof_number(DataType type) {
  switch (type) {
    case DataType::kBoolean: return pb::Column::kBooleanDataFieldNumber;
    case DataType::kInt64: return pb::Column::kInt64DataFieldNumber;
    case DataType::kUint128: return pb::Column::kUint128DataFieldNumber;
    case DataType::kFloat64: return pb::Column::kFloat64DataFieldNumber;
    case DataType::kString: return pb::Column::kStringDataFieldNumber;
    case DataType::kTime64Ns: return pb::Column::kTime64NsDataFieldNumber;
    case DataType::kUnknown: break;
  }
  return 0;
}

std::string_view oneof_name(uint32_t number) {
  for (const DataType type : {DataType::kBoolean, DataType::kInt64, DataType::kUint128,
                              DataType::kFloat64, DataType::kString, DataType::kTime64Ns}) {
    if (oneof_number(type) == number) return data_type_name(type);
  }
  return "UNKNOWN";
}

// Appends values while they last and no more than `rows`. `take` reads one value. Scalars may come
// packed (how servers send them) or one field each; both are protobuf.
template <WireType kScalar, typename Vector, typename Take>
Flaw read_scalars(const Bytes& bytes, size_t rows, Vector& values, Take take) {
  WireReader reader(bytes);
  while (reader.next_field()) {
    if (reader.is(1, WireType::kBytes)) {
      WireReader packed(reader.range());
      while (!packed.at_end()) {
        if (values.size() == rows) return Flaw::kTooMany;
        values.push_back(take(packed));
      }
      if (!packed.ok()) return Flaw::kMalformed;
    } else if (reader.is(1, kScalar)) {
      if (values.size() == rows) return Flaw::kTooMany;
      values.push_back(take(reader));
    } else {
      reader.skip();
    }
  }
  return reader.ok() ? Flaw::kNone : Flaw::kMalformed;
}

// Each length is found where the one before it says, so that a miss of the cache holds up all that
// follow: the lines somewhat further on are asked for in time. A prefetch may name any address.
void prefetch_after(std::string_view element) {
  constexpr uintptr_t kAhead = 1024;
  constexpr uintptr_t kLine = 64;
  constexpr uintptr_t kNextHead = 3;  // a tag and a length: ranges are to leave no gaps
  const auto begin = reinterpret_cast<uintptr_t>(element.data()) + kAhead;
  const uintptr_t end = begin + element.size() + kNextHead;
  for (uintptr_t line = (begin + kLine - 1) / kLine * kLine; line < end; line += kLine) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): an address only, perhaps past all pieces
    __builtin_prefetch(reinterpret_cast<const void*>(line));
  }
}

// Appends one value for each length-delimited element.
template <typename Vector, typename Take>
Flaw read_elements(const Bytes& bytes, size_t rows, Vector& values, Take take) {
  WireReader reader(bytes);
  while (reader.next_field()) {
    if (!reader.is(1, WireType::kBytes)) {
      reader.skip();
      continue;
    }
    if (values.size() == rows) return Flaw::kTooMany;
    const std::string_view element = reader.bytes();
    prefetch_after(element);
    if (!reader.ok() || !take(element, values)) return Flaw::kMalformed;
  }
  return reader.ok() ? Flaw::kNone : Flaw::kMalformed;
}

bool take_uint128(std::string_view bytes, Uint128Column& values) {
  WireReader reader(bytes);
  Uint128 value;
  while (reader.next_field()) {
    if (reader.is(pb::UInt128::kLowFieldNumber, WireType::kVarint)) {
      value.low = reader.varint();
    } else if (reader.is(pb::UInt128::kHighFieldNumber, WireType::kVarint)) {
      value.high = reader.varint();
    } else {
      reader.skip();
    }
  }
  values.push_back(value);
  return reader.ok();
}

struct ColumnReader {
  const Bytes& bytes;
  size_t rows;

  Flaw operator()(BooleanColumn& values) const {
    return read_scalars<WireType::kVarint>(bytes, rows, values, [](WireReader& reader) {
      return static_cast<uint8_t>(reader.varint() != 0);
    });
  }
  Flaw operator()(Int64Column& values) const {
    return read_scalars<WireType::kVarint>(bytes, rows, values, [](WireReader& reader) {
      return static_cast<int64_t>(reader.varint());
    });
  }
  Flaw operator()(Time64Column& values) const {
    return read_scalars<WireType::kVarint>(bytes, rows, values, [](WireReader& reader) {
      return Time64{static_cast<int64_t>(reader.varint())};
    });
  }
  Flaw operator()(Float64Column& values) const {
    return read_scalars<WireType::kFixed64>(bytes, rows, values, [](WireReader& reader) {
      return std::bit_cast<double>(reader.fixed64());
    });
  }
  Flaw operator()(Uint128Column& values) const {
    return read_elements(bytes, rows, values, take_uint128);
  }
  Flaw operator()(StringColumn& values) const {
    return read_elements(bytes, rows, values, [](std::string_view cell, StringColumn& to) {
      to.push_back(cell);
      return true;
    });
  }
};

Status column_error(const Schema& schema, size_t index, std::string_view what) {
  return {Code::kIncomplete, fmt::format("column '{}' of table '{}' {}", schema.columns[index].name,
                                         schema.name, what)};
}

Status read_column(const Bytes& bytes, const Schema& schema, size_t index, size_t rows,
                   Column& column) {
  // Room for the whole batch at once: check_shape() has bounded its rows.
  std::visit([&](auto& values) { values.clear(), values.reserve(rows); }, column);
  const DataType type = schema.columns[index].type;
  WireReader reader(bytes);
  uint32_t seen = 0;
  while (reader.next_field()) {
    if (reader.type() != WireType::kBytes) {
      reader.skip();
      continue;
    }
    seen = reader.field();
    const Bytes data = reader.range();
    if (seen != oneof_number(type)) {
      return column_error(schema, index,
                          fmt::format("was announced as {} and arrived as {}", data_type_name(type),
                                      oneof_name(seen)));
    }
    const Flaw flaw = std::visit(ColumnReader{data, rows}, column);
    if (flaw == Flaw::kMalformed) return column_error(schema, index, "cannot be decoded");
    if (flaw == Flaw::kTooMany) {
      return column_error(schema, index,
                          fmt::format("has more values than the {} rows of its batch", rows));
    }
  }
  if (!reader.ok()) return column_error(schema, index, "cannot be decoded");
  if (seen == 0) {
    return column_error(schema, index,
                        "has no data of a known type; a newer server needs a newer pxq");
  }
  if (const size_t size = column_size(column); size != rows) {
    return column_error(schema, index,
                        fmt::format("has {} values in a batch of {} rows", size, rows));
  }
  return {};
}

size_t cell_bytes(DataType type) {
  switch (type) {
    case DataType::kBoolean: return 1;
    case DataType::kUint128:
    // A string cell is a view into the message: a pointer and a length.
    case DataType::kString: return 16;
    default: return 8;
  }
}

// Nothing is allocated by a number that the server names before that number is bounded here.
Status check_shape(const EncodedBatch& encoded, const Schema& schema, const DecodeLimits& limits) {
  if (encoded.num_rows < 0) {
    return {Code::kIncomplete,
            fmt::format("a batch of table '{}' claims {} rows", schema.name, encoded.num_rows)};
  }
  const bool closing = encoded.columns.empty() && encoded.num_rows == 0;  // as some fakes end
  if (encoded.columns.size() != schema.columns.size() && !closing) {
    return {Code::kIncomplete,
            fmt::format("a batch of table '{}' has {} columns; {} were announced", schema.name,
                        encoded.columns.size(), schema.columns.size())};
  }
  if (schema.columns.empty() && encoded.num_rows != 0) {
    return {Code::kIncomplete, fmt::format("a batch of table '{}' has {} rows and no columns",
                                           schema.name, encoded.num_rows)};
  }
  size_t row_bytes = 0;
  for (const ColumnInfo& column : schema.columns) row_bytes += cell_bytes(column.type);
  if (row_bytes != 0 && static_cast<uint64_t>(encoded.num_rows) > limits.batch_bytes / row_bytes) {
    return {Code::kLimit, fmt::format("a batch of table '{}' claims {} rows; decoded they would "
                                      "exceed the limit of {} MiB",
                                      schema.name, encoded.num_rows, limits.batch_bytes >> 20)};
  }
  return {};
}

void shape_like(const Schema& schema, RowBatch& batch) {
  batch.columns.resize(schema.columns.size());
  for (size_t i = 0; i < schema.columns.size(); ++i) {
    if (column_type(batch.columns[i]) != schema.columns[i].type) {
      batch.columns[i] = make_column(schema.columns[i].type);
    }
  }
}

}  // namespace

Result<EncodedBatch> decode_envelope(const Bytes& bytes, const DecodeLimits& limits) {
  EncodedBatch batch;
  batch.bytes = bytes.size();
  WireReader reader(bytes);
  while (reader.next_field()) {
    if (reader.is(pb::RowBatchData::kColsFieldNumber, WireType::kBytes)) {
      if (batch.columns.size() == limits.columns) {
        return Status(Code::kLimit,
                      fmt::format("a batch has more than {} columns", limits.columns));
      }
      batch.columns.push_back(reader.range());
    } else if (reader.is(pb::RowBatchData::kNumRowsFieldNumber, WireType::kVarint)) {
      batch.num_rows = static_cast<int64_t>(reader.varint());
    } else if (reader.is(pb::RowBatchData::kEowFieldNumber, WireType::kVarint)) {
      batch.eow = reader.varint() != 0;
    } else if (reader.is(pb::RowBatchData::kEosFieldNumber, WireType::kVarint)) {
      batch.eos = reader.varint() != 0;
    } else if (reader.is(pb::RowBatchData::kTableIdFieldNumber, WireType::kBytes)) {
      batch.table_id = reader.bytes();
    } else {
      reader.skip();
    }
  }
  if (!reader.ok()) {
    return Status(Code::kIncomplete, "the server sent a malformed message (row batch)");
  }
  return batch;
}

Status decode_columns(const EncodedBatch& encoded, const Schema& schema, const DecodeLimits& limits,
                      RowBatch& batch) {
  if (Status status = check_shape(encoded, schema, limits); !status.ok()) return status;
  shape_like(schema, batch);
  const auto rows = static_cast<size_t>(encoded.num_rows);
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    // Such a batch only ends its table, so it counts as one without rows.
    if (encoded.columns.empty()) {
      std::visit([](auto& values) { values.clear(); }, batch.columns[i]);
    } else if (Status status = read_column(encoded.columns[i], schema, i, rows, batch.columns[i]);
               !status.ok()) {
      return status;
    }
  }
  batch.num_rows = rows;
  batch.eow = encoded.eow;
  batch.eos = encoded.eos;
  return {};
}

}  // namespace pxq::wire
