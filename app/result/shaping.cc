#include "result/shaping.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "shape/skip_empty.h"
#include "shape/sort.h"

namespace pxq {
namespace {

void tell_cells(const std::vector<CellCount>& counts, std::string_view what, Console& console) {
  for (const CellCount& count : counts) {
    console.warning(fmt::format("table '{}', column '{}': {} {} {}", count.table, count.column,
                                count.cells, count.cells == 1 ? "cell" : "cells", what));
  }
}

}  // namespace

void Shaping::put_last(const Shape& shape, Pipe& pipe) {
  if (shape.skip_empty) pipe.put_before<SkipEmpty>();
  if (shape.spreadsheet) guard_ = &pipe.put_before<SpreadsheetGuard>();
}

Select& Shaping::put_first(const Shape& shape, Selection rows, Pipe& pipe) {
  if (!shape.before_limit()) return pipe.put_before<Select>(std::move(rows));
  Selection limit;
  limit.limit = std::exchange(rows.limit, std::nullopt);
  Select& limited = pipe.put_before<Select>(std::move(limit));
  if (!shape.sort.empty()) {
    pipe.put_before<Sort>(SortOptions{
        .keys = shape.sort, .enough = [&pipe] { return pipe.satisfied() || !pipe.status().ok(); }});
  }
  if (shape.expand_quantiles || shape.script_labels) {
    changes_ = &pipe.put_before<ColumnChanges>(shape);
  }
  if (!rows.everything()) pipe.put_before<Select>(std::move(rows));
  return limited;
}

void Shaping::tell(Console& console) const {
  if (changes_ != nullptr) {
    tell_cells(changes_->not_quantiles(), "without quantiles: NaN in their place", console);
  }
  if (guard_ == nullptr) return;
  tell_cells(guard_->formulas(), "that a spreadsheet would run as a formula, now begun with '",
             console);
  tell_cells(guard_->digits(), "of digits that a spreadsheet would lose, now begun with '",
             console);
  tell_cells(guard_->rounded(), "with more than 15 digits, which a spreadsheet rounds", console);
}

}  // namespace pxq
