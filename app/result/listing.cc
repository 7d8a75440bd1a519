#include "result/listing.h"

#include <deque>
#include <memory>
#include <utility>

#include "model/row_batch.h"
#include "result/screen.h"
#include "result/shaping.h"
#include "sink/pipe.h"
#include "sink/select.h"

namespace pxq {
namespace {

DataType cell_type(const ListCell& cell) {
  if (std::holds_alternative<int64_t>(cell)) return DataType::kInt64;
  return std::holds_alternative<bool>(cell) ? DataType::kBoolean : DataType::kString;
}

Schema schema_of(const ListTable& table) {
  Schema schema{.name = table.name, .id = table.name, .columns = {}};
  const std::vector<ListCell>& row = table.rows.empty() ? table.like : table.rows[0];
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const DataType type = row.empty() ? DataType::kString : cell_type(row[i]);
    schema.columns.push_back({table.columns[i], type, SemanticType::kNone, {}});
  }
  return schema;
}

// Views into `table`, which lives as long as the batch.
Column column_of(const ListTable& table, size_t index, DataType type) {
  Column column = make_column(type);
  for (const std::vector<ListCell>& row : table.rows) {
    const ListCell& cell = row[index];
    if (auto* texts = std::get_if<StringColumn>(&column)) {
      texts->push_back(std::get<std::string>(cell));
    } else if (auto* numbers = std::get_if<Int64Column>(&column)) {
      numbers->push_back(std::get<int64_t>(cell));
    } else if (auto* truths = std::get_if<BooleanColumn>(&column)) {
      truths->push_back(std::get<bool>(cell) ? 1 : 0);
    }
  }
  return column;
}

RowBatch batch_of(const ListTable& table, const Schema& schema) {
  RowBatch batch;
  for (size_t i = 0; i < schema.columns.size(); ++i) {
    batch.columns.push_back(column_of(table, i, schema.columns[i].type));
  }
  batch.num_rows = table.rows.size();
  batch.eos = true;
  return batch;
}

// A table on a terminal, of which its reader has said nothing: what crowds out the rest is for
// --wide, --columns and programs.
bool is_for_reading(const OutputOptions& output, const OutputPlan& plan, const Context& context) {
  return context.out.is_terminal && !plan.path && plan.selection.columns.empty() && !output.wide &&
         plan.format == &default_format(DefaultFor::kTerminal);
}

}  // namespace

Status write_tables(const std::vector<ListTable>& tables, const OutputOptions& output,
                    const TalkOptions& talk, Context& context) {
  Result<OutputPlan> plan = output.plan(context, talk);
  if (!plan.ok()) return plan.status();
  plan->spelling.units = false;
  if (is_for_reading(output, *plan, context) && tables.size() == 1) {
    plan->selection.columns = tables.front().details;
    plan->selection.drop_columns = true;
  }
  auto destination = open_destination(*plan, {}, context);
  if (!destination.ok()) return destination.status();
  Pipe pipe(**destination);
  Shaping shaping;
  shaping.put_last(plan->shape, pipe);
  Selection columns;
  columns.columns = std::exchange(plan->selection.columns, {});
  columns.drop_columns = plan->selection.drop_columns;
  if (!columns.everything()) pipe.put_before<Select>(std::move(columns));
  shaping.put_first(plan->shape, std::move(plan->selection), pipe);
  std::deque<Schema> schemas;  // their addresses tell tables apart
  for (const ListTable& table : tables) pipe.begin(schemas.emplace_back(schema_of(table)));
  Summary summary;
  for (size_t i = 0; i < tables.size(); ++i) {
    const RowBatch batch = batch_of(tables[i], schemas[i]);
    pipe.rows(schemas[i], batch);
    summary.tables.push_back({.name = tables[i].name,
                              .id = tables[i].name,
                              .rows = batch.num_rows,
                              .bytes = 0,
                              .complete = true,
                              .capped = false});
  }
  pipe.end(summary);
  summary.status = pipe.verdict();
  const Status written = (*destination)->conclude(summary.status);
  shaping.tell(context.console);
  return summary.status.ok() ? written : summary.status;
}

}  // namespace pxq
