#include "file/temp_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

#include "file/file_bytes.h"

namespace pxq {
namespace {

constexpr std::string_view kSuffix = ".tmp";
// Random names hardly ever meet, so after a hundred of them something else is wrong.
constexpr int kMaxNames = 100;

std::string name_prefix(const std::string& tag) { return ".pxq-" + tag + "-"; }

std::string unique_name(const std::string& tag) {
  uint64_t random = 0;
  // Where randomness is not to be had, O_EXCL below still keeps names apart.
  if (::getrandom(&random, sizeof random, GRND_NONBLOCK) < 0) {
    random = static_cast<uint64_t>(::getpid());
  }
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(random));
  return name_prefix(tag) + digits + std::string(kSuffix);
}

bool lock_or_unsupported(int fd, int operation) {
  int result = 0;
  do {
    result = ::flock(fd, operation);
  } while (result != 0 && errno == EINTR);
  return result == 0 || (errno != EWOULDBLOCK && errno != EINTR);
}

/// A cleaner may have taken the file between its making and its locking.
bool still_named(int fd) {
  struct stat info = {};
  return ::fstat(fd, &info) == 0 && info.st_nlink != 0;
}

UniqueFd open_directory(const std::string& directory) {
  constexpr int kFlags = O_DIRECTORY | O_CLOEXEC;
  UniqueFd fd(::open(directory.c_str(), O_RDONLY | kFlags));
  // Without leave to list it, names can still be made in it.
  if (!fd && errno == EACCES) fd.reset(::open(directory.c_str(), O_PATH | kFlags));
  return fd;
}

}  // namespace

Result<TempFile> TempFile::create(const std::string& directory, const std::string& tag) {
  TempFile temp;
  temp.directory_ = directory;
  temp.directory_fd_ = open_directory(directory);
  if (!temp.directory_fd_) return errno_status(Code::kOutput, "open", directory, errno);
  for (int attempt = 0; attempt < kMaxNames; ++attempt) {
    temp.name_ = unique_name(tag);
    constexpr int kFlags = O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW;
    temp.data_.reset(::openat(temp.directory_fd_.get(), temp.name_.c_str(), kFlags, 0600));
    if (!temp.data_) {
      if (errno == EEXIST || errno == EINTR) continue;
      return errno_status(Code::kOutput, "create a file in", directory, errno);
    }
    temp.owned_ = true;
    temp.early_ = std::make_unique<EarlySync>(temp.data_.get());
    if (::fchmod(temp.data_.get(), 0600) != 0) {  // the umask may have taken even that
      return errno_status(Code::kOutput, "set the mode of", temp.path(), errno);
    }
    // The lock has a description of its own: the data is closed, and asked how that went, before
    // the file gets its name.
    temp.lock_.reset(
        ::openat(temp.directory_fd_.get(), temp.name_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!temp.lock_ && errno != ENOENT) {
      return errno_status(Code::kOutput, "open", temp.path(), errno);
    }
    // Where flock() is not supported no cleaner gets a lock either, and the file is as safe.
    if (temp.lock_ && lock_or_unsupported(temp.lock_.get(), LOCK_EX | LOCK_NB) &&
        still_named(temp.data_.get())) {
      return temp;
    }
  }
  return errno_status(Code::kOutput, "create a file in", directory, EEXIST);
}

TempFile::TempFile(TempFile&& other) noexcept { *this = std::move(other); }

TempFile& TempFile::operator=(TempFile&& other) noexcept {
  if (this == &other) return *this;
  remove();
  early_ = std::move(other.early_);  // its thread uses the descriptor below
  directory_ = std::move(other.directory_);
  name_ = std::move(other.name_);
  directory_fd_ = std::move(other.directory_fd_);
  data_ = std::move(other.data_);
  lock_ = std::move(other.lock_);
  owned_ = std::exchange(other.owned_, false);
  return *this;
}

TempFile::~TempFile() { remove(); }

Status TempFile::write(std::string_view bytes, const std::string& name_in_messages) {
  if (auto written = write_all(data_.get(), bytes, name_in_messages); !written.ok()) return written;
  early_->grew_by(bytes.size());
  return synced_early(name_in_messages);
}

Status TempFile::synced_early(const std::string& name_in_messages) const {
  const int error = early_->failure();
  return error == 0 ? Status() : errno_status(Code::kOutput, "fsync", name_in_messages, error);
}

Status TempFile::sync(const std::string& name_in_messages) {
  early_->end();
  if (auto early = synced_early(name_in_messages); !early.ok()) return early;
  return sync_file(data_.get(), name_in_messages);
}

Status TempFile::close_data(const std::string& name_in_messages) {
  // After EINTR the descriptor is gone on Linux, and fsync has already told what matters.
  if (::close(data_.release()) == 0 || errno == EINTR) return {};
  return errno_status(Code::kOutput, "close", name_in_messages, errno);
}

void TempFile::remove() {
  if (std::exchange(owned_, false)) ::unlinkat(directory_fd_.get(), name_.c_str(), 0);
}

size_t remove_stale_temps(const std::string& directory, const std::string& tag) {
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(directory.c_str()), ::closedir);
  if (!listing) return 0;
  const std::string prefix = name_prefix(tag);
  size_t removed = 0;
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string_view name = entry->d_name;
    if (!name.starts_with(prefix) || !name.ends_with(kSuffix)) continue;
    const int within = ::dirfd(listing.get());
    const UniqueFd fd(
        ::openat(within, entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    // Only a lock that is really had proves that nobody lives.
    if (!fd || ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) continue;
    if (::unlinkat(within, entry->d_name, 0) == 0) ++removed;
  }
  return removed;
}

}  // namespace pxq
