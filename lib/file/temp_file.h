#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/unique_fd.h"
#include "file/early_sync.h"

namespace pxq {

/// A private file (0600, whatever the umask) with a unique name, beside the file that it is to
/// become. A lock held as long as this lives tells it from the temporaries of dead runs. Unless
/// keep() was called, it is removed on destruction.
class TempFile {
 public:
  /// `tag` names whose temporaries these are, at most 32 characters of [0-9a-z]; see
  /// remove_stale_temps().
  static Result<TempFile> create(const std::string& directory, const std::string& tag);

  TempFile(TempFile&& other) noexcept;
  TempFile& operator=(TempFile&& other) noexcept;
  ~TempFile();

  int fd() const { return data_.get(); }
  int directory_fd() const { return directory_fd_.get(); }
  const std::string& directory() const { return directory_; }
  const std::string& name() const { return name_; }
  std::string path() const { return directory_ + "/" + name_; }

  /// Writes at the end. What is long is brought to the disk on the way.
  Status write(std::string_view bytes, const std::string& name_in_messages);

  /// fsync, so that a rename can never show an empty file after a power cut.
  Status sync(const std::string& name_in_messages);

  /// Reports what only close() finds. The lock stays.
  Status close_data(const std::string& name_in_messages);

  /// The name now belongs to somebody else: nothing is removed on destruction.
  void keep() { owned_ = false; }

  /// It has its own name again.
  void own() { owned_ = true; }

  /// Removes the file under its own name now.
  void remove();

 private:
  TempFile() = default;
  Status synced_early(const std::string& name_in_messages) const;

  std::string directory_;
  std::string name_;
  UniqueFd directory_fd_;
  UniqueFd data_;
  UniqueFd lock_;
  std::unique_ptr<EarlySync> early_;  // behind the descriptor that it uses
  bool owned_ = false;
};

/// Removes the temporaries with `tag` in `directory` whose run is dead, killed or lost with its
/// machine. Those of running processes are locked and stay. Returns how many went.
size_t remove_stale_temps(const std::string& directory, const std::string& tag);

}  // namespace pxq
