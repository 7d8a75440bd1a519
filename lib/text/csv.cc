#include "text/csv.h"

#include <cstring>

#include "text/byte_scan.h"
#include "text/text_kernels.h"

namespace pxq {
namespace {

// Long cells are taken in pieces, so that room for the worst case is asked for a piece only.
constexpr size_t kPiece = 4096;
// Up to here cells are mostly names.
constexpr size_t kShort = 48;

uint64_t needs_backslash(uint64_t word) {
  return bytes_equal(word, '\t') | bytes_equal(word, '\n') | bytes_equal(word, '\r') |
         bytes_equal(word, '\\');
}

char letter_after_backslash(char byte) {
  switch (byte) {
    case '\t': return 't';
    case '\n': return 'n';
    case '\r': return 'r';
    default: return byte;
  }
}

// The first `plain` bytes are known to hold no quote. Gives whether those behind are ASCII.
bool append_in_quotes(std::string_view bytes, size_t plain, const TextKernels& kernels,
                      TextBuffer& out) {
  bool ascii = true;
  out.push_back('"');
  out.append(bytes.substr(0, plain));
  bytes.remove_prefix(plain);
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kPiece);
    char* room = out.reserve(2 * piece.size() + TextKernels::kSlack);
    const CsvCopied copied = kernels.copy_csv_quoted(piece.data(), piece.size(), room);
    out.advance_to(copied.out);
    ascii = ascii && copied.plain;
    bytes.remove_prefix(piece.size());
  }
  out.push_back('"');
  return ascii;
}

// Some readers take away blanks at the ends of what is not quoted.
bool has_blank_end(std::string_view bytes) {
  const auto is_blank = [](char byte) { return byte == ' ' || byte == '\t'; };
  return !bytes.empty() && (is_blank(bytes.front()) || is_blank(bytes.back()));
}

// A field that is rather a text than a name, and so mostly has something special in it: it is
// written in quotes at once, and moved if it needs none.
bool append_text(std::string_view bytes, const TextKernels& kernels, TextBuffer& out) {
  char* const room = out.reserve(2 * bytes.size() + TextKernels::kSlack + 2);
  const CsvCopied copied = kernels.copy_csv_quoted(bytes.data(), bytes.size(), room + 1);
  if (copied.special || has_blank_end(bytes)) {
    *room = '"';
    *copied.out = '"';
    out.advance_to(copied.out + 1);
  } else {
    std::memmove(room, room + 1, bytes.size());
    out.advance(bytes.size());
  }
  return copied.plain;
}

}  // namespace

bool append_csv_field(std::string_view bytes, TextBuffer& out) {
  static const TextKernels& kernels = text_kernels();
  if (kernels.quoted_tells_special && bytes.size() > kShort && bytes.size() <= kPiece) {
    return append_text(bytes, kernels, out);
  }
  char* room = out.reserve(bytes.size() + TextKernels::kSlack);
  const CsvCopied copied = kernels.copy_csv_plain(bytes.data(), bytes.size(), room);
  const auto plain = static_cast<size_t>(copied.out - room);
  if (!copied.special && !has_blank_end(bytes)) {
    out.advance(plain);
    return copied.plain;
  }
  return append_in_quotes(bytes, plain, kernels, out) && copied.plain;
}

bool append_separated_field(std::string_view bytes, char separator, TextBuffer& out) {
  uint64_t seen = 0;
  const size_t plain = plain_prefix(bytes, [&](uint64_t word) {
    seen |= word;
    return bytes_equal(word, separator) | bytes_equal(word, '"') | bytes_equal(word, '\r') |
           bytes_equal(word, '\n');
  });
  if (plain == bytes.size() && !has_blank_end(bytes)) {
    out.append(bytes);
    return bytes_above_ascii(seen) == 0;
  }
  return append_in_quotes(bytes, plain, text_kernels(), out) && bytes_above_ascii(seen) == 0;
}

bool append_tsv_field(std::string_view bytes, TextBuffer& out) {
  uint64_t seen = 0;
  for (;;) {
    const size_t plain = plain_prefix(bytes, [&seen](uint64_t word) {
      seen |= word;
      return needs_backslash(word);
    });
    out.append(bytes.substr(0, plain));
    if (plain == bytes.size()) return bytes_above_ascii(seen) == 0;
    out.push_back('\\');
    out.push_back(letter_after_backslash(bytes[plain]));
    bytes.remove_prefix(plain + 1);
  }
}

}  // namespace pxq
