#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sink/result_sink.h"

namespace pxq {

/// How many cells of one column are not UTF-8.
struct OddColumn {
  std::string table;
  std::string column;
  uint64_t cells = 0;
};

/// Counts the cells with bytes that are not UTF-8 in what goes through it, for formats that write
/// bytes as they are and whose readers may refuse them.
class OddTextSink final : public ResultSink {
 public:
  explicit OddTextSink(ResultSink& next) : next_(next) {}

  void begin(const Schema& schema) override { next_.begin(schema); }
  void rows(const Schema& schema, const RowBatch& batch) override;
  void end(const Summary& summary) override { next_.end(summary); }

  /// Columns with such cells, tables in the order of their first one.
  const std::vector<OddColumn>& found() const { return found_; }

 private:
  void count(const Schema& schema, size_t column, uint64_t cells);

  ResultSink& next_;
  std::vector<OddColumn> found_;
  std::map<std::pair<const Schema*, size_t>, size_t> places_;  // in found_
};

}  // namespace pxq
