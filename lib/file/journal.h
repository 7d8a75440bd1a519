#pragma once

#include <memory>
#include <string>
#include <vector>

#include "file/atomic_file.h"
#include "file/staged_file.h"

namespace pxq {

/// The list of changes that a run is making to several files, on the disk while they are made. All
/// of them are complete under temporary names by then, so a run that dies in between is finished,
/// not undone, by recover() of the next one.
class Journal {
 public:
  /// Where a set that is known by `key` (a template, a job) keeps its journal.
  static std::string path_in(const std::string& directory, const std::string& key);

  /// Puts the list on the disk. It is locked as long as the result lives.
  static Result<Journal> write(const std::string& path, const std::vector<PlannedChange>& changes);

  /// Finishes what a dead run has left at `path`; nothing to do without a journal. kLocked while a
  /// living run is at it; kOutput if a file was changed by somebody else since.
  static Status recover(const std::string& path);

  /// All changes are made, or all undone.
  Status remove();

 private:
  Journal(std::string path, std::unique_ptr<FileOutput> file)
      : path_(std::move(path)), file_(std::move(file)) {}

  std::string path_;
  std::unique_ptr<FileOutput> file_;  // holds the lock
};

}  // namespace pxq
