#include "result/summary_output.h"

#include <CLI/Option.hpp>
#include <utility>

#include "base/digest.h"
#include "base/wall_clock.h"
#include "file/file_target.h"
#include "process/exit_code.h"

namespace pxq {

void SummaryOutput::declare(CLI::App& app) {
  app.add_option("--summary", path_, "write what the run did as JSON, also after a failure")
      ->type_name("FILE")
      ->group("Talk");
}

void SummaryOutput::start(const std::string& command) {
  report_.version = PXQ_VERSION;
  report_.command = command;
  report_.started_ns = wall_clock_ns();
}

void SummaryOutput::describe(const Script& script, bool hash) {
  report_.script = script.source;
  if (hash) report_.script_hash = sha256_hex(script.text);
}

Status SummaryOutput::check(std::vector<std::string> files) {
  files.push_back(path_);
  Status distinct = check_distinct(files);
  if (!distinct.ok()) path_.clear();
  return distinct;
}

Status SummaryOutput::open(Context& context) {
  if (!wanted() || file_) return {};
  FileOptions options;
  options.force = true;
  options.stop = context.signals.token();
  auto file = FileOutput::open(path_, options);
  if (file.ok()) file_ = *std::move(file);
  return file.status();
}

Status SummaryOutput::finish(Status verdict, Context& context) {
  if (!wanted() || found_locked(verdict)) return verdict;
  Status written = open(context);
  if (written.ok()) {
    report_.finished_ns = wall_clock_ns();
    report_.verdict = verdict;
    report_.error_name = verdict.ok() ? "" : error_name(verdict.code());
    const int signal = context.signals.fatal_signal();
    report_.exit_code = signal != 0 ? 128 + signal : exit_code(verdict.code());
    file_->text().append(summary_text(report_));
    file_->commit();
    written = file_->save();
  }
  if (verdict.ok() || written.ok()) return verdict.ok() ? std::move(written) : verdict;
  if (written.message() == verdict.message()) return verdict;  // it is told once
  context.console.warning("no summary: " + written.message());
  return verdict;
}

}  // namespace pxq
