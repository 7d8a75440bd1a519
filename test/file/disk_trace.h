#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "file/scratch_dir.h"
#include "file/stopped_call.h"

namespace pxq::fake {

inline constexpr int kNothing = -1;    // a name that is gone
inline constexpr int kDirectory = -2;  // a name that is a directory

/// One change to what is below a directory, as the disk gets it. Files are numbered; a number
/// stands for one inode, whatever its names.
struct DiskStep {
  enum class Kind { kNames, kBytes, kSize, kSyncFile, kSyncDirectory };

  Kind kind;
  int file = kNothing;                    // of kBytes, kSize, kSyncFile
  uint64_t at = 0;                        // where the bytes go; the size
  std::string bytes = {};                 // of kBytes
  std::string directory = {};             // of kNames, kSyncDirectory
  std::map<std::string, int> names = {};  // of kNames: what paths stand for from now on, at once
};

/// Runs work in a child and writes down, in order, every system call by which it changes or syncs
/// what is below a directory.
class DiskTrace {
 public:
  using Kind = DiskStep::Kind;

  /// What is there now counts as on the disk.
  explicit DiskTrace(const ScratchDir& dir) : root_(std::filesystem::canonical(dir.path())) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root_)) {
      const std::string path = entry.path();
      first_names_[path] = entry.is_directory() ? kDirectory : new_file(inode_of(path), read(path));
    }
    names_ = first_names_;
  }

  /// The child's exit code; none if it died.
  std::optional<int> run(const std::function<int()>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
      ::raise(SIGSTOP);
      ::_exit(work());
    }
    int state = 0;
    ::waitpid(child, &state, 0);
    ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    bool entering = true;
    std::optional<StoppedCall> call;
    int signal = 0;
    while (true) {
      ::ptrace(PTRACE_SYSCALL, child, nullptr, signal);
      ::waitpid(child, &state, 0);
      if (WIFEXITED(state)) return WEXITSTATUS(state);
      if (WIFSIGNALED(state)) return std::nullopt;
      const bool at_call = WSTOPSIG(state) == (SIGTRAP | 0x80);
      signal = at_call ? 0 : WSTOPSIG(state);
      if (!at_call) continue;
      if (entering) {
        call.emplace(child);
      } else {
        take(child, *call);
      }
      entering = !entering;
    }
  }

  const std::string& root() const { return root_; }
  const std::vector<DiskStep>& steps() const { return steps_; }
  const std::map<std::string, int>& first_names() const { return first_names_; }
  const std::string& first_bytes(int file) const { return files_[static_cast<size_t>(file)].bytes; }
  size_t file_count() const { return files_.size(); }

  /// The file that had this inode last, or kNothing.
  int file_of_inode(uint64_t inode) const {
    for (size_t i = files_.size(); i > 0; --i) {
      if (files_[i - 1].inode == inode) return static_cast<int>(i - 1);
    }
    return kNothing;
  }

  /// A call changed something in a way that is not followed: the trace proves nothing.
  bool blind() const { return blind_; }

 private:
  struct File {
    uint64_t inode = 0;
    std::string bytes;  // before the run
  };

  static uint64_t inode_of(const std::string& path) {
    struct stat info = {};
    return ::stat(path.c_str(), &info) == 0 ? info.st_ino : 0;
  }

  static std::string read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  int new_file(uint64_t inode, std::string bytes) {
    files_.push_back({inode, std::move(bytes)});
    by_inode_[inode] = static_cast<int>(files_.size() - 1);
    return by_inode_[inode];
  }

  bool below_root(const std::string& path) const { return path.starts_with(root_ + "/"); }

  static std::string link_text(const std::string& path) {
    std::error_code error;
    const auto target = std::filesystem::read_symlink(path, error);
    return error ? std::string() : target.string();
  }

  static std::string fd_path(pid_t child, uint64_t fd) {
    return "/proc/" + std::to_string(child) + "/fd/" + std::to_string(static_cast<int>(fd));
  }

  static std::string text_at(pid_t child, uint64_t address) {
    std::string text;
    for (char byte = 1; byte != '\0'; ++address) {
      byte = memory(child, address, 1).front();
      if (byte != '\0') text += byte;
    }
    return text;
  }

  static std::string memory(pid_t child, uint64_t address, size_t size) {
    std::string bytes(size, '\0');
    const iovec here{bytes.data(), size};
    const iovec there{reinterpret_cast<void*>(address), size};
    ::process_vm_readv(child, &here, 1, &there, 1, 0);
    return bytes;
  }

  static std::string named(pid_t child, uint64_t directory_fd, uint64_t address) {
    const std::string name = text_at(child, address);
    if (name.starts_with('/')) return std::filesystem::path(name).lexically_normal();
    const bool here = static_cast<int>(directory_fd) == AT_FDCWD;
    const std::string directory =
        link_text(here ? "/proc/" + std::to_string(child) + "/cwd" : fd_path(child, directory_fd));
    return (std::filesystem::path(directory) / name).lexically_normal();
  }

  // Of a descriptor; kNothing for what is not below the root.
  int file_of(pid_t child, uint64_t fd) const {
    const auto found = by_inode_.find(inode_of(fd_path(child, fd)));
    return found == by_inode_.end() ? kNothing : found->second;
  }

  void name(std::map<std::string, int> changes) {
    const std::string directory = std::filesystem::path(changes.begin()->first).parent_path();
    for (const auto& [path, file] : changes) {
      if (std::filesystem::path(path).parent_path() != directory) blind_ = true;
      if (file == kNothing) {
        names_.erase(path);
      } else {
        names_[path] = file;
      }
    }
    steps_.push_back({.kind = Kind::kNames, .directory = directory, .names = std::move(changes)});
  }

  void rename(const std::string& from, const std::string& to, uint64_t flags) {
    if (!below_root(from) && !below_root(to)) return;
    const int moved = names_.at(from);
    const bool exchange = (flags & RENAME_EXCHANGE) != 0;
    name({{from, exchange ? names_.at(to) : kNothing}, {to, moved}});
  }

  void remove(const std::string& path) {
    if (!below_root(path)) return;
    const int file = names_.at(path);
    if (file >= 0) std::erase_if(by_inode_, [&](const auto& one) { return one.second == file; });
    name({{path, kNothing}});
  }

  void make_directory(const std::string& path) {
    if (below_root(path)) name({{path, kDirectory}});
  }

  void open(pid_t child, uint64_t fd, uint64_t flags) {
    const std::string path = link_text(fd_path(child, fd));
    if (!below_root(path) || names_.contains(path)) {
      if (below_root(path) && (flags & O_TRUNC) != 0) blind_ = true;
      return;
    }
    if ((flags & O_CREAT) != 0) name({{path, new_file(inode_of(fd_path(child, fd)), {})}});
  }

  void write(pid_t child, const StoppedCall& call, int64_t result, std::optional<uint64_t> at) {
    const uint64_t fd = call.argument(0);
    const int file = file_of(child, fd);
    if (file == kNothing) return;
    const auto written = static_cast<uint64_t>(result);
    if (!at) {  // behind where the descriptor stands now
      std::ifstream info("/proc/" + std::to_string(child) + "/fdinfo/" + std::to_string(fd));
      std::string word;
      uint64_t position = 0;
      info >> word >> position;
      at = position - written;
    }
    steps_.push_back({.kind = Kind::kBytes,
                      .file = file,
                      .at = *at,
                      .bytes = memory(child, call.argument(1), static_cast<size_t>(written))});
  }

  void sync(pid_t child, uint64_t fd) {
    const std::string path = link_text(fd_path(child, fd));
    if (path == root_ || (names_.contains(path) && names_.at(path) == kDirectory)) {
      steps_.push_back({.kind = Kind::kSyncDirectory, .directory = path});
    } else if (const int file = file_of(child, fd); file != kNothing) {
      steps_.push_back({.kind = Kind::kSyncFile, .file = file});
    }
  }

  void take(pid_t child, StoppedCall& call) {
    const int64_t result = call.result();
    if (result < 0) return;  // it failed and did nothing
    const auto opened = static_cast<uint64_t>(result);
    const auto argument = [&](size_t index) { return call.argument(index); };
    switch (call.number()) {
      case SYS_openat: return open(child, opened, argument(2));
      case SYS_write: return write(child, call, result, std::nullopt);
      case SYS_pwrite64: return write(child, call, result, argument(3));
      case SYS_ftruncate:
        if (const int file = file_of(child, argument(0)); file != kNothing) {
          steps_.push_back({.kind = Kind::kSize, .file = file, .at = argument(1)});
        }
        return;
      case SYS_fsync:
      case SYS_fdatasync: return sync(child, argument(0));
      case SYS_renameat:
      case SYS_renameat2: {
        const uint64_t flags = call.number() == SYS_renameat2 ? argument(4) : 0;
        return rename(named(child, argument(0), argument(1)),
                      named(child, argument(2), argument(3)), flags);
      }
      case SYS_mkdirat: return make_directory(named(child, argument(0), argument(1)));
      case SYS_unlinkat: return remove(named(child, argument(0), argument(1)));
      case SYS_writev:
      case SYS_pwritev:
      case SYS_fallocate:
      case SYS_truncate:
      case SYS_linkat:
      case SYS_symlinkat:
      case SYS_copy_file_range:
      case SYS_sendfile: blind_ = true; return;
      default: return take_old(child, call, opened);
    }
  }

  // Calls that newer machines never had.
  void take_old([[maybe_unused]] pid_t child, [[maybe_unused]] const StoppedCall& call,
                [[maybe_unused]] uint64_t opened) {
#if defined(SYS_open)
    const auto here = static_cast<uint64_t>(AT_FDCWD);
    const auto path = [&](size_t index) { return named(child, here, call.argument(index)); };
    switch (call.number()) {
      case SYS_open: return open(child, opened, call.argument(1));
      case SYS_rename: return rename(path(0), path(1), 0);
      case SYS_unlink: return remove(path(0));
      case SYS_mkdir: return make_directory(path(0));
      case SYS_link:
      case SYS_symlink:
      case SYS_rmdir: blind_ = true; return;
      default: return;
    }
#endif
  }

  std::string root_;
  std::vector<File> files_;
  std::map<uint64_t, int> by_inode_;
  std::map<std::string, int> first_names_;
  std::map<std::string, int> names_;
  std::vector<DiskStep> steps_;
  bool blind_ = false;
};

}  // namespace pxq::fake
