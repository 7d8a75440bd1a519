#include <algorithm>
#include <utility>
#include <vector>

#include "local/exec/evaluate.h"
#include "local/exec/operators.h"

namespace pxq::local {

Result<Frame> run_filter(const Operator::Filter& filter, const Frame& input,
                         const Execution& execution) {
  Result<std::vector<ColumnPtr>> condition =
      evaluate(std::span{&filter.condition, size_t{1}}, input, execution);
  if (!condition.ok()) return condition.status();
  const auto* keep = std::get_if<BooleanColumn>(condition->front().get());
  if (keep == nullptr) return Status{Code::kInternal, "a filter's condition is not BOOLEAN"};

  std::vector<uint32_t> rows;
  for (size_t row = 0; row < keep->size(); ++row) {
    if ((*keep)[row] != 0) rows.push_back(static_cast<uint32_t>(row));
  }
  if (rows.size() == input.rows) return input;
  return gather(input, rows);
}

Frame run_limit(const Operator::Limit& limit, const Frame& input) {
  const size_t rows = std::min(input.rows, static_cast<size_t>(std::max<int64_t>(limit.rows, 0)));
  if (rows == input.rows) return input;
  Frame first{{}, rows};
  for (const ColumnPtr& column : input.columns) {
    first.columns.push_back(share(slice(*column, 0, rows)));
  }
  return first;
}

}  // namespace pxq::local
