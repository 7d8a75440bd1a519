#include "text/csv.h"

#include "format/all_formats.h"
#include "format/delimited.h"

namespace pxq {
namespace {

// Readers skip empty lines, so a row whose only field is empty is written as a pair of quotes.
constexpr Dialect kCsv{
    .name = "csv", .separator = ',', .append_field = append_csv_field, .lone_empty = "\"\""};

}  // namespace

std::unique_ptr<ResultSink> make_csv(const FormatOptions& options, Output& output) {
  return std::make_unique<Delimited>(kCsv, options, output);
}

}  // namespace pxq
