#include "file/atomic_file.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "file/file_bytes.h"

namespace pxq {
namespace {

// Nothing tells when a reader opens a FIFO, so the opening is tried again; a fiftieth of a second
// is not felt.
constexpr int kReaderPollMs = 20;

/// renameat2() where the file system knows `flags`; EINVAL or ENOSYS where it does not.
int rename_with(int directory_fd, const std::string& from, const std::string& to,
                unsigned int flags) {
  return ::renameat2(directory_fd, from.c_str(), directory_fd, to.c_str(), flags) == 0 ? 0 : errno;
}

// File systems that do not know a flag of renameat2() refuse it in different ways.
bool unsupported(int error) { return error == EINVAL || error == ENOSYS || error == ENOTSUP; }

Status already_exists(const std::string& path, const FileOptions& options) {
  return {Code::kOutput, path + " exists", options.exists_hint};
}

/// A FIFO without a reader refuses a non-blocking open; a blocking one could not be interrupted.
Result<UniqueFd> open_writer(const std::string& path, const std::stop_token& stop) {
  while (true) {
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (fd) return fd;
    if (errno == EINTR) continue;
    struct stat info = {};
    const int error = errno;
    if (error != ENXIO || ::stat(path.c_str(), &info) != 0 || !S_ISFIFO(info.st_mode)) {
      return errno_status(Code::kOutput, "open", path, error);
    }
    if (stop.stop_requested()) return Status(Code::kInterrupted, "nobody reads " + path);
    ::poll(nullptr, 0, kReaderPollMs);
  }
}

}  // namespace

FileOutput::FileOutput(FileTarget target, FileOptions options)
    : target_(std::move(target)), options_(std::move(options)) {
  if (options_.hash) sum_.emplace();
}

FileOutput::~FileOutput() = default;

Result<std::unique_ptr<FileOutput>> FileOutput::open(const std::string& path,
                                                     const FileOptions& options) {
  auto target = resolve_file_target(path);
  if (!target.ok()) return target.status();
  if (target->exists && !target->in_place && !options.force) return already_exists(path, options);
  std::unique_ptr<FileOutput> output(new FileOutput(*std::move(target), options));
  if (output->target_.in_place) {
    if (auto opened = output->open_in_place(); !opened.ok()) return opened;
    return output;
  }
  const std::string directory = parent_path(output->target_.file);
  if (options.make_directories) {
    if (auto made = pxq::make_directories(directory); !made.ok()) return made;
  }
  remove_stale_temps(directory, options.temp_tag);
  auto temp = TempFile::create(directory, options.temp_tag);
  if (!temp.ok()) return temp.status();
  output->temp_.emplace(*std::move(temp));
  return output;
}

Status FileOutput::open_in_place() {
  int fd = target_.inherited_fd;
  if (fd < 0) {
    auto opened = open_writer(target_.file, options_.stop);
    if (!opened.ok()) return opened.status();
    in_place_fd_ = *std::move(opened);
    fd = in_place_fd_.get();
  } else if (::fcntl(fd, F_GETFD) < 0) {
    return errno_status(Code::kOutput, "open", target_.path, errno);
  }
  in_place_.emplace(fd, target_.path);
  return {};
}

Status FileOutput::write(std::string_view bytes) {
  if (sum_) sum_->update(bytes);
  if (!in_place_) return temp_->write(bytes, target_.path);
  size_t start = 0;
  for (const size_t end : record_ends()) {
    in_place_->text().append(bytes.substr(start, end - start));
    in_place_->commit();
    start = end;
  }
  in_place_->flush();
  return in_place_->status();
}

Status FileOutput::save() {
  if (auto prepared = prepare(); !prepared.ok()) return prepared;
  const Status published = publish();
  const Status restored = published.ok() ? Status() : rollback();
  settle();
  return restored.ok() ? published : restored;
}

Status FileOutput::prepare() {
  flush();
  if (!status().ok()) {
    temp_.reset();
    return status();
  }
  if (in_place_) return in_place_->finish();
  Status result = take_old_mode();
  struct stat info = {};
  if (::fstat(temp_->fd(), &info) == 0) temp_inode_ = info.st_ino;
  if (result.ok()) result = temp_->sync(target_.path);
  // On a network file system it may be close() that tells of a failed write.
  if (result.ok()) result = temp_->close_data(target_.path);
  if (!result.ok()) temp_.reset();
  return result;
}

Status FileOutput::take_old_mode() {
  struct stat old = {};
  if (::stat(target_.file.c_str(), &old) != 0) return {};  // 0600 already
  mode_t mode = old.st_mode & 0777;
  struct stat ours = {};  // a setgid directory gives a group that is not the process's
  if (::fstat(temp_->fd(), &ours) != 0 || old.st_uid != ours.st_uid || old.st_gid != ours.st_gid) {
    // Without leave to give it away, nobody but us may read what the old file's group could.
    if (::fchown(temp_->fd(), old.st_uid, old.st_gid) != 0) mode &= 0700;
  }
  if (::fchmod(temp_->fd(), mode) == 0) return {};
  return errno_status(Code::kOutput, "set the mode of", target_.path, errno);
}

Status FileOutput::publish() {
  if (in_place_) return {};
  if (auto named = give_name(); !named.ok()) return named;
  return sync_directory(temp_->directory_fd(), temp_->directory());
}

Status FileOutput::give_name() {
  const int directory = temp_->directory_fd();
  const std::string name = base_name(target_.file);
  struct stat there = {};
  if (::fstatat(directory, name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0 &&
      S_ISDIR(there.st_mode)) {
    return errno_status(Code::kOutput, "rename to", target_.path, EISDIR);
  }
  hold_old();
  // An exchange rather than a replacement, so that the old file can be brought back until all files
  // of a set have their names.
  int error = options_.force ? exchange() : ENOENT;
  if (error == 0) {
    published_ = Published::kExchanged;
    return {};
  }
  published_ = Published::kNew;
  if (error != ENOENT && unsupported(error)) {
    published_ = Published::kReplaced;
    error = rename_with(directory, temp_->name(), name, 0);
  } else if (error == ENOENT) {
    // A file that appeared while the run went on is nobody's to replace.
    error = rename_with(directory, temp_->name(), name, RENAME_NOREPLACE);
    if (unsupported(error)) error = rename_with(directory, temp_->name(), name, 0);
  }
  if (error == 0) {
    temp_->keep();
    return {};
  }
  published_ = Published::kNo;
  if (error == EEXIST) return already_exists(target_.path, options_);
  const Status failed = errno_status(Code::kOutput, "rename to", target_.path, error);
  if (error != EBUSY) return failed;
  return Status(failed).with_hint(
      "a file that is mounted by itself cannot be replaced: mount its "
      "directory");
}

/// Between publish() and settle() the old file bears a temporary's name: a lock keeps the next
/// run's cleaning from it.
void FileOutput::hold_old() {
  old_.reset(::openat(temp_->directory_fd(), base_name(target_.file).c_str(),
                      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (old_) ::flock(old_.get(), LOCK_SH | LOCK_NB);
}

int FileOutput::exchange() {
  return rename_with(temp_->directory_fd(), temp_->name(), base_name(target_.file),
                     RENAME_EXCHANGE);
}

Status FileOutput::rollback() {
  if (in_place_ || !temp_) return {};
  int error = 0;
  if (published_ == Published::kReplaced) error = ENOTSUP;
  if (published_ == Published::kExchanged) error = exchange();
  if (published_ == Published::kNew) {
    error = rename_with(temp_->directory_fd(), base_name(target_.file), temp_->name(), 0);
    if (error == 0) temp_->own();
  }
  if (error != 0) {
    return errno_status(Code::kOutput, "restore the old", target_.path, error)
        .with_hint("the file there is the new one");
  }
  published_ = Published::kNo;
  return sync_directory(temp_->directory_fd(), target_.path);
}

std::optional<PlannedChange> FileOutput::planned() const {
  if (!temp_) return std::nullopt;
  return PlannedChange{.temp = absolute_path(temp_->path()),
                       .target = absolute_path(target_.file),
                       .temp_inode = temp_inode_};
}

void FileOutput::leave() {
  if (temp_) temp_->keep();
}

void FileOutput::settle() { temp_.reset(); }

void FileOutput::abandon() { temp_.reset(); }

}  // namespace pxq
