#include "format/all_formats.h"
#include "format/json_rows.h"
#include "format/sections.h"

namespace pxq {
namespace {

// A run that failed leaves the array open: a parser must not take a part for the whole.
constexpr SectionFrame kFrame{
    .open = "[\n", .separator = ",\n", .close = "\n]\n", .torn = "\n", .no_section = "[]\n"};

/// The rows of one table as elements of the array, one a line.
class JsonElements final : public Section {
 public:
  JsonElements(const Schema& schema, const std::string& name, const FormatOptions& options)
      : rows_(schema, name, options) {}

  void rows(const RowBatch& batch, Output& out) override {
    rows_.bind(batch);
    for (size_t row = 0; row < batch.num_rows; ++row) {
      if (any_) out.text().append(",\n");
      any_ = true;
      rows_.write(row, out.text());
      out.commit();
    }
  }

  void close(bool, Output&) override {}
  void add_table_key() override { rows_.add_table_key(); }

 private:
  JsonRows rows_;
  bool any_ = false;
};

std::unique_ptr<ResultSink> make(const FormatOptions& options, Output& output) {
  const auto make = [](const Schema& schema, const std::string& name,
                       const FormatOptions& of_format) {
    return std::make_unique<JsonElements>(schema, name, of_format);
  };
  return std::make_unique<Sections>(kFrame, make, options, output);
}

}  // namespace

const Format kJsonArrayFormat = {.name = "json-array",
                                 .extension = "json",
                                 .description = "the rows as one JSON array",
                                 .heeds = {.table_key = true,
                                           .int64 = true,
                                           .nan = true,
                                           .bytes = true,
                                           .time = true,
                                           .script_labels = true,
                                           .skip_empty = true,
                                           .no_empty_file = true},
                                 .make = make};

}  // namespace pxq
