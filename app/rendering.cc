#include "rendering.h"

#include <fmt/format.h>

#include "format/footer.h"
#include "script/row_cap.h"
#include "wire/recording_writer.h"

namespace pxq {
namespace {

void mark_capped(Summary& summary, uint64_t cap) {
  for (TableSummary& table : summary.tables) {
    table.capped = cap != kNoRowCap && table.complete && table.rows == cap;
  }
}

// Positions in the server's errors are lines of what was sent; the user's own lines are shown.
Status in_user_lines(const Status& status, const ScriptRequest& request) {
  std::vector<Diagnostic> diagnostics = status.diagnostics();
  for (Diagnostic& diagnostic : diagnostics) {
    Position& where = diagnostic.where;
    if (where.line == 0) continue;
    where.line = where.line > request.lines_before ? where.line - request.lines_before : 0;
    if (where.file.empty()) where.file = request.source;
  }
  return Status(status).with_diagnostics(std::move(diagnostics));
}

}  // namespace

Rendering::Rendering(Selection selection, std::unique_ptr<Destination> destination,
                     const TalkOptions& talk, bool strict, Context& context)
    : destination_(std::move(destination)),
      select_(std::move(selection), destination_->sink()),
      talk_(talk),
      strict_(strict),
      context_(context) {}

Result<std::unique_ptr<Rendering>> Rendering::open(const OutputOptions& output,
                                                   const TalkOptions& talk, bool strict,
                                                   Context& context) {
  Result<Selection> selection = output.selection();
  if (!selection.ok()) return selection.status();
  const bool color = use_color(talk.color_choice(), context.out);
  auto destination = Destination::open(output, color, context);
  if (!destination.ok()) return destination.status();
  return std::unique_ptr<Rendering>(
      new Rendering(*std::move(selection), *std::move(destination), talk, strict, context));
}

void Rendering::attach(wire::RunOptions& options) const {
  options.stop = context_.signals.token();
  options.output_status = [this, record = options.record] {
    if (!select_.status().ok()) return select_.status();
    if (record != nullptr && !record->status().ok()) return record->status();
    return destination_->status();
  };
  options.satisfied = [this] { return select_.satisfied(); };
}

Status Rendering::conclude(Summary summary, const RunFacts& facts) {
  if (summary.status.ok()) summary.status = select_.status();
  mark_capped(summary, facts.row_cap);
  if (summary.status.ok()) summary.status = doubt(summary);
  Status written = destination_->conclude(summary.status);
  if (summary.status.ok()) summary.status = std::move(written);
  report(summary, facts);
  return summary.status;
}

Status Rendering::doubt(const Summary& summary) const {
  if (!strict_) return {};
  for (const TableSummary& table : summary.tables) {
    if (!table.capped) continue;
    return {Code::kLimit,
            fmt::format("table '{}' has exactly the server's cap of {} rows (--strict)", table.name,
                        table.rows),
            "--max-rows N or --max-rows all raises the cap"};
  }
  return {};
}

void Rendering::report(const Summary& summary, const RunFacts& facts) {
  for (const TableSummary& table : summary.tables) {
    if (!table.capped || strict_) continue;
    context_.talk.warning(fmt::format(
        "table '{}' has exactly {} rows, the server's cap: it was probably cut; --max-rows N or "
        "--max-rows all raises the cap",
        table.name, table.rows));
  }
  const bool failed = !summary.status.ok();
  if (talk_.stats || context_.err.is_terminal || (failed && !summary.tables.empty())) {
    context_.talk.line(footer(summary));
  }
  if (failed && summary.status.code() != Code::kInterrupted) {
    context_.talk.error(in_user_lines(summary.status, facts.request), facts.text, summary.query_id);
    context_.reported = true;
  }
}

}  // namespace pxq
