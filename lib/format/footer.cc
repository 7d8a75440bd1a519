#include "format/footer.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/text_buffer.h"
#include "text/number.h"
#include "text/visible.h"
#include "text/width.h"

namespace pxq {
namespace {

/// More tables than this are counted and not named.
constexpr size_t kMostTablesNamed = 3;

void append_rows(uint64_t rows, TextBuffer& out) {
  out.advance_to(write_grouped(out.reserve(kGroupedSize), rows));
  out.append(rows == 1 ? " row" : " rows");
}

// Three figures and a decimal prefix: `48 `, `1.3 M`. What follows is the unit.
void append_scaled(double value, TextBuffer& out) {
  static constexpr std::array<std::string_view, 7> kPrefixes = {"", "k", "M", "G", "T", "P", "E"};
  size_t prefix = 0;
  while (value >= 999.5 && prefix + 1 < kPrefixes.size()) {
    value /= 1000;
    ++prefix;
  }
  const bool fraction = prefix != 0 && value < 9.95;
  out.advance_to(write_fixed(out.reserve(kFixedSize), value, fraction ? 1 : 0));
  out.push_back(' ');
  out.append(kPrefixes[prefix]);
}

// The same of bytes, by 1024: `999 B`, `1.2 MiB`.
void append_bytes(double value, TextBuffer& out) {
  static constexpr std::array<std::string_view, 7> kUnits = {"B",   "KiB", "MiB", "GiB",
                                                             "TiB", "PiB", "EiB"};
  size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  const bool fraction = unit != 0 && value < 9.95;
  out.advance_to(write_fixed(out.reserve(kFixedSize), value, fraction ? 1 : 0));
  out.push_back(' ');
  out.append(kUnits[unit]);
}

void append_seconds(double seconds, TextBuffer& out) {
  out.advance_to(write_fixed(out.reserve(kFixedSize), seconds, 2));
  out.append(" s");
}

uint64_t all_rows(const Summary& summary) {
  uint64_t rows = 0;
  for (const TableSummary& table : summary.tables) rows += table.rows;
  return rows;
}

// `3 rows of 10 received` where the selection left some out.
void append_table_rows(const TableSummary& table, TextBuffer& out) {
  const uint64_t written = table.written.value_or(table.rows);
  append_rows(written, out);
  if (written == table.rows) return;
  out.append(" of ");
  out.advance_to(write_grouped(out.reserve(kGroupedSize), table.rows));
  out.append(" received");
}

// All tables together.
TableSummary total(const Summary& summary) {
  TableSummary all;
  all.written = 0;
  for (const TableSummary& table : summary.tables) {
    all.rows += table.rows;
    *all.written += table.written.value_or(table.rows);
  }
  return all;
}

void append_tables(const Summary& summary, bool named, TextBuffer& out) {
  if (summary.tables.empty()) return out.append("no tables");
  if (!named || summary.tables.size() > kMostTablesNamed) {
    out.advance_to(write_grouped(out.reserve(kGroupedSize), summary.tables.size()));
    out.append(" tables: ");
    return append_table_rows(total(summary), out);
  }
  for (const TableSummary& table : summary.tables) {
    if (&table != &summary.tables.front()) out.append(", ");
    append_visible(table.name, out);
    out.append(": ");
    append_table_rows(table, out);
  }
}

/// How much is told of what the server did.
enum class Detail { kVerdict, kRows, kNone, kShort, kFull };

void append_server(const ExecutionStats& stats, Detail detail, TextBuffer& out) {
  const auto seconds = [](int64_t ns) { return static_cast<double>(ns) / 1e9; };
  out.append(" (server: ");
  append_seconds(seconds(stats.execution_time_ns), out);
  if (detail == Detail::kFull) {
    out.append(" run, ");
    append_seconds(seconds(stats.compilation_time_ns), out);
    out.append(" compile");
  }
  out.append(", ");
  append_bytes(static_cast<double>(stats.bytes_processed), out);
  if (detail == Detail::kShort) return out.append(" read)");
  out.append(" and ");
  append_scaled(static_cast<double>(stats.records_processed), out);
  if (out.view().back() != ' ') out.push_back(' ');
  out.append("rows read)");
}

bool has_gap(const Summary& summary) {
  return std::any_of(summary.tables.begin(), summary.tables.end(),
                     [](const TableSummary& table) { return table.gap; });
}

std::string_view grpc_name(int code) {
  static constexpr std::array<std::string_view, 17> kNames = {
      "OK",
      "CANCELLED",
      "UNKNOWN",
      "INVALID_ARGUMENT",
      "DEADLINE_EXCEEDED",
      "NOT_FOUND",
      "ALREADY_EXISTS",
      "PERMISSION_DENIED",
      "RESOURCE_EXHAUSTED",
      "FAILED_PRECONDITION",
      "ABORTED",
      "OUT_OF_RANGE",
      "UNIMPLEMENTED",
      "INTERNAL",
      "UNAVAILABLE",
      "DATA_LOSS",
      "UNAUTHENTICATED",
  };
  if (code <= 0 || static_cast<size_t>(code) >= kNames.size()) return {};
  return kNames[static_cast<size_t>(code)];
}

std::string_view reason(Code code) {
  switch (code) {
    case Code::kIncomplete: return "stream lost";
    case Code::kConnect: return "connection failed";
    case Code::kServer: return "server failed";
    case Code::kTimeout: return "time limit passed";
    case Code::kInterrupted: return "interrupted";
    case Code::kOutput: return "output failed";
    case Code::kLimit: return "limit exceeded";
    case Code::kScript: return "script rejected";
    case Code::kAuth: return "not permitted";
    default: return "stopped";
  }
}

void append_loss(const Status& status, uint64_t rows, TextBuffer& out) {
  out.append(reason(status.code()));
  out.append(" after ");
  append_rows(rows, out);
  const std::string_view name = grpc_name(status.grpc_code());
  if (name.empty()) return;
  out.append(" (");
  out.append(name);
  out.append(")");
}

void append_resumes(uint64_t resumes, TextBuffer& out) {
  if (resumes == 1) return out.append("resumed once");
  out.append("resumed ");
  out.advance_to(write_grouped(out.reserve(kGroupedSize), resumes));
  out.append(" times");
}

void append_incomplete(const Summary& summary, TextBuffer& out) {
  const Status& status = summary.status;
  out.append("INCOMPLETE: ");
  // Without a failure of its own a resumed stream came to its end.
  const bool ended = status.code() == Code::kIncomplete && status.grpc_code() < 0;
  if (summary.resumes != 0 && ended) {
    append_rows(all_rows(summary), out);
  } else {
    append_loss(status, all_rows(summary), out);
  }
  if (summary.resumes == 0) return;
  out.append("; ");
  append_resumes(summary.resumes, out);
  if (has_gap(summary)) out.append(", rows in between may be missing");
}

// `named`: tables by their names, as nothing else tells them.
void append_size(const Summary& summary, bool named, Detail detail, TextBuffer& out) {
  if (named || summary.tables.size() != 1) {
    append_tables(summary, named, out);
  } else {
    append_table_rows(summary.tables.front(), out);
  }
  if (detail == Detail::kRows) return;
  out.append(", ");
  append_bytes(static_cast<double>(summary.bytes_received), out);
  out.append(" in ");
  append_seconds(std::chrono::duration<double>(summary.elapsed).count(), out);
  if (summary.stats && detail != Detail::kNone) append_server(*summary.stats, detail, out);
}

std::string written(const Summary& summary, bool named, Detail detail) {
  TextBuffer out;
  // An assertion judges a result that is whole.
  const bool judged = summary.status.code() == Code::kAssertion;
  if (!summary.status.ok() && !judged) {
    append_incomplete(summary, out);
    return std::string(out.view());
  }
  if (detail != Detail::kVerdict) {
    append_size(summary, named, detail, out);
    out.append("; ");
  }
  out.append(summary.limited ? summary.limited_by : "complete");
  if (judged) out.append(", but an assertion failed");
  if (summary.resumes != 0) {
    out.append(", ");
    append_resumes(summary.resumes, out);
  }
  return std::string(out.view());
}

}  // namespace

std::string size_text(uint64_t bytes) {
  TextBuffer out;
  append_bytes(static_cast<double>(bytes), out);
  return std::string(out.view());
}

std::string footer(const Summary& summary) { return written(summary, true, Detail::kFull); }

std::string footer(const Summary& summary, size_t width) {
  std::string text;
  for (const Detail detail :
       {Detail::kFull, Detail::kShort, Detail::kNone, Detail::kRows, Detail::kVerdict}) {
    text = written(summary, false, detail);
    if (display_width(text) <= width) break;
  }
  return text;
}

std::string resumed_line(const Status& cut, uint64_t rows, bool lossy) {
  TextBuffer out;
  out.append("resumed: ");
  append_loss(cut, rows, out);
  out.append(lossy ? "; rows in between may be missing" : "; all tables had ended");
  return std::string(out.view());
}

}  // namespace pxq
