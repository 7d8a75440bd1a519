#include "local/snapshot/format.h"

#include <libdeflate.h>
#include <zstd.h>

#include <memory>
#include <utility>

namespace pxq::local::snapshot {

// zstd's next levels take a fifth and three fifths longer, for files of columns that are larger by
// a few per cent: they find shorter repeats, which cost more than they save here.
constexpr int kLevel = 1;
// A table of repeats that stays in the fastest cache takes a sixth less time than the level's own,
// for files that are larger by less than a hundredth; so do short repeats that are left alone.
constexpr int kHashLog = 12;
constexpr int kShortestRepeat = 7;

using Packer = std::unique_ptr<ZSTD_CCtx, decltype(&::ZSTD_freeCCtx)>;

Packer make_packer() {
  Packer packer(::ZSTD_createCCtx(), &::ZSTD_freeCCtx);
  if (packer == nullptr) return packer;
  for (const auto& [parameter, value] :
       {std::pair(ZSTD_c_compressionLevel, kLevel), std::pair(ZSTD_c_hashLog, kHashLog),
        std::pair(ZSTD_c_minMatch, kShortestRepeat)}) {
    if (::ZSTD_isError(::ZSTD_CCtx_setParameter(packer.get(), parameter, value)) != 0)
      return {nullptr, nullptr};
  }
  return packer;
}

void put_integer(std::string& to, uint64_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) to += static_cast<char>(value >> (8 * i));
}

uint64_t get_integer(std::string_view from, size_t at, size_t bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) {
    value |= uint64_t{static_cast<unsigned char>(from[at + i])} << (8 * i);
  }
  return value;
}

uint32_t crc_of(std::string_view bytes) {
  return ::libdeflate_crc32(0, bytes.data(), bytes.size());
}

void put_block(std::string& to, const Block& block) {
  put_integer(to, block.offset, 8);
  put_integer(to, block.packed, 8);
  put_integer(to, block.size, 8);
  put_integer(to, block.crc, 4);
}

Block get_block(std::string_view from, size_t at) {
  return {.offset = get_integer(from, at, 8),
          .packed = get_integer(from, at + 8, 8),
          .size = get_integer(from, at + 16, 8),
          .crc = static_cast<uint32_t>(get_integer(from, at + 24, 4))};
}

size_t pack(std::string_view bytes, TextBuffer& to) {
  // Its tables are made anew only where there are none yet.
  static thread_local const Packer packer = make_packer();
  if (packer == nullptr) return 0;
  const size_t bound = ::ZSTD_compressBound(bytes.size());
  const size_t size =
      ::ZSTD_compress2(packer.get(), to.reserve(bound), bound, bytes.data(), bytes.size());
  if (::ZSTD_isError(size) != 0) return 0;
  to.advance(size);
  return size;
}

Result<std::string> unpack(std::string_view packed, uint64_t size) {
  // Making one costs more than unpacking a short block does.
  static thread_local const std::unique_ptr<ZSTD_DCtx, decltype(&::ZSTD_freeDCtx)> context(
      ::ZSTD_createDCtx(), &::ZSTD_freeDCtx);
  if (size > kLongestBlock)
    return Status(Code::kIncomplete, "a part of it claims too large a size");
  std::string bytes(size, '\0');
  const size_t got = ::ZSTD_decompressDCtx(context.get(), bytes.data(), bytes.size(), packed.data(),
                                           packed.size());
  if (::ZSTD_isError(got) != 0 || got != size) {
    return Status(Code::kIncomplete, "a part of it does not unpack");
  }
  return bytes;
}

}  // namespace pxq::local::snapshot
