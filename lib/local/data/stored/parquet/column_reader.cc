#include "local/data/stored/parquet/column_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>

#include "local/data/stored/parquet/levels.h"
#include "local/data/stored/parquet/packing.h"
#include "local/data/stored/parquet/plain_numbers.h"
#include "text/json.h"

namespace pxq::local::parquet {
namespace {

// Numbers of the format: https://parquet.apache.org/docs/file-format/
enum PageType : int64_t { kDataPage = 0, kDictionaryPage = 2, kDataPage2 = 3 };
enum Encoding : int64_t { kPlain = 0, kPlainDictionary = 2, kRle = 3, kRleDictionary = 8 };
constexpr int64_t kLargestPage = int64_t{1} << 30;

Status damaged(std::string_view why) { return {Code::kIncomplete, std::string(why)}; }

uint32_t size_before(std::string_view bytes) {
  uint32_t size = 0;
  std::memcpy(&size, bytes.data(), sizeof size);
  return size;
}

Status unread(std::string_view what, int64_t encoding) {
  return {Code::kUsage, fmt::format("its {} have an encoding that pxq does not read (number {}); "
                                    "plain and dictionary encodings it does",
                                    what, encoding)};
}

/// Values of one column as they come out of pages.
class Chunk {
 public:
  Chunk(const Node& meta, const ColumnForm& form, DataType type, RowRange rows, Storage& storage)
      : meta_(meta),
        form_(form),
        type_(type),
        rows_(rows),
        storage_(storage),
        column_(make_column(type)) {}

  Result<Column> read(std::string_view pages) {
    return read_until(pages, [](const Column&) { return false; });
  }

  /// Only for moments that are in order.
  void skip_before(Time64 begin) { skip_before_ = begin; }

  /// Pages until there is enough of them.
  template <typename Enough>
  Result<Column> read_until(std::string_view pages, Enough is_enough) {
    const auto there = static_cast<uint64_t>(meta_.at(5).number);
    while (count_ < std::min<uint64_t>(there, rows_.end)) {
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
      if (is_enough(column_)) return std::move(column_);
    }
    if (count_ > there || column_size(column_) != rows_.end - rows_.begin) {
      return damaged("a column has another number of values than its rows");
    }
    return std::move(column_);
  }

 private:
  Status page(const Node& header, std::string_view packed, size_t size) {
    const int64_t codec = meta_.at(4).number;
    switch (header.at(1).number) {
      case kDictionaryPage: {
        Result<std::string> bytes = unpack(codec, packed, size);
        if (!bytes.ok()) return bytes.status();
        dictionary_ = make_column(type_);
        return plain(kept(*bytes), static_cast<size_t>(header.at(7).at(1).number), dictionary_);
      }
      case kDataPage: {
        if (passes_over(header.at(5)) || lies_before(header.at(5))) return {};
        Result<std::string> bytes = unpack(codec, packed, size);
        if (!bytes.ok()) return bytes.status();
        return data(header.at(5), kept(*bytes));
      }
      case kDataPage2:
        if (passes_over(header.at(8))) return {};
        return data2(header.at(8), packed, size);
      default: return {};  // index pages, which hold no values
    }
  }

  /// Whether all values of a page are of rows before those that are asked for.
  bool passes_over(const Node& header) {
    const auto count = static_cast<uint64_t>(header.at(1).number);
    if (count > rows_.begin || count_ > rows_.begin - count) return false;
    count_ += count;
    return true;
  }

  /// Whether a page's moments are all before the first that matters: they are not told apart then.
  bool lies_before(const Node& header) {
    const std::string_view greatest = header.at(5).at(5).bytes;
    if (!skip_before_ || form_.optional || greatest.size() != 8 || plain_bytes(form_) != 8) {
      return false;
    }
    Column last = make_column(type_);
    if (!plain(greatest, 1, last).ok()) return false;
    const Time64 moment = std::get<Time64Column>(last).front();
    const auto count = static_cast<uint64_t>(header.at(1).number);
    if (moment >= *skip_before_ || count > static_cast<uint64_t>(meta_.at(5).number) - count_) {
      return false;
    }
    auto& times = std::get<Time64Column>(column_);
    times.insert(times.end(), count, moment);
    count_ += count;
    return true;
  }

  /// Texts are views of what their page unpacks to; numbers are copied out of it.
  std::string_view kept(std::string& page) {
    return type_ == DataType::kString ? keep(std::move(page)) : page;
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
      const auto length = size_before(bytes);
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
    Result<std::string> bytes =
        unpack(is_packed ? meta_.at(4).number : 0, packed, size - definition);
    if (!bytes.ok()) return bytes.status();
    return values(header.at(4).number, count, levels, kept(*bytes));
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
    const RowRange part = part_of_page(count);
    count_ += count;
    const bool whole = there == count;
    if (const size_t size = plain_bytes(form_); whole && encoding == kPlain && size != 0) {
      if (bytes.size() / size < count) return damaged("values are cut");
      return plain(bytes.substr(part.begin * size), part.end - part.begin, column_);
    }
    if (whole && (encoding == kRleDictionary || encoding == kPlainDictionary)) {
      return indices(bytes, count, part, column_);
    }
    if (whole && part.begin == 0 && part.end == count) {
      return all_values(encoding, bytes, count, column_);
    }
    Column found = make_column(type_);
    if (Status read = all_values(encoding, bytes, there, found); !read.ok()) return read;
    if (!whole) {
      Column spread_out = make_column(type_);
      if (Status status = spread(levels, found, spread_out); !status.ok()) return status;
      found = std::move(spread_out);
    }
    append(found, part);
    return {};
  }

  /// Which of a page's values are asked for.
  RowRange part_of_page(size_t count) const {
    const auto inside = [&](size_t row) {
      return row <= count_ ? 0 : std::min<size_t>(row - count_, count);
    };
    return {inside(rows_.begin), inside(rows_.end)};
  }

  Status all_values(int64_t encoding, std::string_view bytes, size_t count, Column& to) {
    if (encoding == kPlain) return plain(bytes, count, to);
    if (encoding == kRleDictionary || encoding == kPlainDictionary) {
      return indices(bytes, count, {0, count}, to);
    }
    if (encoding == kRle && form_.physical == kBooleans) return booleans(bytes, count, to);
    return unread("values", encoding);
  }

  void append(const Column& found, RowRange part) {
    std::visit(
        [&](const auto& values) {
          const auto at = [&](size_t row) {
            return values.begin() + static_cast<std::ptrdiff_t>(row);
          };
          auto& to = std::get<std::remove_cvref_t<decltype(values)>>(column_);
          to.insert(to.end(), at(part.begin), at(part.end));
        },
        found);
  }

  // What is not there is NaN among doubles and the empty text: PxL has no NULL.
  Status spread(const std::vector<uint32_t>& levels, const Column& found, Column& into) const {
    if (type_ != DataType::kFloat64 && type_ != DataType::kString) {
      return no_null(type_);
    }
    size_t next = 0;
    std::visit(
        [&](const auto& values) {
          using Values = std::remove_cvref_t<decltype(values)>;
          auto& to = std::get<Values>(into);
          typename Values::value_type nothing{};
          if constexpr (std::is_same_v<Values, Float64Column>) {
            nothing = std::numeric_limits<double>::quiet_NaN();
          }
          for (const uint32_t level : levels) to.push_back(level == 0 ? nothing : values[next++]);
        },
        found);
    return {};
  }

  Status indices(std::string_view bytes, size_t count, RowRange part, Column& to) const {
    if (bytes.empty()) return count == 0 ? Status() : damaged("a page is too short");
    std::vector<uint32_t> numbers;
    if (!read_runs(bytes.substr(1), static_cast<uint8_t>(bytes.front()), count, numbers)) {
      return damaged("indices are cut");
    }
    const std::span<const uint32_t> asked =
        std::span(numbers).subspan(part.begin, part.end - part.begin);
    uint32_t greatest = 0;
    for (const uint32_t number : asked) greatest = std::max(greatest, number);
    if (greatest >= column_size(dictionary_) && !asked.empty()) {
      return damaged("an index is beyond its dictionary");
    }
    std::visit(
        [&](auto& values) {
          const auto& entries = std::get<std::remove_cvref_t<decltype(values)>>(dictionary_);
          const size_t before = values.size();
          values.resize(before + asked.size());
          auto* const out = values.data() + before;
          for (size_t i = 0; i < asked.size(); ++i) out[i] = entries[asked[i]];
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
    if (type_ == DataType::kString) return texts(bytes, count, to);
    return add_plain_numbers(bytes, count, form_, to);
  }

  Status texts(std::string_view bytes, size_t count, Column& to) {
    auto& values = std::get<StringColumn>(to);
    if (bytes.size() / 4 < count) return damaged("values are cut");
    values.reserve(values.size() + count);
    for (size_t i = 0; i < count; ++i) {
      if (bytes.size() < 4) return damaged("values are cut");
      const auto size = size_before(bytes);
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
  const RowRange rows_;
  Storage& storage_;
  std::optional<Time64> skip_before_;
  Column column_;
  Column dictionary_;
  uint64_t count_ = 0;  // of the values of the pages so far
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
                            DataType type, RowRange rows, Storage& storage) {
  return Chunk(meta, form, type, rows, storage).read(pages);
}

Result<Column> decode_times(std::string_view pages, const Node& meta, const ColumnForm& form,
                            Time64 begin, Time64 end) {
  Storage none;  // texts alone need any
  const RowRange all{0, static_cast<size_t>(meta.at(5).number)};
  Chunk chunk(meta, form, DataType::kTime64Ns, all, none);
  chunk.skip_before(begin);
  return chunk.read_until(pages, [end](const Column& times) {
    const auto& moments = std::get<Time64Column>(times);
    return !moments.empty() && moments.back() > end;
  });
}

}  // namespace pxq::local::parquet
