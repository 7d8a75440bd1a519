#include "result/rendering.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include <utility>

#include "format/footer.h"
#include "local/plan/flags.h"
#include "result/run_stages.h"
#include "result/screen.h"
#include "script/row_cap.h"
#include "sink/capped.h"
#include "text/visible.h"

namespace pxq {
namespace {

const RowLimit* limit_of(const TableSummary& table, const std::vector<RowLimit>& limits) {
  const auto found = std::find_if(limits.begin(), limits.end(),
                                  [&](const RowLimit& limit) { return limit.rows == table.rows; });
  return found == limits.end() ? nullptr : &*found;
}

// Limits of the script's own cut a window as silently as the server's cap does.
void mark_limited(const std::vector<RowLimit>& limits, Summary& summary) {
  for (TableSummary& table : summary.tables) {
    if (table.complete && limit_of(table, limits) != nullptr) table.capped = true;
  }
}

// A server that refuses a line `#px:set` only says why.
void place_flag(const Status& status, const ScriptRequest& request,
                std::vector<Diagnostic>& diagnostics) {
  if (status.code() != Code::kScript || !diagnostics.empty()) return;
  local::QueryFlags flags;
  const auto refusal = local::parse_flags(request.text, flags);
  if (!refusal || !status.message().ends_with(refusal->message)) return;
  diagnostics.push_back({status.message(), {request.source, refusal->line, 1}, {}});
}

// Positions in the server's errors are lines of what was sent; the user's own lines are shown.
Status in_user_lines(const Status& status, const ScriptRequest& request) {
  std::vector<Diagnostic> diagnostics = status.diagnostics();
  place_flag(status, request, diagnostics);
  for (Diagnostic& diagnostic : diagnostics) {
    Position& where = diagnostic.where;
    if (where.line == 0) continue;
    where.line = where.line > request.lines_before ? where.line - request.lines_before : 0;
    if (where.file.empty()) where.file = request.source;
  }
  return Status(status).with_diagnostics(std::move(diagnostics));
}

Selection rows_of(Selection all, std::vector<std::string> promised) {
  all.columns.clear();
  all.promised = std::move(promised);
  return all;
}

Selection columns_of(Selection all) {
  all.tables.clear();
  all.limit.reset();
  return all;
}

uint64_t received(const Summary& summary) {
  uint64_t rows = 0;
  for (const TableSummary& table : summary.tables) rows += table.rows;
  return rows;
}

// Whether the last line tells of a result that is not whole. A usage error, a full disk, a lock and
// an assertion leave no such result, and without a row there is none.
bool is_cut(const Summary& summary) {
  switch (summary.status.code()) {
    case Code::kOk:
    case Code::kUsage:
    case Code::kOutput:
    case Code::kLocked:
    case Code::kAssertion: return false;
    default: return received(summary) != 0;
  }
}

// Whether the figures of a run can be told: it came to its end.
bool is_whole(const Summary& summary) {
  return summary.status.ok() || summary.status.code() == Code::kAssertion;
}

/// A plan whose format tells what its readers may refuse. The destination refers to it, so both
/// live as long as what is told.
struct CountingPlan {
  explicit CountingPlan(const OutputPlan& output) : plan(output) {
    plan.spelling.odd_text = &odd_text;
  }

  OutputPlan plan;
  OddText odd_text;
};

}  // namespace

// Rows are selected (before this), then counted while they have all their columns, and what is left
// of them is judged.
TableFactsSink& Rendering::build(const Selection& selection) {
  shaping_.put_last(options_.shape, pipe_);
  if (options_.mark) pipe_.put_before<MarkedEnd>(options_.mark);
  if (options_.run_column_ns) pipe_.put_before<RunColumn>(*options_.run_column_ns);
  if (options_.enough) pipe_.put_before<Enough>(options_.enough);
  pipe_.put_before<AssertionSink>(options_.assertions, options_.promised);
  pipe_.put_before<Select>(columns_of(selection));
  return pipe_.put_before<TableFactsSink>();
}

Rendering::Rendering(Selection selection, std::unique_ptr<Destination> destination,
                     RenderingOptions options, Context& context)
    : options_(std::move(options)),
      destination_(std::move(destination)),
      pipe_(*destination_),
      facts_(build(selection)),
      rows_(shaping_.put_first(options_.shape, rows_of(selection, options_.promised), pipe_)),
      limits_(selection.limit.has_value()),
      context_(context) {}

Result<std::unique_ptr<Rendering>> Rendering::open(const OutputPlan& output,
                                                   RenderingOptions options, Context& context) {
  options.shape = output.shape;
  const bool raw_bytes = output.format != nullptr && output.format->heeds.raw_bytes &&
                         output.spelling.bytes == FormatOptions::Bytes::kText;
  const OutputPlan* plan = &output;
  if (raw_bytes) {
    const auto counting = std::make_shared<CountingPlan>(output);
    options.odd_text = {counting, &counting->odd_text};
    plan = &counting->plan;
  }
  auto destination = open_destination(*plan, options.run, context);
  if (!destination.ok()) return destination.status();
  return std::make_unique<Rendering>(output.selection, *std::move(destination), std::move(options),
                                     context);
}

Status Rendering::conclude(Summary summary, const RunFacts& facts) {
  if (summary.status.ok()) summary.status = pipe_.verdict();
  count_written(summary);
  if (facts.partial && is_whole(summary)) {
    summary.limited = true;
    summary.limited_by = kNotOfAll;
  }
  mark_capped(facts.row_cap, summary);
  mark_limited(options_.limits, summary);
  if (options_.limits.empty()) accept_own_limits(summary, facts);
  if (summary.status.ok()) {
    summary.status = doubt(summary);
    too_much_ = !summary.status.ok();
  }
  Status written = destination_->conclude(summary.status);
  if (summary.status.ok()) summary.status = std::move(written);
  summary_ = std::move(summary);
  report(summary_, facts);
  return summary_.status;
}

// A script that itself stops at the number of rows that is also the server's cap was not cut there.
void Rendering::accept_own_limits(Summary& summary, const RunFacts& facts) const {
  const std::vector<RowLimit> limits = row_limits(facts.request, {});
  for (TableSummary& table : summary.tables) {
    const RowLimit* own = table.capped ? limit_of(table, limits) : nullptr;
    if (own == nullptr) continue;
    table.capped = false;
    context_.console.line(fmt::format("table '{}' has exactly {} rows, as many as {} leaves",
                                      table.name, table.rows, own->what));
  }
}

void Rendering::count_written(Summary& summary) const {
  bool whole = true;
  for (TableSummary& table : summary.tables) {
    const auto facts = facts_.tables().find(table.id);
    const bool selected = facts != facts_.tables().end();
    table.written = selected ? facts->second.rows : 0;
    whole = whole && (table.complete || !selected);
  }
  summary.limited = limits_ && is_whole(summary) && (rows_.cut() || !whole);
  // What was stopped by its user has no statistics of the server, though it may have no table.
  if (summary.limited || (whole && summary.stats) || !is_whole(summary)) return;
  const bool enough = options_.enough && options_.enough();
  if (!enough && !destination_->satisfied()) return;
  summary.limited = true;
  summary.limited_by = enough ? options_.enough_by : "left in the pager before its end";
}

void Rendering::describe(RunReport& report) const {
  report.summary = summary_;
  report.committed = summary_.status.ok();
  report.facts = facts_.tables();
  report.files = destination_->files();
}

Status Rendering::doubt(const Summary& summary) const {
  if (!options_.cut_is_failure) return {};
  for (const TableSummary& table : summary.tables) {
    if (!table.capped) continue;
    if (const RowLimit* limit = limit_of(table, options_.limits)) {
      return {Code::kLimit,
              fmt::format("table '{}' has exactly the {} rows of {}: it was probably cut",
                          table.name, table.rows, limit->what),
              limit->remedy};
    }
    return {Code::kLimit,
            fmt::format("table '{}' has exactly the server's cap of {} rows: it was probably cut",
                        table.name, table.rows),
            "--max-rows N or --max-rows all raises the cap"};
  }
  return {};
}

// What -v tells at the end, beside the last line.
void Rendering::tell_parts(const Summary& summary) const {
  if (!summary.query_id.empty()) {
    context_.console.line(fmt::format("query {}", visible(summary.query_id)));
  }
  for (const TableSummary& table : summary.tables) {
    context_.console.line(fmt::format("table '{}': {} rows in {}{}", visible(table.name),
                                      table.rows, size_text(table.bytes),
                                      table.complete ? "" : ", cut"));
  }
}

void Rendering::tell_odd_text() const {
  if (options_.odd_text == nullptr) return;
  for (const OddColumn& odd : options_.odd_text->found()) {
    context_.console.warning(fmt::format(
        "table '{}', column '{}': {} {} bytes that are not UTF-8, as received; --bytes replace or "
        "--bytes base64 make text that every reader takes",
        odd.table, odd.column, odd.cells, odd.cells == 1 ? "cell has" : "cells have"));
  }
}

void Rendering::report(const Summary& summary, const RunFacts& facts) {
  for (const TableSummary& table : summary.tables) {
    if (!table.capped || options_.cut_is_failure) continue;
    context_.console.warning(fmt::format(
        "table '{}' has exactly {} rows, the server's cap: it was probably cut; --max-rows N or "
        "--max-rows all raises the cap",
        table.name, table.rows));
  }
  if (!summary.status.ok() && options_.untold && options_.untold(too_much_)) return;
  tell_odd_text();
  shaping_.tell(context_.console);
  if (context_.console.verbose()) tell_parts(summary);
  const bool failed = !summary.status.ok();
  // `| head` has what it wanted: that is an end, not news.
  if (context_.signals.fatal_signal() == SIGPIPE) {
    context_.reported = true;
    return;
  }
  if (is_cut(summary)) {
    context_.console.line(footer(summary), Console::Kind::kVerdict);
  } else if (is_whole(summary) && (options_.talk.stats || context_.err.is_terminal)) {
    const bool beside_tables = context_.rows_on_screen && context_.err.is_terminal;
    const auto width = static_cast<size_t>(std::max(context_.err.width, 0));
    context_.console.line(beside_tables ? footer(summary, width) : footer(summary),
                          Console::Kind::kStats);
  }
  if (failed && summary.status.code() != Code::kInterrupted) {
    const Status error = in_user_lines(summary.status, facts.request);
    if (!options_.takes_error || !options_.takes_error(error, facts.text)) {
      context_.console.error(error, facts.text, summary.query_id);
    }
    context_.reported = true;
  }
}

}  // namespace pxq
