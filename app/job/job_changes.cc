#include "job/job_changes.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "export/file_log.h"
#include "file/atomic_file.h"
#include "file/file_bytes.h"
#include "file/lock.h"
#include "output/sqlite.h"
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

}  // namespace pxq
