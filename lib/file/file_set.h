#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/output.h"
#include "file/append.h"
#include "file/atomic_file.h"
#include "file/compression.h"
#include "file/journal.h"
#include "file/named_outputs.h"
#include "file/staged_file.h"

namespace pxq {

/// How the files of one run are made.
struct FileSetOptions {
  FileOptions file;     // temp_tag is the set's own
  bool append = false;  // add to what exists
  std::string journal;  // path; see Journal::path_in(). The next run with the same set needs it
};

/// What became of one file, for the summary.
struct FileReport {
  std::string path;
  uint64_t bytes = 0;  // of the whole file
  std::string sha256;  // of the whole file, where FileOptions::hash asked for it
  bool appended = false;
};

/// All files of a run, which appear together at commit() or not at all. Up to there nothing is
/// touched. commit() first brings every byte of every file to the disk, then names them one after
/// the other; a failure takes back what was named, each file its old content. A run that is killed
/// among the namings leaves a journal, and create() of the next run with that journal finishes the
/// work before anything else: after it, all files are new. A single replaced file needs
/// no journal. Files written in place (target.h) cannot be taken back.
class FileSet final : public NamedOutputs {
 public:
  /// Finishes what a dead run has left. kLocked while another run is committing.
  static Result<std::unique_ptr<FileSet>> create(FileSetOptions options);

  Result<Opened> add(const std::string& path, bool can_append) override;

  /// A file that always replaces the one at `path`, whatever the set does with others: what belongs
  /// to the rows, such as a schema; or a state, which is not reported.
  Result<Output*> replace(const std::string& path, bool reported);

  const Status& status() const override;

  /// Stops a write that waits for the reader of a FIFO or pipe; see FdOutput.
  void request_stop(Duration grace) noexcept;

  /// All or nothing, as told above. REQUIRES: called once, nothing written afterwards.
  Status commit();

  /// After commit(), in the order in which they were opened.
  const std::vector<FileReport>& reports() const { return reports_; }

 private:
  struct Member {
    std::unique_ptr<StagedFile> file;
    std::unique_ptr<CompressedOutput> compressor;
    uint64_t old_size = 0;
    bool appended = false;
    bool reported = true;
  };

  explicit FileSet(FileSetOptions options);
  Status open_to_append(const std::string& path, bool can_append, Member& member);
  Output* keep(Member member);
  Status prepare();
  Status publish();
  Status take_back(size_t published, Journal* journal, const Status& failure);
  Status roll_back(size_t count);
  void report();

  FileSetOptions options_;
  std::vector<Member> members_;
  std::vector<FileReport> reports_;
  bool left_to_journal_ = false;
};

}  // namespace pxq
