#include "file/append.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "file/file_bytes.h"

namespace pxq {
namespace {

constexpr size_t kPiece = 256 * 1024;

Status truncate_file(int fd, uint64_t size, const std::string& path) {
  int result = 0;
  do {
    result = ::ftruncate(fd, static_cast<off_t>(size));
  } while (result != 0 && errno == EINTR);
  return result == 0 ? Status() : errno_status(Code::kOutput, "truncate", path, errno);
}

Status copy_bytes(int to, uint64_t at, int from, uint64_t count, const std::string& path) {
  std::vector<char> buffer(kPiece);
  for (uint64_t done = 0; done < count;) {
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(kPiece, count - done));
    const ssize_t got = ::pread(from, buffer.data(), wanted, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0)
      return errno_status(Code::kOutput, "read what is added to", path, got ? errno : EIO);
    for (ssize_t written = 0; written < got;) {
      const ssize_t put = ::pwrite(to, buffer.data() + written, static_cast<size_t>(got - written),
                                   static_cast<off_t>(at + done) + written);
      if (put < 0 && errno == EINTR) continue;
      if (put <= 0) return errno_status(Code::kOutput, "write", path, put != 0 ? errno : EIO);
      written += put;
    }
    done += static_cast<uint64_t>(got);
  }
  return {};
}

}  // namespace

Status add_bytes(int file, uint64_t old_size, int from, uint64_t count, const std::string& path) {
  if (auto cut = truncate_file(file, old_size, path); !cut.ok()) return cut;
  if (auto copied = copy_bytes(file, old_size, from, count, path); !copied.ok()) return copied;
  return sync_file(file, path);
}

Result<std::unique_ptr<AppendOutput>> AppendOutput::open(const std::string& path,
                                                         const FileOptions& options) {
  auto target = resolve_file_target(path);
  if (!target.ok()) return target.status();
  std::unique_ptr<AppendOutput> output(new AppendOutput(*std::move(target), options.hash));
  if (auto locked = output->lock_target(); !locked.ok()) return locked;
  const std::string directory = parent_path(output->target_.file);
  remove_stale_temps(directory, options.temp_tag);
  auto staged = TempFile::create(directory, options.temp_tag);
  if (!staged.ok()) return staged.status();
  output->staged_.emplace(*std::move(staged));
  return output;
}

Status AppendOutput::lock_target() {
  file_.reset(::open(target_.file.c_str(), O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!file_) return errno_status(Code::kOutput, "open", target_.path, errno);
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return {Code::kLocked, "another run is adding to " + target_.path};
    return errno_status(Code::kOutput, "lock", target_.path, errno);
  }
  struct stat info = {};
  if (::fstat(file_.get(), &info) != 0) {
    return errno_status(Code::kOutput, "look at", target_.path, errno);
  }
  old_size_ = static_cast<uint64_t>(info.st_size);
  file_inode_ = info.st_ino;
  return {};
}

Status AppendOutput::write(std::string_view bytes) {
  staged_size_ += bytes.size();
  return staged_->write(bytes, target_.path);
}

Status AppendOutput::prepare() {
  flush();
  if (!status().ok()) return status();
  struct stat info = {};
  if (::fstat(staged_->fd(), &info) == 0) staged_inode_ = info.st_ino;
  if (::fstat(file_.get(), &info) != 0 || static_cast<uint64_t>(info.st_size) != old_size_) {
    return {Code::kOutput, target_.path + " was changed by somebody else during the run"};
  }
  return staged_->sync(target_.path);
}

Status AppendOutput::publish() {
  // Noted before the first byte: a copy that fails halfway has changed the file too.
  touched_ = true;
  return add_bytes(file_.get(), old_size_, staged_->fd(), staged_size_, target_.path);
}

Status AppendOutput::rollback() {
  if (!touched_) return {};
  if (auto cut = truncate_file(file_.get(), old_size_, target_.path); !cut.ok()) return cut;
  return sync_file(file_.get(), target_.path);
}

void AppendOutput::leave() {
  if (staged_) staged_->keep();
}

void AppendOutput::settle() { staged_.reset(); }

std::optional<PlannedChange> AppendOutput::planned() const {
  if (!staged_) return std::nullopt;
  return PlannedChange{.temp = absolute_path(staged_->path()),
                       .target = absolute_path(target_.file),
                       .temp_inode = staged_inode_,
                       .append = true,
                       .target_inode = file_inode_,
                       .old_size = old_size_,
                       .added_size = staged_size_};
}

std::string AppendOutput::sha256() {
  if (!hash_) return {};
  // The sum is of the file as it is now, old rows included, so all of it is read.
  Sha256 sum;
  const Status read = read_unpacked(target_.file, Compression::kNone, [&](std::string_view bytes) {
    sum.update(bytes);
    return Status();
  });
  return read.ok() ? sum.hex() : std::string();
}

}  // namespace pxq
