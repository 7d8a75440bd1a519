#include "result/summary_output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <CLI/App.hpp>
#include <CLI/Option.hpp>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/digest.h"
#include "base/wall_clock.h"
#include "file/directory_check.h"
#include "file/file_bytes.h"
#include "file/file_target.h"
#include "process/exit_code.h"

namespace pxq {

void SummaryOutput::declare(CLI::App& app, bool make_directories) {
  makes_directories_ = make_directories;
  app.add_option("--summary", path_, "write what the run did as JSON, also after a failure")
      ->type_name("FILE")
      ->group("Talk");
  app.add_option("--summary-log", log_path_, "add the same as one line to a file that grows")
      ->type_name("FILE.jsonl")
      ->group("Talk");
}

Status SummaryOutput::around(const std::string& command, Context& context,
                             const std::function<Status()>& work) {
  report_.version = PXQ_VERSION;
  report_.command = command;
  report_.started_ns = wall_clock_ns();
  Status verdict = work();
  return told_only_ ? verdict : finish(std::move(verdict), context);
}

void SummaryOutput::describe(const Script& script, bool hash) {
  report_.script = script.source;
  if (hash) report_.script_hash = sha256_hex(script.text);
}

Status SummaryOutput::check(std::vector<std::string> files) {
  files.push_back(path_);
  files.push_back(log_path_);
  Status distinct = check_distinct(files);
  // Forgotten, so that the end of the run does not write there after all.
  if (!distinct.ok()) path_.clear();
  if (!distinct.ok()) log_path_.clear();
  if (!distinct.ok() || makes_directories_) return distinct;
  for (std::string* path : {&path_, &log_path_}) {
    Status place = check_directory(*path, false);
    if (place.ok()) continue;
    path_.clear();
    log_path_.clear();
    return place;
  }
  return {};
}

Status SummaryOutput::open(Context& context) {
  if (!log_path_.empty() && !log_) {
    if (makes_directories_) {
      if (Status made = make_directories(parent_path(log_path_)); !made.ok()) return made;
    }
    log_.reset(::open(log_path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY,
                      S_IRUSR | S_IWUSR));
    if (!log_) return errno_status(Code::kOutput, "open", log_path_, errno);
  }
  if (path_.empty() || file_) return {};
  FileOptions options;
  options.force = true;
  options.make_directories = makes_directories_;  // the rows' own may be made later in the run
  options.stop = context.signals.token();
  auto file = FileOutput::open(path_, options);
  if (file.ok()) file_ = *std::move(file);
  return file.status();
}

void SummaryOutput::note_end(const Status& verdict, int signal) {
  report_.finished_ns = wall_clock_ns();
  report_.verdict = verdict;
  report_.error_name = verdict.ok() ? "" : error_name(verdict.code());
  report_.exit_code = signal != 0 ? 128 + signal : exit_code(verdict.code());
}

Status SummaryOutput::write_file() {
  if (!file_) return {};
  file_->text().append(summary_text(report_));
  file_->commit();
  return std::exchange(file_, nullptr)->save();
}

Status SummaryOutput::write(const Status& verdict, Context& context) {
  const int before = context.signals.fatal_signal();
  note_end(verdict, before);
  Status written = write_file();
  if (const int signal = context.signals.fatal_signal(); signal != before) {
    // It came while the disk was waited for: the process will not end as the document says.
    note_end(verdict, signal);
    written = open(context);
    if (written.ok()) written = write_file();
  }
  if (!log_) return written;
  const Status added = append_line(
      nlohmann::ordered_json::parse(summary_text(report_), nullptr, false).dump() + "\n");
  return written.ok() ? added : written;
}

// In one go, so that the lines of two jobs never mix.
Status SummaryOutput::append_line(const std::string& line) {
  const ssize_t count = ::write(log_.get(), line.data(), line.size());
  if (count == static_cast<ssize_t>(line.size())) return {};
  return errno_status(Code::kOutput, "write", log_path_, count < 0 ? errno : ENOSPC);
}

Status SummaryOutput::finish(Status verdict, Context& context) {
  if (!wanted() || found_locked(verdict)) return verdict;
  Status written = open(context);
  if (written.ok()) written = write(verdict, context);
  if (verdict.ok() && !written.ok() && report_.committed) {
    return std::move(written).with_hint("the rows are written and stay: only the summary failed");
  }
  if (verdict.ok() || written.ok()) return verdict.ok() ? std::move(written) : verdict;
  if (written.message() == verdict.message()) return verdict;  // it is told once
  context.console.warning("no summary: " + written.message());
  return verdict;
}

}  // namespace pxq
