#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/fd_output.h"
#include "base/output.h"

namespace pxq {

/// One change that a set of files is about to make, complete on the disk under a temporary's name;
/// enough to make it after a crash. Paths are absolute.
struct PlannedChange {
  std::string temp;
  std::string target;
  uint64_t temp_inode = 0;
  bool append = false;
  // Of appends only.
  uint64_t target_inode = 0;
  uint64_t old_size = 0;
  uint64_t added_size = 0;
};

/// An Output whose bytes become part of the file system in steps that can be taken for many files
/// together, in this order and each after success: prepare() all, publish() all, settle() all.
/// Until publish() nothing is seen; until settle() rollback() brings the old state back, also after
/// a publish() that failed, and publish() could be called again. Destruction settles.
class StagedFile : public Output {
 public:
  /// As the user gave it, for messages.
  virtual const std::string& path() const = 0;

  virtual Status prepare() = 0;   // all bytes on the disk, under the temporary's name
  virtual Status publish() = 0;   // the target is the new file
  virtual Status rollback() = 0;  // the target is the old file, the new one a temporary again
  virtual void settle() = 0;      // what is kept aside goes

  /// Keeps what is aside for a journal to finish, instead of settle().
  virtual void leave() = 0;

  /// After prepare(): what publish() will do; nothing for targets written in place.
  virtual std::optional<PlannedChange> planned() const = 0;

  /// Of all bytes written, where asked for, else empty; once, after the last byte.
  virtual std::string sha256() = 0;

  /// For targets written in place, to stop a write that waits for its reader; else nullptr.
  virtual FdOutput* in_place() { return nullptr; }
};

}  // namespace pxq
