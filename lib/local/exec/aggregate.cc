#include <string>
#include <utility>
#include <vector>

#include "local/exec/key_numbering.h"
#include "local/exec/operators.h"

namespace pxq::local {
namespace {

/// Which group each row belongs to, and each group's first row.
struct Groups {
  std::vector<uint32_t> numbers;
  std::vector<uint32_t> first_rows;
  size_t count = 0;
};

Groups find_groups(const Operator::Aggregate& aggregate, const Frame& input) {
  if (aggregate.ungrouped || aggregate.groups.empty()) {
    return {std::vector<uint32_t>(input.rows, 0), {}, 1};
  }
  std::vector<ColumnPtr> keys;
  for (const size_t column : aggregate.groups) keys.push_back(input.columns[column]);
  KeyNumbering numbering;
  Groups groups{numbering.add(keys, input.rows), {}, numbering.size()};
  for (size_t row = 0; row < input.rows; ++row) {
    if (groups.numbers[row] == groups.first_rows.size()) {
      groups.first_rows.push_back(static_cast<uint32_t>(row));
    }
  }
  return groups;
}

Result<ColumnPtr> run_item(const Operator::Aggregate::Item& item, const Groups& groups,
                           const Frame& input, const Execution& execution) {
  if (Status status = execution.check(); !status.ok()) return status;
  const std::unique_ptr<Aggregator> aggregator = item.function->make();
  aggregator->update(*input.columns[item.column], groups.numbers, groups.count);
  Column values = aggregator->finish(groups.count, execution.functions);
  if (column_size(values) == groups.count && column_type(values) == item.function->result) {
    return share(std::move(values));
  }
  return Status{Code::kInternal, "aggregate '" + std::string(item.function->name) + "' returned " +
                                     std::to_string(column_size(values)) + " values of " +
                                     std::string(data_type_name(column_type(values))) + " for " +
                                     std::to_string(groups.count) + " groups"};
}

}  // namespace

Result<Frame> run_aggregate(const Operator::Aggregate& aggregate, const Frame& input,
                            const Execution& execution) {
  const Groups groups = find_groups(aggregate, input);
  Frame output{{}, groups.count};
  for (const size_t column : aggregate.groups) {
    output.columns.push_back(share(gather(*input.columns[column], groups.first_rows)));
  }
  for (const Operator::Aggregate::Item& item : aggregate.values) {
    Result<ColumnPtr> values = run_item(item, groups, input, execution);
    if (!values.ok()) return values.status();
    output.columns.push_back(*std::move(values));
  }
  return output;
}

}  // namespace pxq::local
