#include "file/compression.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/letter_case.h"
#include "base/unique_fd.h"

namespace pxq {
namespace {

constexpr size_t kPiece = 64 * 1024;
// Both levels are the libraries' own defaults.
constexpr int kGzipLevel = 6;
constexpr int kZstdLevel = 3;
constexpr int kGzipWindow = 15 + 16;  // zlib's way of saying: with gzip's header

bool ends_with_any_case(std::string_view path, std::string_view ending) {
  if (path.size() < ending.size()) return false;
  return std::equal(ending.begin(), ending.end(), path.end() - static_cast<long>(ending.size()),
                    [](char a, char b) { return a == lower_case(b); });
}

class GzipOutput final : public CompressedOutput {
 public:
  explicit GzipOutput(Output& packed) : packed_(packed) {
    ready_ = ::deflateInit2(&stream_, kGzipLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) ==
             Z_OK;
  }
  ~GzipOutput() override { ::deflateEnd(&stream_); }

  Status finish() override {
    flush();
    if (status().ok()) fail(pack({}, Z_FINISH));
    return status();
  }

 protected:
  Status write(std::string_view bytes) override { return pack(bytes, Z_NO_FLUSH); }

 private:
  Status pack(std::string_view bytes, int mode) {
    if (!ready_) return {Code::kOutput, "no memory to compress"};
    int result = Z_OK;
    do {
      // zlib counts in 32 bits.
      const size_t taken = std::min<size_t>(bytes.size(), 1U << 30);
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
      stream_.avail_in = static_cast<uInt>(taken);
      do {
        stream_.next_out = reinterpret_cast<Bytef*>(packed_.text().reserve(kPiece));
        stream_.avail_out = kPiece;
        result = ::deflate(&stream_, mode);
        packed_.text().advance(kPiece - stream_.avail_out);
        packed_.commit();
      } while (stream_.avail_out == 0 && packed_.status().ok());
      bytes.remove_prefix(taken);
    } while (!bytes.empty() && packed_.status().ok());
    if (result == Z_STREAM_ERROR) return {Code::kInternal, "zlib lost its state"};
    return packed_.status();
  }

  Output& packed_;
  z_stream stream_ = {};
  bool ready_ = false;
};

class ZstdOutput final : public CompressedOutput {
 public:
  explicit ZstdOutput(Output& packed) : packed_(packed), context_(::ZSTD_createCCtx()) {
    ::ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, kZstdLevel);
    // gzip always holds a checksum; a zstd frame has one only if it is asked for.
    ::ZSTD_CCtx_setParameter(context_, ZSTD_c_checksumFlag, 1);
  }
  ~ZstdOutput() override { ::ZSTD_freeCCtx(context_); }

  Status finish() override {
    flush();
    if (status().ok()) fail(pack({}, ZSTD_e_end));
    return status();
  }

 protected:
  Status write(std::string_view bytes) override { return pack(bytes, ZSTD_e_continue); }

 private:
  Status pack(std::string_view bytes, ZSTD_EndDirective mode) {
    if (context_ == nullptr) return {Code::kOutput, "no memory to compress"};
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    bool done = false;
    while (!done && packed_.status().ok()) {
      ZSTD_outBuffer out{packed_.text().reserve(kPiece), kPiece, 0};
      const size_t left = ::ZSTD_compressStream2(context_, &out, &in, mode);
      if (::ZSTD_isError(left) != 0) return {Code::kOutput, ::ZSTD_getErrorName(left)};
      packed_.text().advance(out.pos);
      packed_.commit();
      done = mode == ZSTD_e_end ? left == 0 : in.pos == in.size;
    }
    return packed_.status();
  }

  Output& packed_;
  ZSTD_CCtx* context_;
};

using Take = std::function<Status(std::string_view)>;

/// Unpacks pieces; end() tells whether the last stream was whole.
class Unpacker {
 public:
  Unpacker() = default;
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;
  virtual ~Unpacker() = default;
  virtual Status piece(std::string_view packed, const Take& take) = 0;
  virtual bool whole() const = 0;
};

class PlainReader final : public Unpacker {
 public:
  Status piece(std::string_view packed, const Take& take) override { return take(packed); }
  bool whole() const override { return true; }
};

class GzipReader final : public Unpacker {
 public:
  GzipReader() : out_(kPiece) { ::inflateInit2(&stream_, kGzipWindow); }
  ~GzipReader() override { ::inflateEnd(&stream_); }

  Status piece(std::string_view packed, const Take& take) override {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    do {
      if (whole_ && stream_.avail_in > 0) {  // the next stream begins
        ::inflateReset(&stream_);
        whole_ = false;
      }
      if (whole_) return {};
      stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
      stream_.avail_out = kPiece;
      const int result = ::inflate(&stream_, Z_NO_FLUSH);
      whole_ = result == Z_STREAM_END;
      // Z_BUF_ERROR only says that this piece is used up.
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
        return {Code::kOutput, "damaged gzip data"};
      }
      if (auto taken = take({out_.data(), kPiece - stream_.avail_out}); !taken.ok()) return taken;
    } while (stream_.avail_in > 0 || stream_.avail_out == 0);
    return {};
  }
  bool whole() const override { return whole_; }

 private:
  z_stream stream_ = {};
  std::vector<char> out_;
  bool whole_ = true;
};

class ZstdReader final : public Unpacker {
 public:
  ZstdReader() : context_(::ZSTD_createDCtx()), out_(kPiece) {}
  ~ZstdReader() override { ::ZSTD_freeDCtx(context_); }

  Status piece(std::string_view packed, const Take& take) override {
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    bool full = false;
    while (in.pos < in.size || full) {
      ZSTD_outBuffer out{out_.data(), out_.size(), 0};
      const size_t left = ::ZSTD_decompressStream(context_, &out, &in);
      if (::ZSTD_isError(left) != 0) return {Code::kOutput, "damaged zstd data"};
      whole_ = left == 0;
      full = out.pos == out.size && !whole_;
      if (auto taken = take({out_.data(), out.pos}); !taken.ok()) return taken;
    }
    return {};
  }
  bool whole() const override { return whole_; }

 private:
  ZSTD_DCtx* context_;
  std::vector<char> out_;
  bool whole_ = true;
};

std::unique_ptr<Unpacker> make_unpacker(Compression compression) {
  switch (compression) {
    case Compression::kGzip: return std::make_unique<GzipReader>();
    case Compression::kZstd: return std::make_unique<ZstdReader>();
    case Compression::kNone: break;
  }
  return std::make_unique<PlainReader>();
}

}  // namespace

Compression compression_of(std::string_view path) {
  if (ends_with_any_case(path, ".gz")) return Compression::kGzip;
  if (ends_with_any_case(path, ".zst")) return Compression::kZstd;
  return Compression::kNone;
}

std::string_view without_compression(std::string_view path) {
  if (compression_of(path) == Compression::kNone) return path;
  return path.substr(0, path.rfind('.'));
}

std::unique_ptr<CompressedOutput> make_compressor(Compression compression, Output& packed) {
  if (compression == Compression::kGzip) return std::make_unique<GzipOutput>(packed);
  return std::make_unique<ZstdOutput>(packed);
}

Status read_unpacked(const std::string& path, Compression compression, const Take& take) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd) return errno_status(Code::kOutput, "open", path, errno);
  const auto unpacker = make_unpacker(compression);
  std::vector<char> buffer(kPiece);
  while (true) {
    const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno_status(Code::kOutput, "read", path, errno);
    if (count == 0) break;
    auto done = unpacker->piece({buffer.data(), static_cast<size_t>(count)}, take);
    if (!done.ok()) return {done.code(), path + ": " + done.message(), done.hint()};
  }
  if (unpacker->whole()) return {};
  return {Code::kOutput, path + ": its compressed data is cut"};
}

}  // namespace pxq
