#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/output.h"
#include "model/row_batch.h"
#include "sink/result_sink.h"

namespace pxq::fake {

/// A table of one string and one integer column.
inline Schema small_schema(const std::string& name, const std::string& first = "service",
                           const std::string& second = "count") {
  return {.name = name,
          .id = name + "-id",
          .columns = {{.name = first, .type = DataType::kString, .description = ""},
                      {.name = second, .type = DataType::kInt64, .description = ""}}};
}

/// Cells must outlive the batch.
inline RowBatch small_batch(const std::vector<std::pair<const char*, int64_t>>& rows) {
  StringColumn names;
  Int64Column counts;
  for (const auto& [name, count] : rows) {
    names.push_back(name);
    counts.push_back(count);
  }
  RowBatch batch;
  batch.num_rows = rows.size();
  batch.columns.emplace_back(std::move(names));
  batch.columns.emplace_back(std::move(counts));
  return batch;
}

/// The least CSV or JSON lines that a file test needs; cells are taken as they are.
class PlainSink final : public ResultSink {
 public:
  enum class Kind { kCsv, kJsonLines };

  PlainSink(Kind kind, Output& output, bool header)
      : kind_(kind), output_(output), header_(header) {}

  void begin(const Schema& schema) override {
    if (kind_ == Kind::kJsonLines || !header_) return;
    for (size_t i = 0; i < schema.columns.size(); ++i) {
      output_.text().append((i == 0 ? "" : ",") + schema.columns[i].name);
    }
    end_record();
  }

  void rows(const Schema& schema, const RowBatch& batch) override {
    for (size_t row = 0; row < batch.num_rows; ++row) {
      const std::string name(std::get<StringColumn>(batch.columns[0])[row]);
      const std::string count = std::to_string(std::get<Int64Column>(batch.columns[1])[row]);
      if (kind_ == Kind::kCsv) {
        output_.text().append(name + "," + count);
      } else {
        output_.text().append("{\"" + schema.columns[0].name + "\":\"" + name + "\",\"" +
                              schema.columns[1].name + "\":" + count + "}");
      }
      end_record();
    }
    output_.flush();
  }

  void end(const Summary&) override { output_.flush(); }

 private:
  void end_record() {
    output_.text().push_back('\n');
    output_.commit();
  }

  Kind kind_;
  Output& output_;
  bool header_;
};

}  // namespace pxq::fake
