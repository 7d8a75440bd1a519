#include "export/metrics_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "text/visible.h"

namespace pxq {
namespace {

double in_seconds(int64_t ns) { return static_cast<double>(ns) / 1e9; }

// Only valid UTF-8 may stand there, and no newline.
std::string label_value(std::string_view text) {
  std::string escaped;
  for (const char byte : visible(text)) {
    if (byte == '\\' || byte == '"') escaped.push_back('\\');
    escaped.push_back(byte);
  }
  return escaped;
}

class Metrics {
 public:
  explicit Metrics(const JobCard& card)
      : labels_(fmt::format("job=\"{}\",cluster=\"{}\",script=\"{}\"", label_value(card.job),
                            label_value(card.cluster.empty() ? card.cluster_id : card.cluster),
                            label_value(card.script))) {}

  void gauge(std::string_view name, std::string_view help, double value) {
    head(name, help, "gauge");
    sample(name, "", value);
  }
  void counter(std::string_view name, std::string_view help, uint64_t value) {
    head(name, help, "counter");
    sample(name, "", static_cast<double>(value));
  }
  void head(std::string_view name, std::string_view help, std::string_view type) {
    text_ +=
        fmt::format("# HELP pxq_export_{0} {1}\n# TYPE pxq_export_{0} {2}\n", name, help, type);
  }
  void sample(std::string_view name, const std::string& more_labels, double value) {
    text_ += fmt::format("pxq_export_{}{{{}{}}} {}\n", name, labels_, more_labels, value);
  }

  std::string text() && { return std::move(text_); }

 private:
  std::string labels_;
  std::string text_;
};

double gap_seconds(const RunReport& report, bool certain) {
  double sum = 0;
  for (const Gap& gap : report.gaps) {
    if (gap.certain == certain) sum += in_seconds(gap.to_ns - gap.from_ns);
  }
  return sum;
}

uint64_t too_late(const RunReport& report) {
  uint64_t rows = 0;
  for (const WindowedTable& table : report.windowed) rows += table.too_late;
  return rows;
}

void add_losses(const RunReport& report, Metrics& metrics) {
  metrics.head("gap_seconds", "Time whose rows were gone before the last run, over all tables.",
               "gauge");
  metrics.sample("gap_seconds", ",certain=\"true\"", gap_seconds(report, true));
  metrics.sample("gap_seconds", ",certain=\"false\"", gap_seconds(report, false));
  metrics.gauge("too_late_rows", "Rows that came later than the overlap and were not exported.",
                static_cast<double>(too_late(report)));
}

}  // namespace

std::string metrics_text(const JobCard& card, const RunReport& report) {
  const JobRun& last = card.last;
  Metrics metrics(card);
  metrics.gauge("last_run_timestamp_seconds", "When the last run ended.",
                in_seconds(last.finished_ns));
  if (card.last_success_ns) {
    metrics.gauge("last_success_timestamp_seconds", "When the last run ended that was good.",
                  in_seconds(*card.last_success_ns));
  }
  metrics.gauge("duration_seconds", "How long the last run took.",
                in_seconds(last.finished_ns - last.started_ns));
  metrics.gauge("rows", "Rows that the last run exported.", static_cast<double>(last.rows));
  metrics.gauge("received_bytes", "Bytes of the last run's stream.",
                static_cast<double>(report.summary.bytes_received));
  if (card.reached_ns) {
    metrics.gauge("exported_to_timestamp_seconds", "All rows before this time are exported.",
                  in_seconds(*card.reached_ns));
    metrics.gauge("lag_seconds", "How long before the end of the last run that was.",
                  in_seconds(last.finished_ns - *card.reached_ns));
  }
  add_losses(report, metrics);
  metrics.gauge("exit_code", "Of the last run; see pxq help exit-codes.", last.exit_code);
  metrics.head("verdict", "How the last run ended.", "gauge");
  metrics.sample("verdict", fmt::format(",verdict=\"{}\"", label_value(last.verdict)), 1);
  metrics.counter("runs_total", "Runs that have exported.", card.so_far.runs);
  metrics.counter("rows_total", "Rows exported by all runs.", card.so_far.rows);
  metrics.counter("files_total", "Files made by all runs.", card.so_far.files);
  return std::move(metrics).text();
}

}  // namespace pxq
