#include "local/snapshot/column_bytes.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "local/snapshot/byte_planes.h"
#include "local/snapshot/distinct.h"

namespace pxq::local::snapshot {
namespace {

constexpr size_t kShortNumbers = 256;  // so many values are numbered by a byte

/// How a column's values are kept, its first byte.
enum Form : char { kPlain = 0, kDictionary = 1, kPlanes = 2 };

template <typename Value>
void put(TextBuffer& to, const Value& value) {
  static_assert(std::endian::native == std::endian::little);  // the order in the file
  to.append({reinterpret_cast<const char*>(&value), sizeof value});
}

template <typename Cell>
using Pieces = std::span<const std::span<const Cell>>;

/// Writes cells at `at`, and gives the place behind them.
template <typename Cell>
char* put_cells(char* at, std::span<const Cell> cells, uint64_t& /*last*/) {
  if (!cells.empty()) std::memcpy(at, cells.data(), cells.size_bytes());
  return at + cells.size_bytes();
}

// Steps from row to row are small, and pack well.
char* put_cells(char* at, std::span<const Time64> cells, uint64_t& last) {
  for (const Time64 cell : cells) {
    const auto time = static_cast<uint64_t>(cell.ns);
    const uint64_t step = time - last;
    std::memcpy(at, &step, sizeof step);
    at += sizeof step;
    last = time;
  }
  return at;
}

/// The values of several pieces of a column as if they were one.
template <typename Cell>
void put_plain(TextBuffer& to, Pieces<Cell> pieces) {
  size_t count = 0;
  for (const auto cells : pieces) count += cells.size();
  char* at = to.reserve(count * sizeof(Cell));
  uint64_t last = 0;
  for (const auto cells : pieces) at = put_cells(at, cells, last);
  to.advance_to(at);
}

void put_plain(TextBuffer& to, Pieces<std::string_view> pieces) {
  size_t count = 0;
  for (const auto texts : pieces) {
    for (const std::string_view text : texts) count += sizeof(uint32_t) + text.size();
  }
  // All room at once: growing would copy what may be many MiB.
  char* at = to.reserve(count);
  for (const auto texts : pieces) {
    for (const std::string_view text : texts) {
      const auto size = static_cast<uint32_t>(text.size());
      std::memcpy(at, &size, sizeof size);
      at += sizeof size;
    }
  }
  for (const auto texts : pieces) {
    for (const std::string_view text : texts) {
      if (!text.empty()) std::memcpy(at, text.data(), text.size());
      at += text.size();
    }
  }
  to.advance_to(at);
}

/// Each value once, and which one each row has, where that is shorter; else nothing.
template <typename Cell>
bool put_dictionary(TextBuffer& to, Pieces<Cell> pieces) {
  size_t rows = 0;
  for (const auto cells : pieces) rows += cells.size();
  Distinct<Cell> distinct(rows);
  for (const auto cells : pieces) {
    for (const Cell& cell : cells) {
      if (!distinct.add(cell)) return false;
    }
  }
  const size_t values = distinct.cells().size();
  const std::vector<uint16_t>& numbers = distinct.numbers();
  if (values * 2 > numbers.size()) return false;
  to.push_back(kDictionary);
  put(to, static_cast<uint32_t>(values));
  char* at = to.reserve(numbers.size() * sizeof(uint16_t));
  for (const uint16_t number : numbers) {
    *at++ = static_cast<char>(number);
    if (values > kShortNumbers) *at++ = static_cast<char>(number >> 8);
  }
  to.advance_to(at);
  const std::span<const Cell> all = distinct.cells();
  put_plain(to, Pieces<Cell>(&all, 1));
  return true;
}

/// Whether values are numbers of eight bytes, whose upper ones are often the same.
template <typename Cell>
constexpr bool kHasPlanes =
    std::is_same_v<Cell, int64_t> || std::is_same_v<Cell, double> || std::is_same_v<Cell, Time64>;

template <typename Cell>
void put_planes(TextBuffer& to, Pieces<Cell> pieces) {
  static thread_local TextBuffer words;
  words.clear();
  put_plain(words, pieces);
  char* const at = to.reserve(words.size());
  to_planes(words.data(), words.size() / sizeof(Cell), at);
  to.advance(words.size());
}

template <typename Cell>
void put_pieces(TextBuffer& to, Pieces<Cell> pieces) {
  if constexpr (std::is_same_v<Cell, int64_t> || std::is_same_v<Cell, Uint128> ||
                std::is_same_v<Cell, std::string_view>) {
    if (put_dictionary(to, pieces)) return;
  }
  to.push_back(kHasPlanes<Cell> ? kPlanes : kPlain);
  if constexpr (kHasPlanes<Cell>) {
    put_planes(to, pieces);
  } else {
    put_plain(to, pieces);
  }
}

Status wrong_size() { return {Code::kIncomplete, "a column of it has another size than its rows"}; }

/// Cells that lie in memory as they do in the file, whose order of bytes is that of the machine.
template <typename Cell>
Result<Column> read_cells(std::string_view bytes, size_t rows) {
  static_assert(std::endian::native == std::endian::little);
  if (bytes.size() != rows * sizeof(Cell)) return wrong_size();
  std::vector<Cell> cells(rows);
  if (rows > 0) std::memcpy(cells.data(), bytes.data(), bytes.size());
  return Column(std::move(cells));
}

template <typename Cell>
Result<Column> read_planes(std::string_view bytes, size_t rows) {
  static_assert(sizeof(Cell) == sizeof(uint64_t));
  if (bytes.size() != rows * sizeof(Cell)) return wrong_size();
  std::vector<Cell> cells(rows);
  from_planes(bytes.data(), rows, reinterpret_cast<char*>(cells.data()));
  return Column(std::move(cells));
}

Result<Column> read_booleans(std::string_view bytes, size_t rows) {
  if (bytes.size() != rows) return wrong_size();
  BooleanColumn cells(rows);
  for (size_t row = 0; row < rows; ++row) cells[row] = bytes[row] == 0 ? 0 : 1;
  return Column(std::move(cells));
}

/// Times from their steps.
Result<Column> summed(Result<Column> steps) {
  if (!steps.ok()) return steps;
  uint64_t time = 0;
  for (Time64& cell : std::get<Time64Column>(*steps)) {
    time += static_cast<uint64_t>(cell.ns);
    cell.ns = static_cast<int64_t>(time);
  }
  return steps;
}

Result<Column> read_texts(std::string_view bytes, size_t rows) {
  if (bytes.size() < rows * 4) return wrong_size();
  StringColumn texts(rows);
  size_t at = rows * 4;
  for (size_t row = 0; row < rows; ++row) {
    uint32_t size = 0;
    std::memcpy(&size, bytes.data() + row * sizeof size, sizeof size);
    if (bytes.size() - at < size) return wrong_size();
    texts[row] = std::string_view(bytes.data() + at, size);
    at += size;
  }
  if (at != bytes.size()) return wrong_size();
  return Column(std::move(texts));
}

}  // namespace

Result<Column> read_plain_column(std::string_view bytes, DataType type, size_t rows) {
  switch (type) {
    case DataType::kBoolean: return read_booleans(bytes, rows);
    case DataType::kInt64: return read_cells<int64_t>(bytes, rows);
    case DataType::kUint128: return read_cells<Uint128>(bytes, rows);
    case DataType::kFloat64: return read_cells<double>(bytes, rows);
    case DataType::kTime64Ns: return summed(read_cells<Time64>(bytes, rows));
    case DataType::kString: return read_texts(bytes, rows);
    case DataType::kUnknown: break;
  }
  return Status(Code::kIncomplete, "a column of it has a type that is not known");
}

namespace {

/// The values that numbers of `Number` stand for.
template <typename Number>
Result<Column> pick(const Column& values, std::string_view numbers) {
  const size_t rows = numbers.size() / sizeof(Number);
  const size_t known = column_size(values);
  bool inside = true;
  Column picked = std::visit(
      [&](const auto& from) -> Column {
        std::remove_cvref_t<decltype(from)> to(rows);
        for (size_t row = 0; row < rows; ++row) {
          Number number = 0;
          std::memcpy(&number, numbers.data() + row * sizeof number, sizeof number);
          inside = inside && number < known;
          if (inside) to[row] = from[number];
        }
        return to;
      },
      values);
  if (!inside) return Status(Code::kIncomplete, "a row of it has a value that is not there");
  return picked;
}

Result<Column> read_dictionary(std::string_view bytes, DataType type, size_t rows) {
  uint32_t values = 0;
  if (bytes.size() < sizeof values) return wrong_size();
  std::memcpy(&values, bytes.data(), sizeof values);
  bytes.remove_prefix(sizeof values);
  const size_t width = values > kShortNumbers ? sizeof(uint16_t) : sizeof(uint8_t);
  if (values > rows || bytes.size() / width < rows) return wrong_size();
  const Result<Column> known = read_plain_column(bytes.substr(rows * width), type, values);
  if (!known.ok()) return known;
  const std::string_view numbers = bytes.substr(0, rows * width);
  return width == 1 ? pick<uint8_t>(*known, numbers) : pick<uint16_t>(*known, numbers);
}

Result<Column> read_column_planes(std::string_view bytes, DataType type, size_t rows) {
  switch (type) {
    case DataType::kInt64: return read_planes<int64_t>(bytes, rows);
    case DataType::kFloat64: return read_planes<double>(bytes, rows);
    case DataType::kTime64Ns: return summed(read_planes<Time64>(bytes, rows));
    default:
      return Status(Code::kIncomplete, "a column of it has a form that its type cannot have");
  }
}

}  // namespace

void append_column(std::span<const RowBatch> batches, size_t column, TextBuffer& to) {
  if (batches.empty()) return to.push_back(kPlain);
  std::visit(
      [&](const auto& first) {
        using Values = std::remove_cvref_t<decltype(first)>;
        using Cell = typename Values::value_type;
        std::vector<std::span<const Cell>> pieces;
        for (const RowBatch& batch : batches) {
          pieces.emplace_back(std::get<Values>(batch.columns[column]));
        }
        put_pieces(to, Pieces<Cell>(pieces));
      },
      batches.front().columns[column]);
}

Result<Column> read_column(std::string_view bytes, DataType type, size_t rows) {
  if (bytes.empty()) return wrong_size();
  switch (bytes.front()) {
    case kPlain: return read_plain_column(bytes.substr(1), type, rows);
    case kDictionary: return read_dictionary(bytes.substr(1), type, rows);
    case kPlanes: return read_column_planes(bytes.substr(1), type, rows);
    default: return Status(Code::kIncomplete, "a column of it has a form that is not known");
  }
}

}  // namespace pxq::local::snapshot
