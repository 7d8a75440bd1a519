#include "wire/unpacker.h"

#include <lz4frame.h>
#include <zstd.h>

namespace pxq::wire {
namespace {

class ZstdUnpacker final : public Unpacker {
 public:
  explicit ZstdUnpacker(ZSTD_DCtx* context) : context_(context) {}
  ~ZstdUnpacker() override { ::ZSTD_freeDCtx(context_); }

  Step step(std::string_view packed, char* out, size_t room) override {
    ZSTD_inBuffer from{packed.data(), packed.size(), 0};
    ZSTD_outBuffer to{out, room, 0};
    const size_t left = ::ZSTD_decompressStream(context_, &to, &from);
    if (::ZSTD_isError(left) != 0) return {.fault = ::ZSTD_getErrorName(left)};
    return {.taken = from.pos, .given = to.pos, .frame_done = left == 0};
  }

 private:
  ZSTD_DCtx* const context_;
};

class Lz4Unpacker final : public Unpacker {
 public:
  explicit Lz4Unpacker(LZ4F_dctx* context) : context_(context) {}
  ~Lz4Unpacker() override { ::LZ4F_freeDecompressionContext(context_); }

  Step step(std::string_view packed, char* out, size_t room) override {
    size_t taken = packed.size();
    size_t given = room;
    const size_t left =
        ::LZ4F_decompress(context_, out, &given, packed.data(), &taken, /*options=*/nullptr);
    if (::LZ4F_isError(left) != 0) return {.fault = ::LZ4F_getErrorName(left)};
    return {.taken = taken, .given = given, .frame_done = left == 0};
  }

 private:
  LZ4F_dctx* const context_;
};

}  // namespace

std::unique_ptr<Unpacker> make_zstd_unpacker(int window_log) {
  ZSTD_DCtx* const context = ::ZSTD_createDCtx();
  if (context == nullptr) return nullptr;
  // A hostile file may ask for a window of gigabytes.
  ::ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, window_log);
  return std::make_unique<ZstdUnpacker>(context);
}

// No block of LZ4 is larger than 4 MiB.
std::unique_ptr<Unpacker> make_lz4_unpacker() {
  LZ4F_dctx* context = nullptr;
  if (::LZ4F_isError(::LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) != 0) {
    return nullptr;
  }
  return std::make_unique<Lz4Unpacker>(context);
}

}  // namespace pxq::wire
