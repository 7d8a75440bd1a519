#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace pxq {

/// How far a copy came: bytes taken from the input, and the position after the last one written.
struct Copied {
  size_t taken;
  char* out;
};

/// The same of a field of CSV. `plain`: all bytes taken are ASCII; it may be false for a byte that
/// lies behind them. `special`: some byte makes CSV quote a field: comma, quote, CR or LF.
struct CsvCopied {
  char* out;
  bool plain;
  bool special;
};

/// The loops that look at every byte of a text cell, or of encrypted rows, written in one of the
/// ways that processors offer. All ways give the same bytes. Room at `out`: kSlack more than each
/// loop names, because whole blocks are stored. Nothing beyond `in + size` is read.
struct TextKernels {
  static constexpr size_t kSlack = 64;

  std::string_view name;
  /// Copies up to the first special byte. Room: size.
  CsvCopied (*copy_csv_plain)(const char* in, size_t size, char* out);
  /// Copies everything with quotes doubled. Room: 2 * size.
  CsvCopied (*copy_csv_quoted)(const char* in, size_t size, char* out);
  /// Whether it tells `special`, which is for ways that find any of a set in one comparison.
  bool quoted_tells_special;
  /// Copies as the inside of a JSON string, with the two-letter escapes \" \\ \n \r \t, up to the
  /// first byte that is another control or not ASCII. Room: 2 * size.
  Copied (*copy_json)(const char* in, size_t size, char* out);
  /// Copies up to the first byte that is not printable ASCII. Room: size.
  size_t (*copy_printable)(const char* in, size_t size, char* out);
  bool (*is_utf8)(const char* in, size_t size);
  /// Decodes base64url from the front as far as this way goes, in whole groups of four digits;
  /// gives how many characters it took. None is taken that is no digit, and nothing is stored
  /// beyond 3/4 * size: the rest is the caller's.
  size_t (*decode_base64url)(const char* in, size_t size, char* out);
};

/// For ways that decode no faster than the caller.
inline size_t decode_no_base64url(const char*, size_t, char*) { return 0; }

/// The fastest way that this processor can run; chosen once. The variable PXQ_TEXT_KERNELS names
/// `most`: so one machine measures what others would do (docs/performance.md).
const TextKernels& text_kernels();

/// The way of that name, where this processor can run it; else the fastest.
const TextKernels& text_kernels_up_to(std::string_view most);

/// All ways that this processor can run, for tests; the portable one first.
std::vector<const TextKernels*> all_text_kernels();

}  // namespace pxq
