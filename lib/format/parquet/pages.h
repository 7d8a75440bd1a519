#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pxq::parquet {

/// Parquet's encodings of values; the numbers are those of the format.
enum class Encoding { kPlain = 0, kRle = 3, kDictionary = 8 };

/// Compression codecs of pages; the number is that of the format.
inline constexpr int kZstd = 6;

/// The least and the greatest value of a page, as plain bytes.
struct PageRange {
  std::string least;
  std::string greatest;
};

/// Puts pages behind one another, each packed with zstd below a header of its own.
class Pages {
 public:
  /// With `range`, readers can tell whether they need the page before they unpack it.
  void add_data(std::string_view values, size_t count, Encoding encoding,
                const std::optional<PageRange>& range = std::nullopt);
  void add_dictionary(std::string_view values, size_t count);

  std::string& bytes() { return bytes_; }
  /// What bytes() would take without compression.
  size_t raw_bytes() const { return raw_bytes_; }

 private:
  void add(std::string_view header, std::string_view packed, size_t raw);

  std::string bytes_;
  size_t raw_bytes_ = 0;
};

}  // namespace pxq::parquet
