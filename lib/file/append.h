#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/digest.h"
#include "file/atomic_file.h"
#include "file/compression.h"
#include "file/staged_file.h"
#include "file/temp_file.h"
#include "text/line_format.h"

namespace pxq {

/// What a format writes for a schema, by which an existing file is recognised.
struct AppendSample {
  LineFormat format = LineFormat::kJsonLines;
  std::string table = {};
  std::string header = {};  // for no rows; the file must begin with it (csv, tsv)
  std::string record = {};  // for one row of any values; jsonl: the keys must be the file's
};

/// Whether rows of that schema can follow in the file at `path`. Another schema, a last record
/// that a crash has torn (its place is named, and how to cut it off) and damaged compressed data
/// are kOutput; a sample without header and record looks for the latter two only. True if the file
/// holds bytes, so that no second header is due.
Result<bool> check_append(const std::string& path, const AppendSample& sample);

/// An Output that adds to an existing file. Bytes are staged in a temporary beside it and follow
/// the file's own in one go at publish(), so that a failing run adds nothing and a failure while
/// adding cuts the file back to exactly its old length. Only a crash within that moment shows: the
/// set's journal (journal.h) then puts it right. The file is locked meanwhile; a second
/// appender gets kLocked.
class AppendOutput final : public StagedFile {
 public:
  /// REQUIRES: the target exists and is a regular file.
  static Result<std::unique_ptr<AppendOutput>> open(const std::string& path,
                                                    const FileOptions& options);

  const std::string& path() const override { return target_.path; }
  Status prepare() override;
  Status publish() override;
  Status rollback() override;
  void settle() override;
  void leave() override;
  std::optional<PlannedChange> planned() const override;
  std::string sha256() override;

  /// Of the file before anything was added.
  uint64_t old_size() const { return old_size_; }

 protected:
  Status write(std::string_view bytes) override;

 private:
  AppendOutput(FileTarget target, bool hash) : target_(std::move(target)), hash_(hash) {}
  Status lock_target();

  FileTarget target_;
  bool hash_;
  UniqueFd file_;  // the target, open and locked
  std::optional<TempFile> staged_;
  uint64_t staged_inode_ = 0;
  uint64_t file_inode_ = 0;
  uint64_t old_size_ = 0;
  uint64_t staged_size_ = 0;
  bool touched_ = false;
};

/// Cuts the file to `old_size` and lets the first `count` bytes of `from` follow, then syncs.
Status add_bytes(int file, uint64_t old_size, int from, uint64_t count, const std::string& path);

}  // namespace pxq
