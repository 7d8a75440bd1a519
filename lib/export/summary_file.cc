#include "export/summary_file.h"

#include <nlohmann/json.hpp>

#include "text/json_bytes.h"
#include "text/time_text.h"

namespace pxq {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kNsPerSecond = 1e9;

double seconds(int64_t ns) { return static_cast<double>(ns) / kNsPerSecond; }
double seconds(Duration duration) { return seconds(duration.count()); }

Json time_json(std::optional<int64_t> unix_ns) {
  if (!unix_ns) return {};
  return rfc3339_text(*unix_ns);
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(json_text(text)); }

Json table_json(const RunReport& report, const TableSummary& table) {
  Json item = {{"name", json_text(table.name)},
               {"rows", table.written.value_or(table.rows)},
               {"rows_received", table.rows},
               {"bytes", table.bytes},
               {"complete", table.complete},
               {"capped", table.capped},
               {"gap", table.gap},
               {"first_time", nullptr},
               {"last_time", nullptr}};
  if (const auto facts = report.facts.find(table.id); facts != report.facts.end()) {
    item["first_time"] = time_json(facts->second.first_ns);
    item["last_time"] = time_json(facts->second.last_ns);
  }
  uint64_t rows = table.written.value_or(table.rows);
  for (const WindowedTable& windowed : report.windowed) {
    if (windowed.name != table.name) continue;
    item["exported"] = {{"start", time_json(windowed.start_ns)},
                        {"end", time_json(windowed.end_ns)},
                        {"rows", windowed.rows},
                        {"late_rows", windowed.late_rows},
                        {"doubled_rows_dropped", windowed.doubled},
                        {"rows_outside", windowed.outside},
                        {"rows_too_late", windowed.too_late},
                        {"seam_rows", windowed.dedup_rows},
                        {"seam_rows_missing", windowed.dedup_rows_missing},
                        {"seam_rows_changed", windowed.dedup_rows_changed},
                        {"first_time", time_json(windowed.first_ns)},
                        {"last_time", time_json(windowed.last_ns)}};
    rows = windowed.rows;
  }
  if (report.skips_empty && rows == 0) item["skipped_empty"] = true;
  return item;
}

Json tables_json(const RunReport& report) {
  Json tables = Json::array();
  for (const auto& table : report.summary.tables) tables.push_back(table_json(report, table));
  return tables;
}

Json timings_json(const RunReport& report) {
  Json timings = {{"elapsed_s", seconds(report.summary.elapsed)},
                  {"first_row_s", seconds(report.summary.first_row)}};
  if (const auto& stats = report.summary.stats) {
    timings["server_run_s"] = seconds(stats->execution_time_ns);
    timings["server_compile_s"] = seconds(stats->compilation_time_ns);
  }
  return timings;
}

Json server_json(const RunReport& report) {
  if (!report.summary.stats) return {};
  return {{"bytes_processed", report.summary.stats->bytes_processed},
          {"records_processed", report.summary.stats->records_processed}};
}

Json files_json(const RunReport& report) {
  Json files = Json::array();
  for (const FileReport& file : report.files) {
    files.push_back({{"path", json_text(file.path)},
                     {"bytes", file.bytes},
                     {"sha256", text_or_null(file.sha256)},
                     {"appended", file.appended}});
  }
  return files;
}

Json gaps_json(const RunReport& report) {
  Json gaps = Json::array();
  for (const Gap& gap : report.gaps) {
    gaps.push_back({{"table", json_text(gap.table)},
                    {"from", time_json(gap.from_ns)},
                    {"to", time_json(gap.to_ns)},
                    {"certain", gap.certain},
                    {"missing_rows", gap.missing_rows},
                    {"skipped", gap.skipped}});
  }
  return gaps;
}

Json error_json(const RunReport& report) {
  if (report.verdict.ok()) return {};
  return {{"error", report.error_name},
          {"message", json_text(report.verdict.message())},
          {"hint", text_or_null(report.verdict.hint())},
          {"retryable", report.verdict.retryable()}};
}

std::string verdict_of(const RunReport& report) {
  if (!report.verdict.ok()) return std::string(report.error_name);
  if (report.exit_code > 128) return "interrupted";  // when all was done
  return report.summary.limited ? "limited" : "complete";
}

Json cluster_json(const RunReport& report) {
  const Summary& summary = report.summary;
  return {{"cluster", text_or_null(summary.cluster)},
          {"cluster_id", text_or_null(report.cluster_id)},
          {"exit", report.exit_code},
          {"verdict", verdict_of(report)},
          {"error", error_json(report)},
          {"committed", report.committed},
          {"query_id", text_or_null(summary.query_id)},
          {"timings", timings_json(report)},
          {"server", server_json(report)},
          {"bytes_received", summary.bytes_received},
          {"resumes", summary.resumes},
          {"tables", tables_json(report)},
          {"files", files_json(report)}};
}

}  // namespace

std::string summary_text(const RunReport& report) {
  const Summary& summary = report.summary;
  Json document = {{"version", 1},
                   {"pxq", report.version},
                   {"command", report.command},
                   {"exit", report.exit_code},
                   {"verdict", verdict_of(report)},
                   {"error", error_json(report)},
                   {"committed", report.committed},
                   {"script", text_or_null(report.script)},
                   {"script_sha256", text_or_null(report.script_hash)},
                   {"target", text_or_null(report.target)},
                   {"cluster", text_or_null(summary.cluster)},
                   {"query_id", text_or_null(summary.query_id)},
                   {"started", time_json(report.started_ns)},
                   {"finished", time_json(report.finished_ns)},
                   {"timings", timings_json(report)},
                   {"server", server_json(report)},
                   {"bytes_received", summary.bytes_received},
                   {"resumed", summary.resumes != 0},
                   {"resumes", summary.resumes},
                   {"tables", tables_json(report)},
                   {"files", files_json(report)}};
  if (report.window) {
    document["window"] = {{"start", time_json(report.window->start_ns)},
                          {"end", time_json(report.window->end_ns)},
                          {"asked_from", time_json(report.window->query_start_ns)}};
  }
  if (!report.removed.empty()) {
    for (const std::string& path : report.removed) document["removed"].push_back(json_text(path));
  }
  for (const RunReport& cluster : report.clusters) {
    document["clusters"].push_back(cluster_json(cluster));
  }
  document["gaps"] = gaps_json(report);
  if (report.window) {
    document["clock_ahead_ns"] = report.clock_ahead_ns ? Json(*report.clock_ahead_ns) : Json();
  }
  return document_text(document);
}

}  // namespace pxq
