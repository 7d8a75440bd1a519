#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/fd_output.h"
#include "base/output.h"
#include "export/digest.h"
#include "export/target.h"
#include "export/temp_file.h"

namespace pxq {

/// How a file is made. The defaults refuse to replace anything.
struct FileOptions {
  bool force = false;             // replace what exists
  bool make_directories = false;  // of the target, where missing
  bool hash = false;              // SHA-256 of the bytes on the way
  std::string temp_tag = "run";   // [0-9a-z]; whose temporaries these are
  std::stop_token stop = {};      // ends waiting for a FIFO's reader
};

/// An Output that becomes a file as a whole or not at all. Bytes go to a temporary beside the
/// target; save() syncs it, gives it the old file's mode (0600 without one) and owner, renames it
/// and syncs the directory. At every moment, also after kill -9 or a power cut, the target is the
/// old file or the new one; destruction without save() leaves the old. Replacing a file needs leave
/// to write its directory, not the file; hard links and ACLs of the old file stay with the old one.
/// In-place targets (target.h) get their bytes at once, flush by flush, and are neither synced nor
/// renamed. All failures are kOutput and name errno.
class FileOutput final : public Output {
 public:
  /// Refuses an existing target without `force` before anything runs.
  static Result<std::unique_ptr<FileOutput>> open(const std::string& path,
                                                  const FileOptions& options);
  ~FileOutput() override;

  const std::string& path() const { return target_.path; }
  const Target& target() const { return target_; }

  /// prepare(), publish() and settle(); the old file stays after a failure.
  Status save();

  // The steps of save(), for sets of files. REQUIRES: in this order, each after success.
  Status prepare();  // all bytes on the disk, under the temporary's name
  Status publish();  // the target is the new file; the old one is kept aside
  void settle();     // the old file goes

  /// After publish(), or a failed one: the old file again.
  Status rollback();

  /// Nothing was written; the temporary goes.
  void abandon();

  /// After prepare(): the temporary's path, empty in place.
  std::string temp_path() const { return temp_ ? temp_->path() : std::string(); }

  /// For in-place targets, to stop a write that waits for its reader; else nullptr.
  FdOutput* in_place() { return in_place_ ? &*in_place_ : nullptr; }

  /// Of all bytes; empty unless FileOptions::hash. Ends the sum.
  std::string sha256() { return sum_ ? sum_->hex() : std::string(); }

 protected:
  Status write(std::string_view bytes) override;

 private:
  // kReplaced: where the file system cannot exchange names, and the old file is gone at once.
  enum class Published { kNo, kNew, kExchanged, kReplaced };

  FileOutput(Target target, FileOptions options);
  Status open_in_place();
  Status take_old_mode();
  Status give_name();
  void hold_old();
  int exchange();

  Target target_;
  FileOptions options_;
  std::optional<TempFile> temp_;
  UniqueFd old_;  // locked between publish() and settle()
  UniqueFd in_place_fd_;
  std::optional<FdOutput> in_place_;
  std::optional<Sha256> sum_;
  Published published_ = Published::kNo;
};

}  // namespace pxq
