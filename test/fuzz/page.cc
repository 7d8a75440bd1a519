#include <algorithm>
#include <string>

#include "format/format.h"
#include "fuzz/target.h"
#include "sink/result_sink.h"

namespace pxq::fuzz {
namespace {

std::string page_of(std::string_view table, std::string_view column, std::string_view cell) {
  StringOutput output;
  FormatOptions options;
  const auto sink = find_format("html")->make(options, output);
  const Schema schema{std::string(table),
                      "1",
                      {{std::string(column), DataType::kString, SemanticType::kNone, ""},
                       {"n", DataType::kInt64, SemanticType::kNone, ""}}};
  RowBatch batch;
  batch.num_rows = 1;
  batch.eos = true;
  batch.columns = {StringColumn{cell}, Int64Column{1}};
  Summary summary;
  summary.tables.push_back({.name = schema.name, .id = "1", .rows = 1, .complete = true});
  sink->begin(schema);
  sink->rows(schema, batch);
  sink->end(summary);
  return output.str();
}

// The page without its scripts' and styles' text, which is ours and holds the rows as JSON.
size_t tags(std::string_view page) { return static_cast<size_t>(std::ranges::count(page, '<')); }

}  // namespace

// Rows are data: the page has the tags that it has for harmless ones, and no other.
void fuzz_page(std::string_view input) {
  Feed feed(input);
  const std::string_view table = feed.text();
  const std::string_view column = feed.text();
  const std::string_view cell = feed.rest();
  static const size_t harmless = tags(page_of("t", "c", "x"));
  expect(tags(page_of(table, column, cell)) == harmless, "no text from a cluster becomes markup");
}

}  // namespace pxq::fuzz
