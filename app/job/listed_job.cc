#include "job/listed_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/suggest.h"
#include "file/file_bytes.h"
#include "output/sqlite.h"

namespace pxq {
namespace {

constexpr size_t kFamilyDigits = 16;

// A job that nobody named bears a hash at its end, which is enough to tell it.
std::string handle_of(const std::string& name) {
  const size_t blank = name.rfind(' ');
  if (blank == std::string::npos || name.size() - blank - 1 != kFamilyDigits) return name;
  const std::string hash = name.substr(blank + 1);
  return hash.find_first_not_of("0123456789abcdef") == std::string::npos ? hash : name;
}

Result<std::optional<ExportState>> read_database(const JobCard& card) {
  auto text = SqliteSink::read_state(card.to, card.job);
  if (!text.ok()) return text.status();
  if (!*text) return std::optional<ExportState>();
  auto state = parse_state(**text, "in " + card.to);
  if (!state.ok()) return state.status();
  return std::optional<ExportState>(*std::move(state));
}

}  // namespace

std::optional<int64_t> ListedJob::watermark() const {
  if (!state) return std::nullopt;
  std::optional<int64_t> least = state->reached_ns;
  if (!state->tables.empty()) least.reset();
  for (const auto& [table_name, table] : state->tables) {
    least = std::min(least.value_or(table.watermark_ns), table.watermark_ns);
  }
  return least;
}

std::optional<int64_t> ListedJob::farthest() const {
  if (!state) return std::nullopt;
  std::optional<int64_t> most = state->reached_ns;
  for (const auto& [table_name, table] : state->tables) {
    most = std::max(most.value_or(table.watermark_ns), table.watermark_ns);
  }
  return most;
}

ListedJob read_job(KnownJob known) {
  ListedJob job;
  Result<std::optional<ExportState>> state =
      known.card && known.card->database ? read_database(*known.card) : load_state(known.state);
  if (state.ok()) {
    job.state = *std::move(state);
  } else {
    job.trouble = state.status();
  }
  job.name = known.card ? known.card->job : job.state ? job.state->job : base_name(known.state);
  job.handle = handle_of(job.name);
  job.known = std::move(known);
  return job;
}

Result<std::vector<ListedJob>> list_jobs(const std::string& directory) {
  auto known = jobs_in(directory);
  if (!known.ok()) return known.status();
  std::vector<ListedJob> jobs;
  for (KnownJob& one : *known) jobs.push_back(read_job(std::move(one)));
  return jobs;
}

Result<ListedJob> find_job(const std::vector<ListedJob>& jobs, const std::string& name,
                           const std::string& directory) {
  std::vector<std::string> handles;
  std::vector<const ListedJob*> found;
  for (const ListedJob& job : jobs) {
    handles.push_back(job.handle);
    if (job.handle == name || job.name == name) found.push_back(&job);
  }
  if (found.size() == 1) return *found.front();
  const std::string near = did_you_mean(name, handles);
  return Status(
      Code::kUsage,
      fmt::format("{} '{}' in {}", found.empty() ? "no job" : "several jobs", name, directory),
      near.empty() ? "`pxq jobs` lists them" : near);
}

}  // namespace pxq
