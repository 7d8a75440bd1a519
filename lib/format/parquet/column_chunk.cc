#include "format/parquet/column_chunk.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "base/text_buffer.h"
#include "format/parquet/index_runs.h"
#include "format/parquet/pages.h"
#include "text/base64.h"
#include "text/json_bytes.h"
#include "text/utf8.h"

namespace pxq::parquet {
namespace {

// A page is what a reader unpacks at once.
constexpr size_t kPageBytes = 1u << 20;
// Numbers in smaller ones, as of a window that cuts a row group the others need not be unpacked.
constexpr size_t kNumberPageBytes = 1u << 17;
// Beyond so many entries an index is hardly shorter than its value.
constexpr size_t kDictionaryEntries = 1u << 16;
constexpr size_t kDictionaryBytes = 1u << 20;
// Readers skip row groups by the least and greatest text; a long one helps no more than a short
// one.
constexpr size_t kStatisticBytes = 64;

template <typename Number>
void append_number(Number value, std::string& out) {
  static_assert(std::endian::native == std::endian::little);  // Parquet's order
  std::array<char, sizeof(Number)> bytes;
  std::memcpy(bytes.data(), &value, sizeof(Number));
  out.append(bytes.data(), bytes.size());
}

template <typename Number>
std::string plain(Number value) {
  std::string bytes;
  append_number(value, bytes);
  return bytes;
}

EncodedChunk encoded(Pages& pages, size_t data_offset) {
  EncodedChunk chunk;
  chunk.raw_bytes = pages.raw_bytes();
  chunk.bytes = std::move(pages.bytes());
  chunk.data_offset = data_offset;
  chunk.dictionary = data_offset != 0;
  return chunk;
}

/// BOOLEAN: a bit each, the lowest first.
class Booleans final : public ColumnChunk {
 public:
  void add(const Column& column, size_t first, size_t count) override {
    const auto& cells = std::get<BooleanColumn>(column);
    for (size_t i = first; i < first + count; ++i) {
      if (count_ % 8 == 0) bits_.push_back('\0');
      const bool set = cells[i] != 0;
      if (set) bits_.back() = static_cast<char>(bits_.back() | 1 << (count_ % 8));
      (set ? any_true_ : any_false_) = true;
      ++count_;
    }
  }

  size_t held() const override { return bits_.size(); }

  EncodedChunk take() override {
    Pages pages;
    pages.add_data(bits_, count_, Encoding::kPlain);
    EncodedChunk chunk = encoded(pages, 0);
    chunk.least = std::string(1, any_false_ ? '\0' : '\1');
    chunk.greatest = std::string(1, any_true_ ? '\1' : '\0');
    bits_.clear();
    count_ = 0;
    any_true_ = any_false_ = false;
    return chunk;
  }

 private:
  std::string bits_;
  size_t count_ = 0;
  bool any_true_ = false;
  bool any_false_ = false;
};

/// INT64, FLOAT64 and TIME64NS: eight bytes each.
template <typename Cells, typename Number>
class Numbers final : public ColumnChunk {
 public:
  void add(const Column& column, size_t first, size_t count) override {
    const auto& cells = std::get<Cells>(column);
    for (size_t i = first; i < first + count; ++i) values_.push_back(number(cells[i]));
  }

  size_t held() const override { return values_.size() * sizeof(Number); }

  EncodedChunk take() override {
    Pages pages;
    std::string page;
    for (size_t first = 0; first < values_.size();) {
      const size_t count = std::min(values_.size() - first, kNumberPageBytes / sizeof(Number));
      page.clear();
      for (size_t i = first; i < first + count; ++i) append_number(values_[i], page);
      pages.add_data(page, count, Encoding::kPlain, page_range(first, count));
      first += count;
    }
    EncodedChunk chunk = encoded(pages, 0);
    set_statistics(chunk);
    if constexpr (std::is_same_v<Cells, Time64Column>) {
      chunk.ascending = std::is_sorted(values_.begin(), values_.end());
    }
    values_.clear();
    return chunk;
  }

 private:
  static int64_t number(int64_t cell) { return cell; }
  static int64_t number(Time64 cell) { return cell.ns; }
  static double number(double cell) { return cell; }

  // Of times, as windows are of them.
  std::optional<PageRange> page_range(size_t first, size_t count) const {
    if constexpr (std::is_same_v<Cells, Time64Column>) {
      const auto page = std::span(values_).subspan(first, count);
      const auto [least, greatest] = std::ranges::minmax(page);
      return PageRange{plain(least), plain(greatest)};
    }
    return std::nullopt;
  }

  // Among numbers NaN has no place in the order, and zero two: a reader must find both below.
  void set_statistics(EncodedChunk& chunk) const {
    if constexpr (std::is_floating_point_v<Number>) {
      for (const Number value : values_) {
        if (std::isnan(value)) return;
      }
    }
    const auto [least, greatest] = std::minmax_element(values_.begin(), values_.end());
    Number low = *least, high = *greatest;
    if constexpr (std::is_floating_point_v<Number>) {
      if (low == 0) low = -0.0;
      if (high == 0) high = 0.0;
    }
    chunk.least = plain(low);
    chunk.greatest = plain(high);
  }

  std::vector<Number> values_;
};

/// UINT128 as the sixteen bytes of a UUID, the highest first.
class Uuids final : public ColumnChunk {
 public:
  void add(const Column& column, size_t first, size_t count) override {
    const auto& cells = std::get<Uint128Column>(column);
    for (size_t i = first; i < first + count; ++i) {
      for (const uint64_t half : {cells[i].high, cells[i].low}) {
        for (int shift = 56; shift >= 0; shift -= 8) {
          bytes_.push_back(static_cast<char>(half >> shift));
        }
      }
    }
  }

  size_t held() const override { return bytes_.size(); }

  EncodedChunk take() override {
    Pages pages;
    const std::string_view all = bytes_;
    for (size_t first = 0; first < all.size(); first += kPageBytes) {
      const std::string_view page = all.substr(first, kPageBytes);
      pages.add_data(page, page.size() / kUuidBytes, Encoding::kPlain);
    }
    bytes_.clear();
    return encoded(pages, 0);
  }

 private:
  std::string bytes_;
};

/// STRING: as indices into a dictionary where that pays, else each with its length before it.
class Texts final : public ColumnChunk {
 public:
  explicit Texts(FormatOptions::Bytes bytes) : form_(bytes) {}

  void add(const Column& column, size_t first, size_t count) override {
    const auto& cells = std::get<StringColumn>(column);
    for (size_t i = first; i < first + count; ++i) {
      append(cells[i]);
      ends_.push_back(text_.size());
    }
  }

  size_t held() const override { return text_.size() + ends_.size() * sizeof(size_t); }

  EncodedChunk take() override {
    Pages pages;
    const size_t data_offset = add_by_dictionary(pages);
    if (data_offset == 0) add_plain(pages);
    EncodedChunk chunk = encoded(pages, data_offset);
    set_statistics(chunk);
    text_.clear();
    ends_.clear();
    return chunk;
  }

 private:
  // Parquet's text is UTF-8 as JSON's is, so the same rule holds for bytes that are not.
  void append(std::string_view cell) {
    if (form_ == FormatOptions::Bytes::kBase64) {
      TextBuffer encoded;
      append_base64(cell, encoded);
      text_.append(encoded.view());
    } else if (form_ == FormatOptions::Bytes::kReplace) {
      TextBuffer replaced;
      append_utf8(cell, replaced);
      text_.append(replaced.view());
    } else if (is_utf8(cell) && cell.find('\xf4') == std::string_view::npos) {
      text_.append(cell);
    } else {
      text_.append(json_text(cell));
    }
  }

  std::string_view value(size_t i) const {
    const size_t start = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(text_).substr(start, ends_[i] - start);
  }

  static void append_plain(std::string_view value, std::string& out) {
    append_number(static_cast<uint32_t>(value.size()), out);
    out.append(value);
  }

  /// Where the data page starts; 0 where a dictionary does not pay and nothing was added.
  size_t add_by_dictionary(Pages& pages) const {
    std::unordered_map<std::string_view, uint32_t> known;
    std::vector<uint32_t> indices;
    std::string entries;
    indices.reserve(ends_.size());
    for (size_t i = 0; i < ends_.size(); ++i) {
      const std::string_view text = value(i);
      const auto [found, is_new] = known.try_emplace(text, static_cast<uint32_t>(known.size()));
      if (is_new) append_plain(text, entries);
      if (known.size() > kDictionaryEntries || entries.size() > kDictionaryBytes) return 0;
      indices.push_back(found->second);
    }
    const uint32_t bits = index_bits(known.size());
    const size_t plain_bytes = text_.size() + ends_.size() * sizeof(uint32_t);
    if (entries.size() + indices.size() * bits / 8 >= plain_bytes) return 0;
    pages.add_dictionary(entries, known.size());
    const size_t data_offset = pages.bytes().size();
    std::string page(1, static_cast<char>(bits));
    append_index_runs(indices, bits, page);
    pages.add_data(page, indices.size(), Encoding::kDictionary);
    return data_offset;
  }

  void add_plain(Pages& pages) const {
    std::string page;
    size_t count = 0;
    for (size_t i = 0; i < ends_.size(); ++i) {
      append_plain(value(i), page);
      ++count;
      if (page.size() < kPageBytes && i + 1 != ends_.size()) continue;
      pages.add_data(page, count, Encoding::kPlain);
      page.clear();
      count = 0;
    }
  }

  void set_statistics(EncodedChunk& chunk) const {
    std::string_view least = value(0), greatest = value(0);
    for (size_t i = 1; i < ends_.size(); ++i) {
      least = std::min(least, value(i));
      greatest = std::max(greatest, value(i));
    }
    if (least.size() > kStatisticBytes || greatest.size() > kStatisticBytes) return;
    chunk.least = std::string(least);
    chunk.greatest = std::string(greatest);
  }

  const FormatOptions::Bytes form_;
  std::string text_;
  std::vector<size_t> ends_;  // of the values in `text_`
};

}  // namespace

Physical physical_type(DataType type) {
  switch (type) {
    case DataType::kBoolean: return Physical::kBoolean;
    case DataType::kFloat64: return Physical::kDouble;
    case DataType::kUint128: return Physical::kFixedBytes;
    case DataType::kString: return Physical::kByteArray;
    case DataType::kInt64:
    case DataType::kTime64Ns:
    case DataType::kUnknown: break;
  }
  return Physical::kInt64;
}

std::unique_ptr<ColumnChunk> make_column_chunk(DataType type, FormatOptions::Bytes bytes) {
  switch (type) {
    case DataType::kBoolean: return std::make_unique<Booleans>();
    case DataType::kFloat64: return std::make_unique<Numbers<Float64Column, double>>();
    case DataType::kUint128: return std::make_unique<Uuids>();
    case DataType::kString: return std::make_unique<Texts>(bytes);
    case DataType::kTime64Ns: return std::make_unique<Numbers<Time64Column, int64_t>>();
    case DataType::kInt64:
    case DataType::kUnknown: break;
  }
  return std::make_unique<Numbers<Int64Column, int64_t>>();
}

}  // namespace pxq::parquet
