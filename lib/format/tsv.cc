#include "format/all_formats.h"
#include "format/delimited.h"
#include "text/csv.h"

namespace pxq {
namespace {

constexpr Dialect kTsv{
    .name = "tsv", .separator = '\t', .append_field = append_tsv_field, .lone_empty = ""};

std::unique_ptr<ResultSink> make(const FormatOptions& options, Output& output) {
  return std::make_unique<Delimited>(kTsv, options, output);
}

}  // namespace

const Format kTsvFormat = {
    .name = "tsv",
    .extension = "tsv",
    .description = "tab-separated, \\t \\n \\r \\\\ for those bytes in values",
    .one_table = true,
    .lines = LineFormat::kTsv,
    .heeds = {.header = true,
              .human = true,
              .bytes = true,
              .time = true,
              .raw_bytes = true,
              .script_labels = true,
              .skip_empty = true,
              .no_empty_file = true},
    .make = make};

}  // namespace pxq
