#include <map>

#include "format/all_formats.h"
#include "format/json_rows.h"
#include "format/names.h"

namespace pxq {
namespace {

/// One JSON object a row and a line, written as rows arrive.
class Jsonl final : public ResultSink {
 public:
  Jsonl(const FormatOptions& options, Output& output) : options_(options), output_(output) {}

  void begin(const Schema& schema) override {
    tables_.try_emplace(&schema, schema, names_.unique(schema.name), options_);
    if (tables_.size() < 2) return;
    for (auto& [key, rows] : tables_) rows.add_table_key();
  }

  void rows(const Schema& schema, const RowBatch& batch) override {
    JsonRows& rows = tables_.at(&schema);
    rows.bind(batch);
    for (size_t row = 0; row < batch.num_rows; ++row) {
      rows.write(row, output_.text());
      output_.text().push_back('\n');
      output_.commit();
    }
    output_.flush();
  }

  void end(const Summary&) override { output_.flush(); }

 private:
  const FormatOptions options_;
  Output& output_;
  TableNames names_;
  std::map<const Schema*, JsonRows> tables_;
};

std::unique_ptr<ResultSink> make(const FormatOptions& options, Output& output) {
  return std::make_unique<Jsonl>(options, output);
}

}  // namespace

const Format kJsonlFormat = {.name = "jsonl",
                             .alias = "json",
                             .extension = "jsonl",
                             .description = "one JSON object a row (default in a pipe)",
                             .lines = LineFormat::kJsonLines,
                             .default_for = DefaultFor::kPipe,
                             .heeds = {.table_key = true,
                                       .int64 = true,
                                       .nan = true,
                                       .bytes = true,
                                       .time = true,
                                       .script_labels = true,
                                       .no_empty_file = true},
                             .make = make};

}  // namespace pxq
