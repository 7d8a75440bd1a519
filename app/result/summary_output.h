#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "cli/command.h"
#include "cli/flag_types.h"
#include "export/summary_file.h"
#include "file/atomic_file.h"
#include "script/source.h"

namespace pxq {

/// The document of --summary: filled while a command runs, written however it ends. A run that
/// found its lock held leaves the document of the run that holds it.
class SummaryOutput {
 public:
  /// `make_directories`: those of the documents too, as a job that nobody watches wants it; else a
  /// directory that is not there is refused, as it may be a slip.
  void declare(CLI::App& app, bool make_directories = false);

  bool wanted() const { return !path_.empty() || !log_path_.empty(); }
  RunReport& report() { return report_; }

  /// Does the work of a command and writes the document however that ends. Returns its verdict, or,
  /// where that is good, why the document could not be written. All calls below come from `work`.
  Status around(const std::string& command, Context& context, const std::function<Status()>& work);

  /// The work was only to tell something: there is nothing to write a document about.
  void told_only() { told_only_ = true; }

  /// `hash`: somebody keeps the hash of its text. To make one costs a fifth of a start.
  void describe(const Script& script, bool hash);

  /// kUsage if the document would replace one of these files or they each other, kOutput where its
  /// directory is missing; there is none then.
  Status check(std::vector<std::string> files);

  /// The run holds its job's lock: what is refused from now on is its own to tell.
  void holds_lock() { holds_lock_ = true; }
  bool found_locked(const Status& verdict) const {
    return verdict.code() == Code::kLocked && !holds_lock_;
  }

  /// Refuses, before anything is asked of a server, what could not be written after it.
  Status open(Context& context);

 private:
  Status finish(Status verdict, Context& context);
  void note_end(const Status& verdict, int signal);
  Status write(const Status& verdict, Context& context);
  Status write_file();
  Status append_line(const std::string& line);

  std::string path_;
  std::string log_path_;
  UniqueFd log_;
  std::unique_ptr<FileOutput> file_;
  RunReport report_;
  bool makes_directories_ = false;
  bool holds_lock_ = false;
  bool told_only_ = false;
};

}  // namespace pxq
