#include "local/data/stored/parquet/column_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "local/data/stored/parquet/levels.h"
#include "local/data/stored/parquet/packing.h"
#include "text/json.h"

namespace pxq::local::parquet {
namespace {

// Numbers of the format: https://parquet.apache.org/docs/file-format/
enum PageType : int64_t { kDataPage = 0, kDictionaryPage = 2, kDataPage2 = 3 };
enum Encoding : int64_t { kPlain = 0, kPlainDictionary = 2, kRle = 3, kRleDictionary = 8 };
enum Physical : int64_t {
  kBoolean = 0,
  kInt32 = 1,
  kInt64 = 2,
  kFloat = 4,
  kDouble = 5,
  kByteArray = 6,
  kFixedBytes = 7
};

constexpr int64_t kLargestPage = int64_t{1} << 30;

Status damaged(std::string_view why) { return {Code::kIncomplete, std::string(why)}; }

template <typename Number>
Number number_at(std::string_view bytes, size_t at) {
  Number value{};
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

uint64_t big_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes.substr(0, 8)) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

Status unread(std::string_view what, int64_t encoding) {
  return {Code::kUsage, fmt::format("its {} have an encoding that pxq does not read (number {}); "
                                    "plain and dictionary encodings it does",
                                    what, encoding)};
}

/// Values of one column as they come out of pages.
class Chunk {
 public:
  Chunk(const Node& meta, const ColumnForm& form, DataType type, Storage& storage)
      : meta_(meta), form_(form), type_(type), storage_(storage), column_(make_column(type)) {}

  Result<Column> read(std::string_view pages) {
    const auto wanted = static_cast<uint64_t>(meta_.at(5).number);
    while (count_ < wanted) {
      size_t used = 0;
      const std::optional<Node> header = read_struct(pages, used);
      if (!header) return damaged("a page has no header");
      pages.remove_prefix(used);
      const int64_t size = header->at(2).number;
      const int64_t packed = header->at(3).number;
      if (size < 0 || size > kLargestPage || packed < 0 ||
          static_cast<uint64_t>(packed) > pages.size()) {
        return damaged("a page lies beyond its column");
      }
      const Status read =
          page(*header, pages.substr(0, static_cast<size_t>(packed)), static_cast<size_t>(size));
      if (!read.ok()) return read;
      pages.remove_prefix(static_cast<size_t>(packed));
    }
    if (count_ != wanted || column_size(column_) != wanted) {
      return damaged("a column has another number of values than its rows");
    }
    return std::move(column_);
  }

 private:
  Status page(const Node& header, std::string_view packed, size_t size) {
    const int64_t codec = meta_.at(4).number;
    switch (header.at(1).number) {
      case kDictionaryPage: {
        const Result<std::string> bytes = unpack(codec, packed, size);
        if (!bytes.ok()) return bytes.status();
        dictionary_ = make_column(type_);
        return plain(keep(*bytes), static_cast<size_t>(header.at(7).at(1).number), dictionary_);
      }
      case kDataPage: {
        const Result<std::string> bytes = unpack(codec, packed, size);
        if (!bytes.ok()) return bytes.status();
        return data(header.at(5), keep(*bytes));
      }
      case kDataPage2: return data2(header.at(8), packed, size);
      default: return {};  // index pages, which hold no values
    }
  }

  std::string_view keep(std::string bytes) {
    storage_.push_back(std::make_shared<const std::string>(std::move(bytes)));
    return *storage_.back();
  }

  Status data(const Node& header, std::string_view bytes) {
    const auto count = static_cast<size_t>(header.at(1).number);
    if (count > static_cast<uint64_t>(meta_.at(5).number))
      return damaged("a page has too many values");
    std::vector<uint32_t> levels;
    if (form_.optional) {
      if (header.at(3).number != kRle) return unread("levels", header.at(3).number);
      if (bytes.size() < 4) return damaged("a page is too short");
      const auto length = number_at<uint32_t>(bytes, 0);
      if (bytes.size() - 4 < length) return damaged("a page is too short");
      if (!read_runs(bytes.substr(4, length), 1, count, levels)) return damaged("levels are cut");
      bytes.remove_prefix(4 + length);
    }
    return values(header.at(2).number, count, levels, bytes);
  }

  Status data2(const Node& header, std::string_view packed, size_t size) {
    const auto count = static_cast<size_t>(header.at(1).number);
    const auto definition = static_cast<size_t>(header.at(5).number);
    const auto repetition = static_cast<size_t>(header.at(6).number);
    if (count > static_cast<uint64_t>(meta_.at(5).number))
      return damaged("a page has too many values");
    if (repetition != 0 || definition > packed.size() || definition > size) {
      return damaged("a page has levels that its column does not");
    }
    std::vector<uint32_t> levels;
    if (form_.optional && !read_runs(packed.substr(0, definition), 1, count, levels)) {
      return damaged("levels are cut");
    }
    packed.remove_prefix(definition);
    const bool is_packed = !header.has(7) || header.at(7).number != 0;
    const Result<std::string> bytes =
        unpack(is_packed ? meta_.at(4).number : 0, packed, size - definition);
    if (!bytes.ok()) return bytes.status();
    return values(header.at(4).number, count, levels, keep(*bytes));
  }

  Status values(int64_t encoding, size_t count, const std::vector<uint32_t>& levels,
                std::string_view bytes) {
    size_t there = count;
    if (form_.optional) {
      there = 0;
      for (const uint32_t level : levels) there += level;
    }
    if (count > static_cast<uint64_t>(meta_.at(5).number) - count_) {
      return damaged("a page has more values than its column");
    }
    count_ += count;
    const bool whole = there == count;
    Column found = whole ? Column() : make_column(type_);
    Column& to = whole ? column_ : found;
    const Status read =
        encoding == kPlain                                           ? plain(bytes, there, to)
        : encoding == kRleDictionary || encoding == kPlainDictionary ? indices(bytes, there, to)
        : encoding == kRle && form_.physical == kBoolean             ? booleans(bytes, there, to)
                                                                     : unread("values", encoding);
    if (!read.ok() || whole) return read;
    return spread(levels, found);
  }

  // What is not there is NaN among doubles and the empty text: PxL has no NULL.
  Status spread(const std::vector<uint32_t>& levels, const Column& found) {
    if (type_ != DataType::kFloat64 && type_ != DataType::kString) {
      return no_null(type_);
    }
    size_t next = 0;
    std::visit(
        [&](const auto& values) {
          using Values = std::remove_cvref_t<decltype(values)>;
          auto& to = std::get<Values>(column_);
          typename Values::value_type nothing{};
          if constexpr (std::is_same_v<Values, Float64Column>) {
            nothing = std::numeric_limits<double>::quiet_NaN();
          }
          for (const uint32_t level : levels) to.push_back(level == 0 ? nothing : values[next++]);
        },
        found);
    return {};
  }

  Status indices(std::string_view bytes, size_t count, Column& to) {
    if (bytes.empty()) return count == 0 ? Status() : damaged("a page is too short");
    std::vector<uint32_t> numbers;
    if (!read_runs(bytes.substr(1), static_cast<uint8_t>(bytes.front()), count, numbers)) {
      return damaged("indices are cut");
    }
    uint32_t greatest = 0;
    for (const uint32_t number : numbers) greatest = std::max(greatest, number);
    if (greatest >= column_size(dictionary_) && count > 0) {
      return damaged("an index is beyond its dictionary");
    }
    std::visit(
        [&](auto& values) {
          const auto& entries = std::get<std::remove_cvref_t<decltype(values)>>(dictionary_);
          const size_t before = values.size();
          values.resize(before + count);
          auto* const out = values.data() + before;
          for (size_t i = 0; i < count; ++i) out[i] = entries[numbers[i]];
        },
        to);
    return {};
  }

  static Status booleans(std::string_view bytes, size_t count, Column& to) {
    std::vector<uint32_t> numbers;
    if (bytes.size() < 4 || !read_runs(bytes.substr(4), 1, count, numbers)) {
      return damaged("values are cut");
    }
    auto& values = std::get<BooleanColumn>(to);
    for (const uint32_t number : numbers) values.push_back(static_cast<uint8_t>(number));
    return {};
  }

  Status plain(std::string_view bytes, size_t count, Column& to) {
    switch (form_.physical) {
      case kBoolean: {
        if (bytes.size() < (count + 7) / 8) return damaged("values are cut");
        auto& values = std::get<BooleanColumn>(to);
        for (size_t i = 0; i < count; ++i) {
          values.push_back(static_cast<uint8_t>(bytes[i / 8]) >> (i % 8) & 1);
        }
        return {};
      }
      case kInt32: return whole<int32_t>(bytes, count, to);
      case kInt64: return whole<int64_t>(bytes, count, to);
      case kFloat: return real<float>(bytes, count, to);
      case kDouble: return real<double>(bytes, count, to);
      case kFixedBytes: return uuids(bytes, count, to);
      default: return texts(bytes, count, to);
    }
  }

  template <typename Number>
  Status whole(std::string_view bytes, size_t count, Column& to) {
    if (bytes.size() / sizeof(Number) < count) return damaged("values are cut");
    if (auto* const times = std::get_if<Time64Column>(&to)) {
      const size_t before = times->size();
      times->resize(before + count);
      Time64* const out = times->data() + before;
      bool beyond = false;
      for (size_t i = 0; i < count; ++i) {
        beyond |= __builtin_mul_overflow(int64_t{number_at<Number>(bytes, i * sizeof(Number))},
                                         form_.unit_ns, &out[i].ns);
      }
      if (!beyond) return {};
      return {Code::kUsage, "a moment is beyond what nanoseconds since 1970 can be"};
    }
    auto& values = std::get<Int64Column>(to);
    const size_t before = values.size();
    values.resize(before + count);
    int64_t* const out = values.data() + before;
    if (form_.is_unsigned) return natural<std::make_unsigned_t<Number>>(bytes, count, out);
    for (size_t i = 0; i < count; ++i) out[i] = number_at<Number>(bytes, i * sizeof(Number));
    return {};
  }

  template <typename Number>
  static Status natural(std::string_view bytes, size_t count, int64_t* out) {
    for (size_t i = 0; i < count; ++i) {
      out[i] = static_cast<int64_t>(number_at<Number>(bytes, i * sizeof(Number)));
      if (out[i] < 0) return {Code::kUsage, "a number is beyond what INT64 can be"};
    }
    return {};
  }

  template <typename Number>
  static Status real(std::string_view bytes, size_t count, Column& to) {
    if (bytes.size() / sizeof(Number) < count) return damaged("values are cut");
    auto& values = std::get<Float64Column>(to);
    for (size_t i = 0; i < count; ++i) {
      values.push_back(number_at<Number>(bytes, i * sizeof(Number)));
    }
    return {};
  }

  static Status uuids(std::string_view bytes, size_t count, Column& to) {
    if (bytes.size() / 16 < count) return damaged("values are cut");
    auto& values = std::get<Uint128Column>(to);
    for (size_t i = 0; i < count; ++i) {
      values.push_back({big_endian(bytes.substr(i * 16)), big_endian(bytes.substr(i * 16 + 8))});
    }
    return {};
  }

  Status texts(std::string_view bytes, size_t count, Column& to) {
    auto& values = std::get<StringColumn>(to);
    if (bytes.size() / 4 < count) return damaged("values are cut");
    values.reserve(values.size() + count);
    for (size_t i = 0; i < count; ++i) {
      if (bytes.size() < 4) return damaged("values are cut");
      const auto size = number_at<uint32_t>(bytes, 0);
      if (bytes.size() - 4 < size) return damaged("values are cut");
      values.push_back(original(bytes.substr(4, size)));
      bytes.remove_prefix(4 + size);
    }
    return {};
  }

  // All of pxq's own characters begin with this byte.
  std::string_view original(std::string_view text) {
    if (!form_.is_written || text.find('\xf4') == std::string_view::npos) return text;
    return keep(original_bytes(text));
  }

  const Node& meta_;
  const ColumnForm& form_;
  const DataType type_;
  Storage& storage_;
  Column column_;
  Column dictionary_;
  uint64_t count_ = 0;
};

}  // namespace

Status check_readable(const Node& meta) {
  constexpr int64_t kBitPacked = 4;  // of levels, named by old writers
  for (const Node& encoding : meta.at(2).list) {
    const int64_t number = encoding.number;
    const bool known = number == kPlain || number == kPlainDictionary || number == kRle ||
                       number == kRleDictionary || number == kBitPacked;
    if (!known) return unread("values", number);
  }
  return check_codec(meta.at(4).number);
}

Status no_null(DataType type) {
  return {Code::kUsage, fmt::format("it has NULL, and PxL has none for {}", data_type_name(type))};
}

Result<Column> decode_chunk(std::string_view pages, const Node& meta, const ColumnForm& form,
                            DataType type, Storage& storage) {
  return Chunk(meta, form, type, storage).read(pages);
}

}  // namespace pxq::local::parquet
