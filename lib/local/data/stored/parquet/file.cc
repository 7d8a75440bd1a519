#include "local/data/stored/parquet/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <system_error>

#include "local/data/stored/parquet/column_reader.h"
#include "local/data/stored/row_schema.h"
#include "text/json.h"

namespace pxq::local::parquet {
namespace {

constexpr std::string_view kMagic = "PAR1";
constexpr uint64_t kLargestFooter = uint64_t{256} << 20;
constexpr uint64_t kLargestChunk = uint64_t{2} << 30;
constexpr int64_t kMostGroupRows = int64_t{1} << 26;

int64_t changed_ns(const struct stat& info) {
  return info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec;
}

// What values mean beside how they are stored. Fields of the type as newer files write it, then
// numbers of the list that older readers know.
enum Logical : int { kDecimal = 5, kDate = 6, kTimestamp = 8, kInteger = 10 };
enum Converted : int64_t {
  kOldDecimal = 5,
  kOldDate = 6,
  kOldMillis = 9,
  kOldMicros = 10,
  kOldUint8 = 11,
  kOldUint64 = 14
};

const Node& logical_type(const Node& element) { return element.at(10); }
/// Nothing where the file says nothing: 0 means text.
int64_t converted_type(const Node& element) { return element.has(6) ? element.at(6).number : -1; }

/// Nanoseconds of the unit of moments; 0: they are none, or times of day.
int64_t unit_of(const Node& element) {
  constexpr int64_t kDay = 86'400'000'000'000;
  if (const Node* const timestamp = logical_type(element).find(kTimestamp)) {
    const Node& unit = timestamp->at(2);
    return unit.has(3) ? 1 : unit.has(2) ? 1'000 : unit.has(1) ? 1'000'000 : 0;
  }
  if (logical_type(element).has(kDate)) return kDay;
  switch (converted_type(element)) {
    case kOldMillis: return 1'000'000;
    case kOldMicros: return 1'000;
    case kOldDate: return kDay;
    default: return 0;
  }
}

bool is_unsigned(const Node& element) {
  const int64_t converted = converted_type(element);
  if (converted >= kOldUint8 && converted <= kOldUint64) return true;
  const Node* const integer = logical_type(element).find(kInteger);
  return integer != nullptr && integer->has(2) && integer->at(2).number == 0;
}

/// Whose numbers are not what they are stored as.
bool is_decimal(const Node& element) {
  return logical_type(element).has(kDecimal) || converted_type(element) == kOldDecimal;
}

DataType type_of(const ColumnForm& form) {
  const DataType whole = form.unit_ns != 0 ? DataType::kTime64Ns : DataType::kInt64;
  switch (form.physical) {
    case 0: return DataType::kBoolean;
    case 1:
    case 2: return whole;
    case 4:
    case 5: return DataType::kFloat64;
    case 6: return DataType::kString;
    case 7: return form.length == 16 ? DataType::kUint128 : DataType::kUnknown;
    default: return DataType::kUnknown;
  }
}

}  // namespace

Status ParquetFile::damaged(std::string_view why) const {
  return {Code::kIncomplete, fmt::format("the Parquet file {} is damaged: {}", path_, why),
          "copy it again from where it was made"};
}

Status ParquetFile::with_path(const Status& status) const {
  if (status.code() == Code::kIncomplete) return damaged(status.message());
  return {status.code(), fmt::format("{}: {}", path_, status.message()), status.hint()};
}

Result<std::string> ParquetFile::bytes_at(uint64_t offset, uint64_t count) const {
  if (offset > size_ || count > size_ - offset) {
    return Status(Code::kIncomplete, "a part of it lies beyond its end");
  }
  std::string bytes(count, '\0');
  for (size_t got = 0; got < count;) {
    const ssize_t some =
        ::pread(fd_.get(), bytes.data() + got, count - got, static_cast<off_t>(offset + got));
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) return Status(Code::kIncomplete, "a part of it cannot be read");
    got += static_cast<size_t>(some);
  }
  struct stat info = {};
  if (::fstat(fd_.get(), &info) != 0 || changed_ns(info) != changed_ns_) {
    return Status(Code::kIncomplete, "it was changed while it was read");
  }
  return bytes;
}

Result<std::shared_ptr<const ParquetFile>> ParquetFile::open(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info = {};
  if (!fd || ::fstat(fd.get(), &info) != 0) {
    return Status(Code::kUsage,
                  fmt::format("cannot read {}: {}", path, std::generic_category().message(errno)));
  }
  const std::shared_ptr<ParquetFile> file(
      new ParquetFile(path, std::move(fd), static_cast<uint64_t>(info.st_size)));
  file->changed_ns_ = changed_ns(info);
  if (Status status = file->read_footer(); !status.ok()) return status;
  if (Status status = file->take_columns(); !status.ok()) return status;
  if (Status status = file->check_groups(); !status.ok()) return status;
  return std::shared_ptr<const ParquetFile>(file);
}

Status ParquetFile::read_footer() {
  const Result<std::string> head = bytes_at(0, kMagic.size());
  if (!head.ok() || *head != kMagic) {
    return {Code::kUsage, fmt::format("{} is {}", path_, size_ == 0 ? "empty" : "no Parquet file"),
            "`pxq run ... -o FILE.parquet` writes one"};
  }
  constexpr uint64_t kEnd = 8;
  const Result<std::string> end = size_ < kMagic.size() + kEnd
                                      ? Result<std::string>(Status(Code::kIncomplete, ""))
                                      : bytes_at(size_ - kEnd, kEnd);
  if (!end.ok() || !end->ends_with(kMagic)) {
    return {Code::kIncomplete, fmt::format("the Parquet file {} is cut: its end is missing", path_),
            "copy it again from where it was made"};
  }
  uint32_t size = 0;
  std::memcpy(&size, end->data(), sizeof size);
  if (size > size_ - kEnd - kMagic.size() || size > kLargestFooter) {
    return damaged("its footer is longer than it");
  }
  Result<std::string> bytes = bytes_at(size_ - kEnd - size, size);
  if (!bytes.ok()) return damaged(bytes.status().message());
  footer_bytes_ = *std::move(bytes);
  size_t used = 0;
  std::optional<Node> footer = read_struct(footer_bytes_, used);
  if (!footer) return damaged("its footer cannot be read");
  footer_ = *std::move(footer);
  return {};
}

// What cannot be read is refused before a query depends on it.
Status ParquetFile::check_groups() const {
  for (const Node& group : footer_.at(4).list) {
    if (group.at(1).list.size() != columns_.size() || group.at(3).number < 0) {
      return damaged("a row group of it does not fit its columns");
    }
    if (group.at(3).number > kMostGroupRows) {
      return {Code::kLimit,
              fmt::format("{} has row groups of more than {} rows", path_, kMostGroupRows),
              "smaller ones can be read"};
    }
    for (size_t i = 0; i < columns_.size(); ++i) {
      const Node& meta = group.at(1).list[i].at(3);
      if (meta.at(5).number != group.at(3).number) {
        return damaged("a column has another number of values than its rows");
      }
      Status readable = check_readable(meta);
      const DataType type = columns_[i].type;
      const bool has_nothing = type == DataType::kFloat64 || type == DataType::kString;
      if (readable.ok() && !has_nothing && meta.at(12).at(3).number > 0) {
        readable = no_null(type);
      }
      if (readable.ok()) continue;
      return {readable.code(),
              fmt::format("{}, column '{}': {}", path_, columns_[i].name, readable.message())};
    }
  }
  return {};
}

Status ParquetFile::take_columns() {
  const std::vector<Node>& elements = footer_.at(2).list;
  if (elements.empty() ||
      static_cast<size_t>(elements.front().at(5).number) + 1 != elements.size()) {
    return {Code::kUsage, fmt::format("{} has columns within columns", path_),
            "PxL knows flat tables only"};
  }
  for (size_t i = 1; i < elements.size(); ++i) {
    if (Status status = take_column(elements[i]); !status.ok()) return status;
  }
  for (const Node& pair : footer_.at(5).list) {
    if (pair.at(1).bytes == "pxq.table") table_ = original_bytes(pair.at(2).bytes);
    if (pair.at(1).bytes != "pxq.columns") continue;
    if (Status status = take_own_columns(pair.at(2).bytes); !status.ok()) return status;
  }
  return {};
}

Status ParquetFile::take_column(const Node& element) {
  ColumnForm form{.physical = element.at(1).number,
                  .length = element.at(2).number,
                  .unit_ns = unit_of(element),
                  .optional = element.at(3).number == 1,
                  .is_unsigned = is_unsigned(element)};
  const DataType type = is_decimal(element) ? DataType::kUnknown : type_of(form);
  ColumnInfo column{original_bytes(element.at(4).bytes), type, SemanticType::kNone, {}};
  if (element.at(3).number == 2 || element.at(5).number != 0 || column.type == DataType::kUnknown) {
    return {Code::kUsage,
            fmt::format("{}: column '{}' has a type that PxL has none for", path_, column.name),
            "booleans, whole numbers, doubles, text, UUIDs, dates and timestamps it has"};
  }
  columns_.push_back(std::move(column));
  forms_.push_back(form);
  return {};
}

// What the columns mean; their types are those of the file.
Status ParquetFile::take_own_columns(std::string_view json) {
  const nlohmann::json document = nlohmann::json::parse(json, nullptr, false);
  const Result<std::vector<ColumnInfo>> own = columns_from(document);
  if (!own.ok() || own->size() != columns_.size()) {
    return damaged("what it says of its columns cannot be read");
  }
  for (size_t i = 0; i < columns_.size(); ++i) {
    if ((*own)[i].type != columns_[i].type)
      return damaged("a column has another type than it says");
    columns_[i] = (*own)[i];
    forms_[i].is_written = true;
  }
  return {};
}

uint64_t ParquetFile::rows(size_t group) const {
  return static_cast<uint64_t>(footer_.at(4).list[group].at(3).number);
}

uint64_t ParquetFile::bytes(size_t group) const {
  uint64_t bytes = 0;
  for (const Node& chunk : footer_.at(4).list[group].at(1).list) {
    bytes += static_cast<uint64_t>(chunk.at(3).at(7).number);
  }
  return bytes;
}

std::optional<std::pair<int64_t, int64_t>> ParquetFile::range(size_t group, size_t column) const {
  const Node& statistics = footer_.at(4).list[group].at(1).list[column].at(3).at(12);
  const std::string_view greatest = statistics.at(5).bytes;
  const std::string_view least = statistics.at(6).bytes;
  if (greatest.size() != 8 || least.size() != 8 || forms_[column].unit_ns == 0) return std::nullopt;
  std::pair<int64_t, int64_t> range;
  std::memcpy(&range.first, least.data(), 8);
  std::memcpy(&range.second, greatest.data(), 8);
  if (__builtin_mul_overflow(range.first, forms_[column].unit_ns, &range.first) ||
      __builtin_mul_overflow(range.second, forms_[column].unit_ns, &range.second)) {
    return std::nullopt;
  }
  return range;
}

bool ParquetFile::is_ordered(size_t group, size_t column) const {
  const std::vector<Node>& orders = footer_.at(4).list[group].at(4).list;
  return !orders.empty() && orders.front().at(1).number == static_cast<int64_t>(column) &&
         orders.front().at(2).number == 0;
}

Result<RowBatch> ParquetFile::read(size_t group, std::span<const size_t> columns,
                                   RowRange range) const {
  RowBatch batch;
  batch.num_rows = range.end - range.begin;
  auto storage = std::make_shared<Storage>();
  for (const size_t column : columns) {
    Result<Column> cells = read_column(group, column, range, *storage);
    if (!cells.ok()) return with_path(cells.status());
    if (column_size(*cells) != batch.num_rows) {
      return damaged("a column has another number of values than its rows");
    }
    batch.columns.push_back(*std::move(cells));
  }
  batch.storage = std::move(storage);
  return batch;
}

Result<Time64Column> ParquetFile::times_between(size_t group, size_t column, Time64 begin,
                                                Time64 end) const {
  const Node& meta = footer_.at(4).list[group].at(1).list[column].at(3);
  const Result<std::string> bytes = pages(meta);
  if (!bytes.ok()) return with_path(bytes.status());
  Result<Column> times = decode_times(*bytes, meta, forms_[column], begin, end);
  if (!times.ok()) return with_path(times.status());
  return std::get<Time64Column>(*std::move(times));
}

Result<Column> ParquetFile::read_column(size_t group, size_t column, RowRange range,
                                        Storage& storage) const {
  const Node& meta = footer_.at(4).list[group].at(1).list[column].at(3);
  const Result<std::string> bytes = pages(meta);
  if (!bytes.ok()) return bytes.status();
  return decode_chunk(*bytes, meta, forms_[column], columns_[column].type, range, storage);
}

/// The bytes of a column chunk.
Result<std::string> ParquetFile::pages(const Node& meta) const {
  const int64_t data = meta.at(9).number;
  const int64_t dictionary = meta.at(11).number;
  const int64_t start = dictionary > 0 && dictionary < data ? dictionary : data;
  const auto size = static_cast<uint64_t>(meta.at(7).number);
  if (start < 0 || size > kLargestChunk) {
    return Status(Code::kIncomplete, "a column lies beyond its end");
  }
  return bytes_at(static_cast<uint64_t>(start), size);
}

}  // namespace pxq::local::parquet
