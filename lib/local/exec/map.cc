#include <utility>

#include "local/exec/evaluate.h"
#include "local/exec/operators.h"

namespace pxq::local {

Result<Frame> run_map(const Operator::Map& map, const Frame& input, const Execution& execution) {
  Result<std::vector<ColumnPtr>> columns = evaluate(map.columns, input, execution);
  if (!columns.ok()) return columns.status();
  return Frame{*std::move(columns), input.rows};
}

}  // namespace pxq::local
