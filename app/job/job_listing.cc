#include "job/job_listing.h"

#include <optional>
#include <string>
#include <utility>

#include "script/time_argument.h"

namespace pxq {
namespace {

std::string time_cell(std::optional<int64_t> ns) { return ns ? pixie_time(*ns) : std::string(); }

std::string verdict(const ListedJob& job) {
  if (!job.trouble.ok()) return "state refused";
  return job.known.card ? job.known.card->last.verdict : std::string();
}

std::string error(const ListedJob& job) {
  if (!job.trouble.ok()) return job.trouble.message();
  return job.known.card ? job.known.card->last.error : std::string();
}

}  // namespace

ListTable jobs_table(const std::vector<ListedJob>& jobs, int64_t now_ns) {
  ListTable list{.name = "jobs",
                 .columns = {"job", "script", "cluster", "to", "exported_to", "lag_s", "rows",
                             "last_run", "verdict", "error"},
                 .rows = {},
                 .like = {"", "", "", "", "", int64_t{0}, int64_t{0}, "", "", ""}};
  for (const ListedJob& job : jobs) {
    const JobCard card = job.known.card.value_or(JobCard{});
    const auto reached = job.watermark();
    list.rows.push_back({job.handle, card.script,
                         card.cluster.empty() ? card.cluster_id : card.cluster, card.to,
                         time_cell(reached), reached ? (now_ns - *reached) / 1'000'000'000 : -1,
                         static_cast<int64_t>(card.so_far.rows),
                         job.known.card ? time_cell(card.last.finished_ns) : std::string(),
                         verdict(job), error(job)});
  }
  return list;
}

ListTable job_details(const ListedJob& job) {
  const JobCard card = job.known.card.value_or(JobCard{});
  ListTable list{.name = "job", .columns = {"what", "value"}, .rows = {}};
  const auto add = [&](const char* what, std::string value) {
    list.rows.push_back({std::string(what), std::move(value)});
  };
  add("job", job.name);
  add("script", card.script);
  std::string arguments;
  for (const std::string& each : card.arguments) arguments += (arguments.empty() ? "" : " ") + each;
  add("arguments", arguments);
  add("cluster", card.cluster);
  add("cluster_id", job.state ? job.state->cluster : card.cluster_id);
  add("to", card.to);
  add("state", card.database ? "in " + card.to : job.known.state);
  add("exported_to", time_cell(job.watermark()));
  if (job.known.card) {
    add("last_run", time_cell(card.last.finished_ns));
    add("exit", std::to_string(card.last.exit_code));
    add("committed", card.last.committed ? "true" : "false");
    add("rows", std::to_string(card.last.rows));
    add("rows_so_far", std::to_string(card.so_far.rows));
    add("files_so_far", std::to_string(card.so_far.files));
    add("runs_so_far", std::to_string(card.so_far.runs));
    add("last_success", time_cell(card.last_success_ns));
  }
  add("verdict", verdict(job));
  add("error", error(job));
  return list;
}

ListTable job_tables(const ListedJob& job) {
  ListTable list{.name = "tables",
                 .columns = {"table", "exported_to", "known_from", "known_rows"},
                 .rows = {},
                 .like = {"", "", "", int64_t{0}}};
  if (!job.state) return list;
  for (const auto& [name, table] : job.state->tables) {
    list.rows.push_back({name, time_cell(table.watermark_ns), time_cell(table.dedup_from_ns),
                         static_cast<int64_t>(table.dedup_window.size())});
  }
  return list;
}

}  // namespace pxq
