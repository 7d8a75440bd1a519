#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "file/disk_trace.h"

namespace pxq::fake {

/// What a power cut may leave: names, and the bytes of the files that they stand for.
struct DiskState {
  std::map<std::string, int> names;
  std::map<int, std::string> bytes;

  auto operator<=>(const DiskState&) const = default;
};

/// The states of the disk that a power cut may leave at any moment of a trace. No more is believed
/// than what POSIX promises: bytes and names are safe once the file, and the directory, were synced
/// after them, and not a moment sooner. Within one directory names change in their order; all else
/// may reach the disk or not, in any order.
class CrashStates {
 public:
  explicit CrashStates(const DiskTrace& trace) : trace_(trace) {}

  /// Of a cut behind the first `count` steps.
  std::set<DiskState> behind(size_t count) const {
    const Log log = log_of(count);
    std::set<DiskState> states;
    for (const auto& names : names_after(log)) {
      for (const auto& fates : fates_of(log)) states.insert(state(log, names, fates));
    }
    return states;
  }

  /// Puts a state into the directory, in place of what is there. Inodes get other numbers than in
  /// the trace, so those that journals speak of are put right.
  void restore(const DiskState& state) const {
    for (const auto& entry : std::filesystem::directory_iterator(trace_.root())) {
      std::filesystem::remove_all(entry.path());
    }
    std::map<int, uint64_t> inodes;
    for (const bool journals : {false, true}) {
      for (const auto& [path, file] : state.names) {
        if (file == kDirectory) {
          std::filesystem::create_directories(path);
        } else if (path.ends_with(".journal") == journals) {
          const std::string& bytes = state.bytes.at(file);
          std::ofstream(path, std::ios::binary) << (journals ? with_inodes(bytes, inodes) : bytes);
          struct stat info = {};
          if (::stat(path.c_str(), &info) == 0) inodes[file] = info.st_ino;
        }
      }
    }
  }

 private:
  // What becomes of the bytes that were not synced.
  enum class Fate { kLost, kThere, kZeros, kHalf };

  struct Names {
    std::vector<std::map<std::string, int>> changes;
    size_t synced = 0;
  };
  struct Bytes {
    std::vector<const DiskStep*> changes;
    size_t synced = 0;
  };
  struct Log {
    std::map<std::string, Names> directories;
    std::map<int, Bytes> files;
  };

  Log log_of(size_t count) const {
    using Kind = DiskStep::Kind;
    Log log;
    for (size_t i = 0; i < count; ++i) {
      const DiskStep& step = trace_.steps()[i];
      if (step.kind == Kind::kNames) {
        log.directories[step.directory].changes.push_back(step.names);
      } else if (step.kind == Kind::kSyncDirectory) {
        Names& names = log.directories[step.directory];
        names.synced = names.changes.size();
      } else if (step.kind == Kind::kSyncFile) {
        log.files[step.file].synced = log.files[step.file].changes.size();
      } else {
        log.files[step.file].changes.push_back(&step);
      }
    }
    return log;
  }

  std::vector<std::map<std::string, int>> names_after(const Log& log) const {
    std::vector<std::map<std::string, int>> all = {trace_.first_names()};
    for (const auto& [directory, names] : log.directories) {
      std::vector<std::map<std::string, int>> more;
      for (auto state : all) {
        for (size_t i = 0; i <= names.changes.size(); ++i) {
          if (i >= names.synced) more.push_back(state);
          if (i == names.changes.size()) break;
          for (const auto& [path, file] : names.changes[i]) {
            if (file == kNothing) {
              state.erase(path);
            } else {
              state[path] = file;
            }
          }
        }
      }
      all = std::move(more);
    }
    for (auto& state : all) drop_orphans(state);
    return all;
  }

  // What is in a directory whose name was lost is lost.
  void drop_orphans(std::map<std::string, int>& names) const {
    for (auto at = names.begin(); at != names.end();) {
      const std::string parent = std::filesystem::path(at->first).parent_path();
      const bool held = parent == trace_.root() || names.contains(parent);
      at = held ? std::next(at) : names.erase(at);
    }
  }

  // All files alike, or one of them unlike the others.
  std::vector<std::map<int, Fate>> fates_of(const Log& log) const {
    constexpr Fate kAll[] = {Fate::kLost, Fate::kThere, Fate::kZeros, Fate::kHalf};
    std::vector<int> open;
    for (const auto& [file, bytes] : log.files) {
      if (bytes.synced < bytes.changes.size()) open.push_back(file);
    }
    std::set<std::map<int, Fate>> fates;
    for (const Fate most : kAll) {
      std::map<int, Fate> alike;
      for (const int file : open) alike[file] = most;
      fates.insert(alike);
      for (const int other : open) {
        for (const Fate fate : kAll) {
          auto unlike = alike;
          unlike[other] = fate;
          fates.insert(std::move(unlike));
        }
      }
    }
    return {fates.begin(), fates.end()};
  }

  DiskState state(const Log& log, const std::map<std::string, int>& names,
                  const std::map<int, Fate>& fates) const {
    DiskState state{.names = names, .bytes = {}};
    for (const auto& [path, file] : names) {
      if (file == kDirectory) continue;
      std::string bytes = trace_.first_bytes(file);
      if (const auto found = log.files.find(file); found != log.files.end()) {
        const auto fate = fates.find(file);
        apply(found->second, fate == fates.end() ? Fate::kThere : fate->second, bytes);
      }
      state.bytes[file] = std::move(bytes);
    }
    return state;
  }

  static void apply(const Bytes& log, Fate fate, std::string& bytes) {
    size_t end = fate == Fate::kLost ? log.synced : log.changes.size();
    if (fate == Fate::kHalf) end = log.synced + (log.changes.size() - log.synced + 1) / 2;
    for (size_t i = 0; i < end; ++i) {
      const DiskStep& step = *log.changes[i];
      if (step.kind == DiskStep::Kind::kSize) {
        bytes.resize(step.at, '\0');
        continue;
      }
      const bool torn = fate == Fate::kHalf && i + 1 == end && end > log.synced;
      const size_t size = torn ? step.bytes.size() / 2 : step.bytes.size();
      const bool zeros = fate == Fate::kZeros && i >= log.synced;
      if (bytes.size() < step.at + size) bytes.resize(step.at + size, '\0');
      bytes.replace(step.at, size, zeros ? std::string(size, '\0') : step.bytes.substr(0, size));
    }
  }

  std::string with_inodes(const std::string& journal, const std::map<int, uint64_t>& inodes) const {
    static const std::regex kInode("(_inode\": )([0-9]+)");
    std::string text;
    auto from = journal.cbegin();
    for (std::sregex_iterator at(journal.begin(), journal.end(), kInode), end; at != end; ++at) {
      text.append(from, (*at)[2].first);
      const auto known = inodes.find(trace_.file_of_inode(std::stoull((*at)[2])));
      text += std::to_string(known == inodes.end() ? 0 : known->second);
      from = (*at)[2].second;
    }
    return text.append(from, journal.cend());
  }

  const DiskTrace& trace_;
};

}  // namespace pxq::fake
