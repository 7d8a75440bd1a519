#include "format/all_formats.h"
#include "format/delimited.h"
#include "text/csv.h"

namespace pxq {
namespace {

constexpr Dialect kTsv{
    .name = "tsv", .separator = '\t', .append_field = append_tsv_field, .lone_empty = ""};

}  // namespace

std::unique_ptr<ResultSink> make_tsv(const FormatOptions& options, Output& output) {
  return std::make_unique<Delimited>(kTsv, options, output);
}

}  // namespace pxq
