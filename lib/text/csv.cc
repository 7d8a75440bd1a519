#include "text/csv.h"

#include "text/byte_scan.h"

namespace pxq {
namespace {

uint64_t needs_quotes(uint64_t word) {
  return bytes_equal(word, ',') | bytes_equal(word, '"') | bytes_equal(word, '\n') |
         bytes_equal(word, '\r');
}

uint64_t is_quote(uint64_t word) { return bytes_equal(word, '"'); }

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

void append_in_quotes(std::string_view bytes, TextBuffer& out) {
  out.push_back('"');
  for (;;) {
    const size_t plain = plain_prefix(bytes, is_quote);
    out.append(bytes.substr(0, plain));
    if (plain == bytes.size()) break;
    out.append("\"\"");
    bytes.remove_prefix(plain + 1);
  }
  out.push_back('"');
}

}  // namespace

void append_csv_field(std::string_view bytes, TextBuffer& out) {
  if (plain_prefix(bytes, needs_quotes) == bytes.size()) {
    out.append(bytes);
  } else {
    append_in_quotes(bytes, out);
  }
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
