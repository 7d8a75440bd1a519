#include "text/csv.h"

#include "format/all_formats.h"
#include "format/delimited.h"

namespace pxq {
namespace {

// Readers skip empty lines, so a row whose only field is empty is written as a pair of quotes.
constexpr Dialect kCsv{
    .name = "csv", .separator = ',', .append_field = append_csv_field, .lone_empty = "\"\""};

std::unique_ptr<ResultSink> make(const FormatOptions& options, Output& output) {
  return std::make_unique<Delimited>(kCsv, options, output);
}

}  // namespace

const Format kCsvFormat = {.name = "csv",
                           .extension = "csv",
                           .description = "RFC 4180, one header line, raw values",
                           .one_table = true,
                           .lines = LineFormat::kCsv,
                           .heeds = {.human = true, .bytes = true, .time = true, .raw_bytes = true},
                           .make = make};

}  // namespace pxq
