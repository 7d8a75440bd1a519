#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/digest.h"
#include "base/fd_output.h"
#include "file/file_target.h"
#include "file/staged_file.h"
#include "file/temp_file.h"

namespace pxq {

/// How a file is made. The defaults refuse to replace anything.
struct FileOptions {
  bool force = false;             // replace what exists
  bool make_directories = false;  // of the target, where missing
  bool hash = false;              // SHA-256 of the bytes on the way
  std::string temp_tag = "run";   // [0-9a-z]; whose temporaries these are
  std::stop_token stop = {};      // ends waiting for a FIFO's reader
  /// What to do about a file that exists and may not be replaced.
  std::string exists_hint = "--force replaces it, --append adds to it where the format can";
};

/// An Output that becomes a file as a whole or not at all. Bytes go to a temporary beside the
/// target; save() syncs it, gives it the old file's mode (0600 without one) and owner, renames it
/// and syncs the directory. At every moment, also after kill -9 or a power cut, the target is the
/// old file or the new one; destruction without save() leaves the old. Replacing a file needs leave
/// to write its directory, not the file; hard links and ACLs of the old file stay with the old one.
/// In-place targets (target.h) get their bytes at once, flush by flush, and are neither synced nor
/// renamed. All failures are kOutput and name errno.
class FileOutput final : public StagedFile {
 public:
  /// Refuses an existing target without `force` before anything runs.
  static Result<std::unique_ptr<FileOutput>> open(const std::string& path,
                                                  const FileOptions& options);
  ~FileOutput() override;

  const std::string& path() const override { return target_.path; }
  const FileTarget& target() const { return target_; }

  /// prepare(), publish() and settle(); the old file stays after a failure.
  Status save();

  Status prepare() override;
  Status publish() override;
  Status rollback() override;
  void settle() override;
  void leave() override;
  std::optional<PlannedChange> planned() const override;
  std::string sha256() override { return sum_ ? sum_->hex() : std::string(); }
  FdOutput* in_place() override { return in_place_ ? &*in_place_ : nullptr; }

  /// The temporary's path, for what writes files by itself; empty in place.
  std::string temp_path() const { return temp_ ? temp_->path() : std::string(); }

  /// Nothing was written; the temporary goes.
  void abandon();

 protected:
  Status write(std::string_view bytes) override;

 private:
  // kReplaced: where the file system cannot exchange names, and the old file is gone at once.
  enum class Published { kNo, kNew, kExchanged, kReplaced };

  FileOutput(FileTarget target, FileOptions options);
  Status open_in_place();
  Status take_old_mode();
  Status give_name();
  void hold_old();
  int exchange();

  FileTarget target_;
  FileOptions options_;
  std::optional<TempFile> temp_;
  uint64_t temp_inode_ = 0;
  UniqueFd old_;  // locked between publish() and settle()
  UniqueFd in_place_fd_;
  std::optional<FdOutput> in_place_;
  std::optional<Sha256> sum_;
  Published published_ = Published::kNo;
};

}  // namespace pxq
