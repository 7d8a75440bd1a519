#include "wire/ledger.h"

#include <fmt/format.h>

#include <algorithm>

namespace pxq::wire {

namespace {

// What a relation takes in memory, near enough to bound it.
size_t bytes_of(const Schema& schema) {
  size_t bytes = sizeof(Schema) + schema.name.size() + schema.id.size();
  for (const ColumnInfo& column : schema.columns) {
    bytes += sizeof(ColumnInfo) + column.name.size() + column.description.size();
  }
  return bytes;
}

// A line on stderr stays readable with five names; scripts rarely have more tables.
constexpr size_t kMostTablesNamed = 5;

// "'a', 'b' and 7 more"; empty where none is.
template <typename Predicate>
std::string names_of(const std::deque<Ledger::Table>& tables, const Predicate& chosen) {
  std::string names;
  size_t count = 0;
  for (const Ledger::Table& table : tables) {
    if (!chosen(table) || ++count > kMostTablesNamed) continue;
    fmt::format_to(std::back_inserter(names), "{}'{}'", names.empty() ? "" : ", ",
                   table.schema.name);
  }
  if (count > kMostTablesNamed) names += fmt::format(" and {} more", count - kMostTablesNamed);
  return names;
}

}  // namespace

Result<Ledger::Table*> Ledger::announce(Schema schema) {
  if (const auto known = by_id_.find(schema.id); known != by_id_.end()) {
    if (known->second->schema == schema) return nullptr;
    return Status(Code::kIncomplete,
                  fmt::format("the server announced table '{}' twice, with different columns",
                              known->second->schema.name));
  }
  if (tables_.size() == limits_.tables) {
    return Status(Code::kLimit, fmt::format("the script has more than {} tables", limits_.tables));
  }
  schema_bytes_ += bytes_of(schema);
  if (schema_bytes_ > limits_.schema_bytes) {
    return Status(Code::kLimit, fmt::format("the names of all columns take more than {} MiB",
                                            limits_.schema_bytes >> 20));
  }
  // Tables lie in a deque, so that the pointers handed out stay good while others are announced.
  tables_.push_back({std::move(schema), {}});
  Table* table = &tables_.back();
  by_id_.emplace(table->schema.id, table);
  return table;
}

Result<Ledger::Table*> Ledger::find(std::string_view table_id) {
  const auto found = by_id_.find(table_id);
  if (found == by_id_.end()) {
    return Status(Code::kIncomplete, fmt::format("batch for unknown table '{}'", table_id));
  }
  return found->second;
}

Status Ledger::enter(Table& table, const RowBatch& batch, size_t bytes) {
  if (table.eos) {
    return {Code::kIncomplete,
            fmt::format("data for table '{}' after its end of stream", table.schema.name)};
  }
  table.rows += batch.num_rows;
  table.bytes += bytes;
  table.eos = batch.eos;
  rows_ += batch.num_rows;
  bytes_ += bytes;
  return {};
}

Status Ledger::enter_query_id(std::string_view query_id) {
  if (query_id.empty() || query_id == query_id_) return {};
  if (!query_id_.empty()) {
    return {Code::kIncomplete,
            fmt::format("the server changed the query id from {} to {}", query_id_, query_id)};
  }
  query_id_ = query_id;
  return {};
}

bool Ledger::all_ended() const {
  return std::all_of(tables_.begin(), tables_.end(), [](const Table& table) { return table.eos; });
}

std::string Ledger::what_is_missing() const {
  if (tables_.empty() && !stats_) return "the server sent no results";
  const std::string open = names_of(tables_, [](const Table& table) { return !table.eos; });
  if (!open.empty()) return fmt::format("no end of stream for table {}", open);
  return stats_ ? "" : "the final statistics did not arrive";
}

void Ledger::enter_gap() {
  // Rows can be missing from the first cut on, so that is the one to be named.
  if (resumes_++ == 0) rows_before_gap_ = rows_;
  for (Table& table : tables_) table.gap = table.gap || !table.eos;
}

// Ok where no row can have been lost in a gap.
Status Ledger::gaps() const {
  const std::string tables = names_of(tables_, [](const Table& table) { return table.gap; });
  if (tables.empty()) return {};
  const std::string cuts =
      resumes_ == 1 ? fmt::format("a cut at row {}", rows_before_gap_)
                    : fmt::format("{} cuts, the first at row {}", resumes_, rows_before_gap_);
  return Status(Code::kIncomplete,
                fmt::format("resumed after {}: rows of {} may be missing", cuts, tables),
                "only a new run can be whole")
      .with_retryable(true);
}

Summary Ledger::close(Status status) const {
  if (!status.ok()) return summarize(std::move(status));
  if (std::string missing = what_is_missing(); !missing.empty()) {
    return summarize(Status(Code::kIncomplete, std::move(missing)).with_retryable(true));
  }
  return summarize(gaps());
}

Summary Ledger::summarize(Status status) const {
  Summary summary;
  summary.status = std::move(status);
  for (const Table& table : tables_) {
    summary.tables.push_back({.name = table.schema.name,
                              .id = table.schema.id,
                              .rows = table.rows,
                              .bytes = table.bytes,
                              .complete = table.eos && !table.gap,
                              .gap = table.gap});
  }
  summary.stats = stats_;
  summary.query_id = query_id_;
  summary.resumes = resumes_;
  summary.bytes_received = bytes_;
  return summary;
}

}  // namespace pxq::wire
