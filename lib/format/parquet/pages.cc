#include "format/parquet/pages.h"

#include <zstd.h>

#include <memory>

#include "format/parquet/compact_writer.h"

namespace pxq::parquet {
namespace {

enum class PageType : int32_t { kData = 0, kDictionary = 2 };

// One fast level for all: a step more saves a twentieth and takes half as long again.
constexpr int kLevel = 3;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

std::string pack(std::string_view raw) {
  static thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  std::string packed(ZSTD_compressBound(raw.size()), '\0');
  const size_t size = ZSTD_compressCCtx(context.get(), packed.data(), packed.size(), raw.data(),
                                        raw.size(), kLevel);
  packed.resize(ZSTD_isError(size) ? 0 : size);  // cannot fail with room enough
  return packed;
}

CompactWriter begin_header(PageType type, size_t raw, size_t packed) {
  CompactWriter header;
  header.i32(1, static_cast<int32_t>(type));
  header.i32(2, static_cast<int32_t>(raw));
  header.i32(3, static_cast<int32_t>(packed));
  return header;
}

}  // namespace

void Pages::add_data(std::string_view values, size_t count, Encoding encoding,
                     const std::optional<PageRange>& range) {
  const std::string packed = pack(values);
  CompactWriter header = begin_header(PageType::kData, values.size(), packed.size());
  header.begin_struct(5);
  header.i32(1, static_cast<int32_t>(count));
  header.i32(2, static_cast<int32_t>(encoding));
  // Levels, of which there are none where every value is there.
  header.i32(3, static_cast<int32_t>(Encoding::kRle));
  header.i32(4, static_cast<int32_t>(Encoding::kRle));
  if (range) {
    header.begin_struct(5);
    header.binary(5, range->greatest);
    header.binary(6, range->least);
    header.end_struct();
  }
  header.end_struct();
  add(header.take(), packed, values.size());
}

void Pages::add_dictionary(std::string_view values, size_t count) {
  const std::string packed = pack(values);
  CompactWriter header = begin_header(PageType::kDictionary, values.size(), packed.size());
  header.begin_struct(7);
  header.i32(1, static_cast<int32_t>(count));
  header.i32(2, static_cast<int32_t>(Encoding::kPlain));
  header.end_struct();
  add(header.take(), packed, values.size());
}

void Pages::add(std::string_view header, std::string_view packed, size_t raw) {
  bytes_.append(header).append(packed);
  raw_bytes_ += header.size() + raw;
}

}  // namespace pxq::parquet
