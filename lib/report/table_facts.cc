#include "report/table_facts.h"

#include <algorithm>
#include <variant>

namespace pxq {

void TableFactsSink::begin(const Schema& schema) {
  tables_.try_emplace(schema.id);
  next_.begin(schema);
}

void TableFactsSink::rows(const Schema& schema, const RowBatch& batch) {
  TableFacts& facts = tables_[schema.id];
  facts.rows += batch.num_rows;
  for (size_t i = 0; i < schema.columns.size(); ++i) {
    const auto* times = std::get_if<Time64Column>(&batch.columns[i]);
    if (times == nullptr || times->empty() || schema.columns[i].name != "time_") continue;
    const auto [first, last] = std::ranges::minmax_element(*times);
    facts.first_ns = std::min(facts.first_ns.value_or(first->ns), first->ns);
    facts.last_ns = std::max(facts.last_ns.value_or(last->ns), last->ns);
  }
  next_.rows(schema, batch);
}

}  // namespace pxq
