#include "job/job_record.h"

#include <sstream>
#include <utility>

#include "base/wall_clock.h"
#include "file/file_bytes.h"
#include "process/exit_code.h"

namespace pxq {

namespace {

// A script without a name or a file is known by how it begins.
std::string script_in_list(const Script& script, const ExportJob& job) {
  constexpr size_t kMost = 60;
  if (!script.name.empty()) return script.name;
  if (!script.source.starts_with('<')) return job.identity.script;
  std::string text = script.source == "<inline>" ? "-e" : "-";
  std::istringstream words(script.text);
  for (std::string word; text.size() < kMost && words >> word;) text += " " + word;
  if (text.size() <= kMost) return text;
  size_t end = kMost;
  while ((static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

}  // namespace

void JobRecord::begin(const ExportJob& job, const Script& script, std::vector<std::string> words) {
  card_.words = std::move(words);
  card_.directory = absolute_path(".");
  path_ = card_path(job.state);
  if (const auto old = load_card(path_)) {
    card_.last_success_ns = old->last_success_ns;
    card_.reached_ns = old->reached_ns;
    card_.so_far = old->so_far;
    card_.told_ns = old->told_ns;
    card_.cluster_id = old->cluster_id;
    card_.cluster = old->cluster;
  }
  card_.job = job.name;
  card_.family = job.identity.family;
  card_.script = script_in_list(script, job);
  card_.arguments = job.identity.arguments;
  card_.to = job.path().text();
  card_.database = job.database();
  schema_ = job.output.schema;
  card_.cloud = job.cloud;
  if (!job.clusters.empty()) card_.cluster_id = job.clusters.front();
}

void JobRecord::connected(const ExportJob& job, const std::string& cluster,
                          const std::string& database) {
  card_.cluster = cluster;
  card_.cluster_id = job.clusters.front();
  if (job.database()) card_.to = database;
}

void JobRecord::count(const RunReport& report) {
  for (const WindowedTable& table : report.windowed) card_.last.rows += table.rows;
  ++card_.so_far.runs;
  card_.so_far.rows += card_.last.rows;
  for (const FileReport& file : report.files) {
    if (!file.appended && file.path != schema_) ++card_.so_far.files;
  }
  if (report.window) card_.reached_ns = report.window->end_ns;
}

void JobRecord::finish(const Status& verdict, const RunReport& report, Context& context) {
  if (path_.empty()) return;
  const int signal = context.signals.fatal_signal();
  card_.last = {.started_ns = report.started_ns,
                .finished_ns = wall_clock_ns(),
                .exit_code = signal != 0 ? 128 + signal : exit_code(verdict.code()),
                .verdict = !verdict.ok() ? std::string(error_name(verdict.code()))
                           : signal != 0 ? "interrupted"
                                         : "complete",
                .error = verdict.message(),
                .committed = report.committed,
                .rows = 0};
  if (report.committed) count(report);
  if (verdict.ok()) card_.last_success_ns = card_.last.finished_ns;
  if (Status kept = save_card(card_, path_); !kept.ok() && context.console.verbose()) {
    context.console.warning("`pxq jobs` will not show this run: " + kept.message());
  }
}

}  // namespace pxq
