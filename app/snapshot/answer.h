#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/status.h"
#include "connect/connection.h"
#include "model/row_batch.h"
#include "sink/result_sink.h"

namespace pxq {

/// One row of an answer as texts by column: numbers in decimal, a UINT128 as `high low`.
using AnswerRow = std::map<std::string, std::string>;
/// The rows of a script's tables, by table.
using Answer = std::map<std::string, std::vector<AnswerRow>>;

/// Asks a cluster something small.
Result<Answer> ask(const Connection& connection, const std::string& script);

/// Keeps a slice's rows until it is known to be whole. Fails with kLimit where they are too many to
/// keep.
class SliceKeeper final : public ResultSink {
 public:
  struct Table {
    const Schema* announced = nullptr;
    Schema schema;
    std::vector<RowBatch> batches = {};
    uint64_t rows = 0;
  };

  void begin(const Schema& schema) override;
  void rows(const Schema& schema, const RowBatch& batch) override;
  void end(const Summary& /*summary*/) override {}
  const Status& status() const override { return status_; }

  std::vector<Table>& tables() { return tables_; }
  bool overflowed() const { return !status_.ok(); }
  /// Whether several times as many would not overflow either.
  bool has_room() const;

 private:
  std::vector<Table> tables_;
  size_t bytes_ = 0;
  Status status_;
};

}  // namespace pxq
