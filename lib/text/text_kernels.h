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

/// The loops that look at every byte of a text cell, written in one of the ways that processors
/// offer. All ways give the same bytes. Room at `out`: kSlack more than each loop names, because
/// whole blocks are stored. Nothing beyond `in + size` is read.
struct TextKernels {
  static constexpr size_t kSlack = 64;

  std::string_view name;
  /// Copies up to the first byte that makes CSV quote a field (comma, quote, CR, LF); gives how
  /// many bytes came before it. Room: size.
  size_t (*copy_csv_plain)(const char* in, size_t size, char* out);
  /// Copies everything with quotes doubled; gives the end. Room: 2 * size.
  char* (*copy_csv_quoted)(const char* in, size_t size, char* out);
  /// Copies as the inside of a JSON string, with the two-letter escapes \" \\ \n \r \t, up to the
  /// first byte that is another control or not ASCII. Room: 2 * size.
  Copied (*copy_json)(const char* in, size_t size, char* out);
  /// Copies up to the first byte that is not printable ASCII. Room: size.
  size_t (*copy_printable)(const char* in, size_t size, char* out);
};

/// The fastest way that this processor can run; chosen once.
const TextKernels& text_kernels();

/// All ways that this processor can run, for tests; the portable one first.
std::vector<const TextKernels*> all_text_kernels();

}  // namespace pxq
