#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sink/result_sink.h"

namespace pxq {

enum class Comparison { kEqual, kUnequal, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };

/// One --fail-if: `TABLE.COLUMN OP VALUE`, true if any row makes it true, or `rows OP N` and
/// `rows(TABLE) OP N`, judged at the end. OP is one of == = != < <= > >=. Names and values may
/// stand in double quotes; the last dot outside them parts table and column. The column's type says
/// how VALUE is read: integers and floats (durations also as 500ms, 1.5s, 2m, sizes as 10KB, 4MiB,
/// percentages as 80%), true and false, RFC 3339 UTC or Unix ns, a UUID, or the bytes of a string.
/// NaN is neither less, greater nor equal.
struct Assertion {
  std::string text;  // as the user wrote it
  bool counts_rows = false;
  std::string table;  // of counts: empty for all tables together
  std::string column;
  Comparison comparison = Comparison::kEqual;
  std::string value;

  /// kUsage if it cannot be read.
  static Result<Assertion> parse(std::string_view text);

  /// --fail-on-empty: no row in any table.
  static Assertion no_rows();
};

/// Judges rows as they pass, and keeps the first one that offends; all rows are passed on. Names
/// are settled before rows: nothing is passed on where a check names a table or column that is not
/// there when the first row comes, nor among `promised`, the tables that are known to come.
class AssertionSink final : public ResultSink {
 public:
  AssertionSink(std::vector<Assertion> assertions, std::vector<std::string> promised,
                ResultSink& next);

  void begin(const Schema& schema) override;
  void rows(const Schema& schema, const RowBatch& batch) override;
  void end(const Summary& summary) override;

  /// kUsage, as soon as it is known, for a value that does not fit its column and for tables and
  /// columns that did not come: a check that checks nothing must not pass. A row that offends does
  /// not end the run: it is told of the whole result.
  const Status& status() const override {
    return failure_.code() == Code::kUsage ? failure_ : fine();
  }
  /// The same, or kAssertion with the first row that offends, as JSON, if one does.
  const Status& verdict() const override { return failure_; }

 private:
  using Offends = std::function<bool(const Column&, size_t)>;

  struct Check {
    size_t assertion = 0;
    size_t column = 0;
    Offends offends;
  };
  struct Table {
    uint64_t rows = 0;
    std::vector<Check> checks;
  };

  void settle();
  Status no_table(const Assertion& assertion) const;
  void add_check(size_t assertion, const Schema& schema, Table& table);
  void judge(const Schema& schema, const RowBatch& batch, const Table& table, const Check& check);
  void judge_count(const Assertion& assertion);
  void fail(Status failure);

  std::vector<Assertion> assertions_;
  std::vector<std::string> promised_;
  ResultSink& next_;
  std::vector<const Schema*> waiting_;  // announced before the first row
  bool settled_ = false;
  std::map<const Schema*, Table> tables_;
  std::vector<bool> found_;  // by assertion: its table came
  std::map<std::string, uint64_t> rows_by_name_;
  uint64_t all_rows_ = 0;
  Status failure_;
};

}  // namespace pxq
