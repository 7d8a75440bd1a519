#include <algorithm>
#include <iterator>

#include "export/summary_file.h"

namespace pxq {
namespace {

void keep_first(std::optional<int64_t>& kept, std::optional<int64_t> other) {
  if (other) kept = std::min(kept.value_or(*other), *other);
}

void keep_last(std::optional<int64_t>& kept, std::optional<int64_t> other) {
  if (other) kept = std::max(kept.value_or(*other), *other);
}

void add(const WindowedTable& before, WindowedTable& table) {
  table.start_ns = std::min(table.start_ns, before.start_ns);
  table.end_ns = std::max(table.end_ns, before.end_ns);
  table.rows += before.rows;
  table.late_rows += before.late_rows;
  table.doubled += before.doubled;
  table.outside += before.outside;
  table.too_late += before.too_late;
  table.dedup_rows += before.dedup_rows;
  table.dedup_rows_missing += before.dedup_rows_missing;
  table.dedup_rows_changed += before.dedup_rows_changed;
  keep_first(table.first_ns, before.first_ns);
  keep_last(table.last_ns, before.last_ns);
}

void add(const TableSummary& before, TableSummary& table) {
  table.written = table.written.value_or(table.rows) + before.written.value_or(before.rows);
  table.rows += before.rows;
  table.bytes += before.bytes;
}

// A round has all tables that the rounds before had, or they are kept as they were.
template <typename Table>
void add_tables(const std::vector<Table>& before, std::vector<Table>& tables) {
  for (const Table& old : before) {
    const auto same = std::ranges::find(tables, old.name, &Table::name);
    if (same == tables.end()) {
      tables.push_back(old);
    } else {
      add(old, *same);
    }
  }
}

}  // namespace

void add_rounds(const RunReport& before, RunReport& report) {
  add_tables(before.windowed, report.windowed);
  add_tables(before.summary.tables, report.summary.tables);
  report.facts.insert(before.facts.begin(), before.facts.end());
  report.files.insert(report.files.begin(), before.files.begin(), before.files.end());
  report.committed = report.committed || before.committed;
  report.summary.bytes_received += before.summary.bytes_received;
  report.summary.resumes += before.summary.resumes;
  report.summary.elapsed += before.summary.elapsed;
  if (report.window && before.window) report.window->start_ns = before.window->start_ns;
}

}  // namespace pxq
