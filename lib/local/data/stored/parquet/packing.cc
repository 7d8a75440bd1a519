#include "local/data/stored/parquet/packing.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <cstring>
#include <memory>

#include "local/data/stored/parquet/compact_reader.h"

namespace pxq::local::parquet {
namespace {

enum Codec : int64_t { kNone = 0, kSnappy = 1, kGzip = 2, kZstd = 6 };

Status damaged() { return {Code::kIncomplete, "a page cannot be unpacked"}; }

uint32_t little(std::string_view bytes, size_t count) {
  uint32_t value = 0;
  for (size_t i = 0; i < count; ++i) {
    value |= uint32_t{static_cast<uint8_t>(bytes[i])} << (8 * i);
  }
  return value;
}

/// Bytes that were there `back` bytes before, which may reach into themselves.
bool copy_back(std::string& out, size_t back, size_t count) {
  if (back == 0 || back > out.size()) return false;
  for (size_t i = 0; i < count; ++i) out += out[out.size() - back];
  return true;
}

// https://github.com/google/snappy, format_description.txt
bool unpack_snappy(std::string_view packed, size_t size, std::string& out) {
  const auto length = take_varint(packed);
  if (!length || *length != size) return false;
  while (!packed.empty()) {
    const auto tag = static_cast<uint8_t>(packed.front());
    packed.remove_prefix(1);
    size_t count = (tag >> 2) + 1U;
    if ((tag & 3) == 0) {
      if (count > 60) {
        const size_t extra = count - 60;
        if (packed.size() < extra) return false;
        count = size_t{little(packed, extra)} + 1;
        packed.remove_prefix(extra);
      }
      if (packed.size() < count || out.size() + count > size) return false;
      out.append(packed.substr(0, count));
      packed.remove_prefix(count);
      continue;
    }
    static constexpr std::array<size_t, 4> kOffsetBytes = {0, 1, 2, 4};
    const size_t bytes = kOffsetBytes[tag & 3];
    if (packed.size() < bytes) return false;
    size_t back = little(packed, bytes);
    packed.remove_prefix(bytes);
    if ((tag & 3) == 1) {
      count = ((tag >> 2) & 7U) + 4;
      back |= size_t{tag & 0xe0U} << 3;
    }
    if (out.size() + count > size || !copy_back(out, back, count)) return false;
  }
  return out.size() == size;
}

bool unpack_gzip(std::string_view packed, std::string& out) {
  z_stream stream = {};
  if (::inflateInit2(&stream, 15 + 32) != Z_OK) return false;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const bool whole = ::inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0;
  ::inflateEnd(&stream);
  return whole;
}

bool unpack_zstd(std::string_view packed, std::string& out) {
  // Making one costs more than unpacking a short page does.
  static thread_local const std::unique_ptr<ZSTD_DCtx, decltype(&::ZSTD_freeDCtx)> context(
      ::ZSTD_createDCtx(), &::ZSTD_freeDCtx);
  return ::ZSTD_decompressDCtx(context.get(), out.data(), out.size(), packed.data(),
                               packed.size()) == out.size();
}

}  // namespace

Status check_codec(int64_t codec) {
  if (codec == kNone || codec == kSnappy || codec == kGzip || codec == kZstd) return {};
  return {Code::kUsage, fmt::format("its pages are packed with a codec that pxq does not read "
                                    "(number {}); none, Snappy, gzip and zstd it does",
                                    codec)};
}

Result<std::string> unpack(int64_t codec, std::string_view packed, size_t size) {
  std::string out;
  switch (codec) {
    case kNone:
      if (packed.size() != size) return damaged();
      return std::string(packed);
    case kSnappy:
      out.reserve(size);
      if (!unpack_snappy(packed, size, out)) return damaged();
      return out;
    case kGzip:
      out.resize(size);
      if (!unpack_gzip(packed, out)) return damaged();
      return out;
    case kZstd:
      out.resize(size);
      if (!unpack_zstd(packed, out)) return damaged();
      return out;
    default: return check_codec(codec);
  }
}

}  // namespace pxq::local::parquet
