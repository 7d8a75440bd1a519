#include "local/snapshot/column_bytes.h"

#include <bit>

#include "local/snapshot/format.h"

namespace pxq::local::snapshot {
namespace {

struct Writer {
  std::string& bytes;
  uint64_t last = 0;  // time_ of the row before

  void cell(uint8_t value) { bytes += static_cast<char>(value); }
  void cell(int64_t value) { put_integer(bytes, static_cast<uint64_t>(value), 8); }
  void cell(const Uint128& value) {
    put_integer(bytes, value.high, 8);
    put_integer(bytes, value.low, 8);
  }
  void cell(double value) { put_integer(bytes, std::bit_cast<uint64_t>(value), 8); }
  // Steps from row to row are small, and pack well.
  void cell(Time64 value) {
    const auto time = static_cast<uint64_t>(value.ns);
    put_integer(bytes, time - last, 8);
    last = time;
  }
};

void write_texts(std::span<const RowBatch> batches, size_t column, std::string& bytes) {
  for (const RowBatch& batch : batches) {
    for (const std::string_view text : std::get<StringColumn>(batch.columns[column])) {
      put_integer(bytes, text.size(), 4);
    }
  }
  for (const RowBatch& batch : batches) {
    for (const std::string_view text : std::get<StringColumn>(batch.columns[column])) {
      bytes += text;
    }
  }
}

Status wrong_size() { return {Code::kIncomplete, "a column of it has another size than its rows"}; }

/// Fixed-size cells.
template <typename Cell, size_t kBytes, typename Read>
Result<Column> read_cells(std::string_view bytes, size_t rows, const Read& read) {
  if (bytes.size() != rows * kBytes) return wrong_size();
  std::vector<Cell> cells(rows);
  for (size_t row = 0; row < rows; ++row) cells[row] = read(row * kBytes);
  return Column(std::move(cells));
}

Result<Column> read_texts(std::string_view bytes, size_t rows) {
  if (bytes.size() < rows * 4) return wrong_size();
  StringColumn texts(rows);
  size_t at = rows * 4;
  for (size_t row = 0; row < rows; ++row) {
    const size_t size = get_integer(bytes, row * 4, 4);
    if (bytes.size() - at < size) return wrong_size();
    texts[row] = bytes.substr(at, size);
    at += size;
  }
  if (at != bytes.size()) return wrong_size();
  return Column(std::move(texts));
}

}  // namespace

std::string column_bytes(std::span<const RowBatch> batches, size_t column) {
  std::string bytes;
  if (batches.empty()) return bytes;
  if (std::holds_alternative<StringColumn>(batches.front().columns[column])) {
    write_texts(batches, column, bytes);
    return bytes;
  }
  Writer writer{bytes};
  for (const RowBatch& batch : batches) {
    std::visit(
        [&writer](const auto& values) {
          if constexpr (requires { writer.cell(values[0]); }) {
            for (const auto& value : values) writer.cell(value);
          }
        },
        batch.columns[column]);
  }
  return bytes;
}

Result<Column> read_column(std::string_view bytes, DataType type, size_t rows) {
  const auto whole = [bytes](size_t at) { return get_integer(bytes, at, 8); };
  uint64_t time = 0;
  switch (type) {
    case DataType::kBoolean:
      return read_cells<uint8_t, 1>(
          bytes, rows, [bytes](size_t at) -> uint8_t { return bytes[at] == 0 ? 0 : 1; });
    case DataType::kInt64:
      return read_cells<int64_t, 8>(bytes, rows,
                                    [&](size_t at) { return static_cast<int64_t>(whole(at)); });
    case DataType::kUint128:
      return read_cells<Uint128, 16>(bytes, rows, [&](size_t at) {
        return Uint128{whole(at), whole(at + 8)};
      });
    case DataType::kFloat64:
      return read_cells<double, 8>(bytes, rows,
                                   [&](size_t at) { return std::bit_cast<double>(whole(at)); });
    case DataType::kTime64Ns:
      return read_cells<Time64, 8>(bytes, rows, [&](size_t at) {
        time += whole(at);
        return Time64{static_cast<int64_t>(time)};
      });
    case DataType::kString: return read_texts(bytes, rows);
    case DataType::kUnknown: break;
  }
  return Status(Code::kIncomplete, "a column of it has a type that is not known");
}

}  // namespace pxq::local::snapshot
