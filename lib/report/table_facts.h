#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "sink/result_sink.h"

namespace pxq {

/// What passed of one table; times in Unix nanoseconds of its time_ column, if it has one.
struct TableFacts {
  uint64_t rows = 0;
  std::optional<int64_t> first_ns;
  std::optional<int64_t> last_ns;
};

/// Counts what goes through it, for the summary and for --fail-on-empty.
class TableFactsSink final : public ResultSink {
 public:
  explicit TableFactsSink(ResultSink& next) : next_(next) {}

  void begin(const Schema& schema) override;
  void rows(const Schema& schema, const RowBatch& batch) override;
  void end(const Summary& summary) override { next_.end(summary); }

  /// By the table's id, which tells tables of one name apart.
  const std::map<std::string, TableFacts>& tables() const { return tables_; }

 private:
  ResultSink& next_;
  std::map<std::string, TableFacts> tables_;
};

}  // namespace pxq
