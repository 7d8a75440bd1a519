#include "job/export_words.h"

#include <fmt/format.h>

#include <cmath>

#include "base/wall_clock.h"
#include "export/dedup_text.h"
#include "script/time_argument.h"
#include "text/visible.h"

namespace pxq {
namespace {

// A script that reaches back less far than the lag would never export a row.
void tell_young(const WindowedTable& table, Context& context) {
  if (!table.too_young) return;
  context.console.warning(
      fmt::format("all {} rows of table '{}' are younger than the window's end and are left to "
                  "the next run: does the script reach further back than --lag?",
                  table.outside, table.name));
}

void tell_changed(const WindowedTable& table, Context& context) {
  if (table.dedup_rows_changed == 0) return;
  context.console.warning(
      fmt::format("table '{}': {} of {} rows that were exported came again with another content, "
                  "and were exported again",
                  table.name, table.dedup_rows_changed, table.dedup_rows));
}

// A script that was edited gives rows that cannot be held against those of before.
void tell_edited(const WindowedTable& table, Context& context) {
  if (table.by_time != 0) {
    context.console.warning(
        fmt::format("table '{}': the script or its columns were changed, so the rows before {} "
                    "are taken for exported by their time",
                    table.name, pixie_time(table.start_ns)));
  } else if (table.edited && table.dedup_rows_missing != 0) {
    context.console.warning(
        fmt::format("table '{}': the script was changed: rows that it leaves out from now on look "
                    "like rows that are gone",
                    table.name));
  }
}

std::string gap_text(const Gap& gap) {
  const std::string when =
      fmt::format("from {} to {}", pixie_time(gap.from_ns), pixie_time(gap.to_ns));
  if (gap.skipped) {
    return fmt::format("rows of table '{}' {} were skipped and are not exported", gap.table, when);
  }
  if (gap.certain) {
    return fmt::format("rows of table '{}' {} were gone before they could be exported", gap.table,
                       when);
  }
  return fmt::format(
      "{} rows of table '{}' that were exported before are gone: others {} may be, too",
      gap.missing_rows, gap.table, when);
}

}  // namespace

void tell_first(const ExportJob& job, const ExportFitness& fitness, Context& context) {
  context.console.line(fmt::format("first run of the job '{}': no state of it in {}",
                                   visible(job.name),
                                   job.database() ? job.path().text() : job.directory));
  for (const std::string& why : fitness.unfit) context.console.warning(why);
}

void tell_tables(const ExportDestination& exported, Context& context) {
  for (const auto& [name, watermark_ns] : exported.retired()) {
    context.console.warning(
        fmt::format("the script has no table '{}' any more; it was exported up to {}. If it comes "
                    "back, it begins anew",
                    name, pixie_time(watermark_ns)));
  }
  for (const std::string& name : exported.shortened()) {
    context.console.warning(
        fmt::format("table '{}' has more rows within --overlap than are kept in mind: late rows "
                    "from before the youngest {} are not exported",
                    name, kMostKnownRows));
  }
  for (const WindowedTable& table : exported.window().tables()) {
    tell_young(table, context);
    tell_edited(table, context);
    tell_changed(table, context);
  }
}

void tell_done(const ExportJob& job, const RunReport& report, Context& context) {
  if (!context.console.verbose() || !report.window) return;
  uint64_t rows = 0;
  for (const WindowedTable& table : report.windowed) rows += table.rows;
  context.console.line(fmt::format("{} job '{}': {} rows from {} to {} into {}; state {}",
                                   pixie_time(wall_clock_ns()), visible(job.name), rows,
                                   pixie_time(report.window->start_ns),
                                   pixie_time(report.window->end_ns), job.path().text(),
                                   job.database() ? "in the database" : job.state));
}

void tell_clock(int64_t ahead_ns, Context& context) {
  constexpr int64_t kWorthTelling = 2'000'000'000;
  if (ahead_ns > -kWorthTelling && ahead_ns < kWorthTelling) return;
  context.console.warning(fmt::format(
      "the cluster's clock is {:.0f} s {} this machine's: windows are cut by the cluster's",
      std::abs(static_cast<double>(ahead_ns)) / 1e9, ahead_ns > 0 ? "ahead of" : "behind"));
}

Status tell_put_back(const std::vector<Gap>& passed, const ExportJob& job, bool strict,
                     Context& context) {
  if (passed.empty()) return {};
  for (const Gap& gap : passed) {
    context.console.loss(
        fmt::format("the cluster's clock was put back to {}: table '{}' is exported up to {}, and "
                    "rows that are "
                    "dated before then from now on are not exported, but for the last --overlap",
                    pixie_time(gap.from_ns), gap.table, pixie_time(gap.to_ns)));
  }
  if (!strict) return {};
  return {Code::kLimit, "the cluster's clock was put back",
          fmt::format("wait until it has caught up; `pxq jobs '{}' reset` exports all that is held "
                      "once more",
                      visible(job.name))};
}

Status tell_losses(const RunReport& report, bool strict, Context& context) {
  std::string doubtful;
  const auto tell = [&](const std::string& text) {
    context.console.loss(text);
    if (doubtful.empty()) doubtful = text;
  };
  for (const Gap& gap : report.gaps) {
    if (gap.certain || gap.missing_rows != 0) tell(gap_text(gap));
  }
  for (const WindowedTable& table : report.windowed) {
    if (table.too_late == 0) continue;
    tell(fmt::format("{} rows of table '{}' came later than --overlap and are not exported",
                     table.too_late, table.name));
  }
  if (!strict || doubtful.empty()) return {};
  return {Code::kLimit, doubtful, "run more often; this run's rows are exported and stay exported"};
}

}  // namespace pxq
