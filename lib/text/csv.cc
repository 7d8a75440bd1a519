#include "text/csv.h"

#include "text/byte_scan.h"
#include "text/text_kernels.h"

namespace pxq {
namespace {

// Long cells are taken in pieces, so that room for the worst case is asked for a piece only.
constexpr size_t kPiece = 4096;

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

// The first `plain` bytes are known to hold no quote.
void append_in_quotes(std::string_view bytes, size_t plain, const TextKernels& kernels,
                      TextBuffer& out) {
  out.push_back('"');
  out.append(bytes.substr(0, plain));
  bytes.remove_prefix(plain);
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kPiece);
    char* room = out.reserve(2 * piece.size() + TextKernels::kSlack);
    out.advance_to(kernels.copy_csv_quoted(piece.data(), piece.size(), room));
    bytes.remove_prefix(piece.size());
  }
  out.push_back('"');
}

// Some readers take away blanks at the ends of what is not quoted.
bool has_blank_end(std::string_view bytes) {
  const auto is_blank = [](char byte) { return byte == ' ' || byte == '\t'; };
  return !bytes.empty() && (is_blank(bytes.front()) || is_blank(bytes.back()));
}

}  // namespace

void append_csv_field(std::string_view bytes, TextBuffer& out) {
  const TextKernels& kernels = text_kernels();
  char* room = out.reserve(bytes.size() + TextKernels::kSlack);
  const size_t plain = kernels.copy_csv_plain(bytes.data(), bytes.size(), room);
  if (plain == bytes.size() && !has_blank_end(bytes)) return out.advance(plain);
  append_in_quotes(bytes, plain, kernels, out);
}

void append_separated_field(std::string_view bytes, char separator, TextBuffer& out) {
  const size_t plain = plain_prefix(bytes, [separator](uint64_t word) {
    return bytes_equal(word, separator) | bytes_equal(word, '"') | bytes_equal(word, '\r') |
           bytes_equal(word, '\n');
  });
  if (plain == bytes.size() && !has_blank_end(bytes)) return out.append(bytes);
  append_in_quotes(bytes, plain, text_kernels(), out);
}

void append_tsv_field(std::string_view bytes, TextBuffer& out) {
  for (;;) {
    const size_t plain = plain_prefix(bytes, needs_backslash);
    out.append(bytes.substr(0, plain));
    if (plain == bytes.size()) return;
    out.push_back('\\');
    out.push_back(letter_after_backslash(bytes[plain]));
    bytes.remove_prefix(plain + 1);
  }
}

}  // namespace pxq
