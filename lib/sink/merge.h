#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "sink/result_sink.h"

namespace pxq {

/// The column that tells which cluster a row is of.
inline constexpr const char* kClusterColumn = "_cluster_";

/// Makes one result of several: tables of one name become one table, with the column `_cluster_`
/// before all others. Rows go on as they come; the end of the whole is not told here. Not for more
/// than one thread at a time. The sinks behind it and the sources live no longer than it.
class Merge {
 public:
  explicit Merge(ResultSink& next) : next_(next) {}

  /// The sink of one of the results; `label` is what stands in its column.
  std::unique_ptr<ResultSink> source(std::string label);

 private:
  class Source;
  struct Table {
    Schema schema;      // as passed on
    std::string label;  // of the source that brought it first
  };

  /// The table of this name, the `number`th of its source: begun if no source has brought it yet.
  Table& table(const Schema& schema, size_t number, const std::string& label);

  ResultSink& next_;
  std::deque<Table> tables_;
  std::map<std::pair<std::string, size_t>, Table*> by_name_;
};

}  // namespace pxq
