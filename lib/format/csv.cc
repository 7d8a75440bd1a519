#include "text/csv.h"

#include <array>
#include <utility>

#include "format/all_formats.h"
#include "format/delimited.h"

namespace pxq {
namespace {

// Readers skip empty lines, so a row whose only field is empty is written as a pair of quotes.
constexpr Dialect kCsv{
    .name = "csv", .separator = ',', .append_field = append_csv_field, .lone_empty = "\"\""};

// One function for each byte that may stand between fields.
template <char kSeparator>
bool append_field_between(std::string_view bytes, TextBuffer& out) {
  return append_separated_field(bytes, kSeparator, out);
}

template <size_t... kBytes>
constexpr std::array<AppendRaw, sizeof...(kBytes)> all_fields(
    std::index_sequence<kBytes...> /*bytes*/) {
  return {append_field_between<static_cast<char>(kBytes)>...};
}
constexpr auto kFields = all_fields(std::make_index_sequence<128>());

Dialect dialect_of(const FormatOptions& options) {
  Dialect dialect = kCsv;
  if (options.spreadsheet) {
    dialect.byte_order_mark = "\xef\xbb\xbf";
    dialect.carriage_returns = true;
  }
  if (options.delimiter == 0 || options.delimiter == kCsv.separator) return dialect;
  dialect.separator = options.delimiter;
  dialect.append_field = kFields.at(static_cast<unsigned char>(options.delimiter));
  return dialect;
}

std::unique_ptr<ResultSink> make(const FormatOptions& options, Output& output) {
  return std::make_unique<Delimited>(dialect_of(options), options, output);
}

}  // namespace

const Format kCsvFormat = {.name = "csv",
                           .extension = "csv",
                           .description = "RFC 4180, one header line, raw values",
                           .one_table = true,
                           .lines = LineFormat::kCsv,
                           .heeds = {.header = true,
                                     .human = true,
                                     .bytes = true,
                                     .time = true,
                                     .raw_bytes = true,
                                     .delimiter = true,
                                     .spreadsheet = true,
                                     .script_labels = true,
                                     .skip_empty = true,
                                     .no_empty_file = true},
                           .make = make};

}  // namespace pxq
