#include "job/job_changes.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

#include "export/file_log.h"
#include "file/atomic_file.h"
#include "file/file_bytes.h"
#include "file/lock.h"
#include "output/sqlite.h"
#include "script/time_argument.h"
#include "text/visible.h"

namespace pxq {
namespace {

Status check_free(const std::string& state, const std::string& name, const KnownJob& job) {
  bool taken = ::access(state.c_str(), F_OK) == 0 || ::access(card_path(state).c_str(), F_OK) == 0;
  if (!taken && job.card && job.card->database) {
    const auto text = SqliteSink::read_state(job.card->to, name);
    if (!text.ok()) return text.status();
    taken = text->has_value();
  }
  if (!taken) return {};
  return {Code::kUsage, fmt::format("there is a job '{}' already", visible(name)),
          "`pxq jobs` lists them; take another name"};
}

// The new one is whole before the old one goes, so that a death in between leaves both.
Status move_state(const KnownJob& job, const std::string& old_name, const ExportState& state,
                  const std::string& place) {
  if (!job.card || !job.card->database) {
    if (Status saved = replace_file(state_text(state), place); !saved.ok()) return saved;
    if (::unlink(job.state.c_str()) == 0) return {};
    return errno_status(Code::kOutput, "remove", job.state, errno);
  }
  return SqliteSink::rename_state(job.card->to, old_name, state.job, state_text(state));
}

}  // namespace

Status replace_file(const std::string& text, const std::string& path) {
  auto file = FileOutput::open(path, {.force = true, .temp_tag = "jobs"});
  if (!file.ok()) return file.status();
  (*file)->text().append(text);
  (*file)->commit();
  return (*file)->save();
}

Status check_new_name(const KnownJob& job, const std::string& new_name,
                      const std::string& directory) {
  return check_free(state_path(directory, new_name), new_name, job);
}

Status rename_job(const KnownJob& job, const std::string& name, ExportState state,
                  const std::string& new_name, const std::string& directory, Context& context) {
  const std::string place = state_path(directory, new_name);
  Result<RunLock> lock =
      RunLock::acquire(place + ".lock", IfLocked::kRefuse, context.signals.token());
  if (!lock.ok()) return Status(lock.status()).with_hint("wait until that run is over");
  if (Status unused = check_free(place, new_name, job); !unused.ok()) return unused;
  state.job = new_name;
  if (job.card) {
    JobCard card = *job.card;
    card.job = new_name;
    if (Status saved = save_card(card, card_path(place)); !saved.ok()) return saved;
  }
  const std::string files = file_log_path(job.state);
  if (::rename(files.c_str(), file_log_path(place).c_str()) != 0 && errno != ENOENT) {
    return errno_status(Code::kOutput, "rename", files, errno);
  }
  if (Status moved = move_state(job, name, state, place); !moved.ok()) return moved;
  const std::string card = card_path(job.state);
  if (::unlink(card.c_str()) == 0 || errno == ENOENT) return {};
  return errno_status(Code::kOutput, "remove", card, errno);
}

// What is removed stays beside its place, for whoever had not meant it.
Status reset_job(const ListedJob& job, Context& context) {
  const std::string aside = job.known.state + ".before-reset";
  if (!job.state && job.trouble.ok()) {
    return {Code::kUsage, fmt::format("job '{}' has no state", job.handle),
            "its next run is its first one anyway"};
  }
  if (job.in_database()) {
    if (!job.trouble.ok()) return job.trouble;
    if (Status saved = replace_file(state_text(*job.state), aside); !saved.ok()) return saved;
    Status dropped = SqliteSink::change_state(job.known.card->to, job.name, std::nullopt);
    if (!dropped.ok()) return dropped;
  } else if (::rename(job.known.state.c_str(), aside.c_str()) != 0) {
    return errno_status(Code::kOutput, "rename", job.known.state, errno);
  }
  const auto reached = job.watermark();
  context.console.loss(fmt::format(
      "job '{}' begins anew: rows {} that the cluster still holds are exported once more, those "
      "that it has lost in between are named by no run; the files that were exported stay, the "
      "old state is {}",
      visible(job.handle), reached ? "up to " + pixie_time(*reached) : "of before", aside));
  return {};
}

Status skip_job(ListedJob job, const std::string& to, int64_t now_ns, Context& context) {
  if (!job.trouble.ok()) return job.trouble;
  if (!job.state) {
    return {Code::kUsage, fmt::format("job '{}' has no state", job.handle),
            "--start TIME says where its first run starts"};
  }
  Result<TimeArgument> time = parse_time(to, {.now_ns = now_ns, .utc_offset = {}}, "skip-to");
  if (!time.ok()) return time.status();
  if (time->ns > now_ns) return {Code::kUsage, "skip-to needs a time that has been"};
  ExportState& state = *job.state;
  std::vector<std::string> losses;
  if (const auto reached = job.farthest()) add_stretch(state.skipped, {*reached, time->ns});
  for (auto& [name, table] : state.tables) {
    if (table.watermark_ns >= time->ns) continue;
    losses.push_back(fmt::format("rows of table '{}' from {} to {} are skipped and not exported",
                                 visible(name), pixie_time(table.watermark_ns),
                                 pixie_time(time->ns)));
    state.untold_gaps.push_back({.table = name,
                                 .from_ns = table.watermark_ns,
                                 .to_ns = time->ns,
                                 .certain = true,
                                 .skipped = true});
    table = {};
    table.watermark_ns = table.dedup_from_ns = time->ns;
  }
  if (losses.empty() && state.reached_ns.value_or(INT64_MAX) >= time->ns) {
    return {Code::kUsage,
            fmt::format("the job is exported up to {} already",
                        pixie_time(job.watermark().value_or(now_ns))),
            "skip-to goes forward; `reset` begins anew with all that is held"};
  }
  state.reached_ns = std::max(state.reached_ns.value_or(time->ns), time->ns);
  Status saved = job.in_database()
                     ? SqliteSink::change_state(job.known.card->to, job.name, state_text(state))
                     : replace_file(state_text(state), job.known.state);
  if (!saved.ok()) return saved;
  // The summary of the next run tells of them, too.
  if (job.known.card && job.known.card->told_ns) {
    job.known.card->told_ns.reset();
    if (Status kept = save_card(*job.known.card, card_path(job.known.state)); !kept.ok()) {
      return kept;
    }
  }
  for (const std::string& loss : losses) context.console.loss(loss);
  return {};
}

}  // namespace pxq
