#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "base/unique_fd.h"
#include "session.h"

namespace pxq::app {

inline constexpr const char* kStrace = "/usr/bin/strace";
// The calls by which files are touched.
inline constexpr const char* kCalls =
    "openat,write,pwrite64,fsync,fdatasync,rename,renameat2,close,ftruncate,fchmod,fallocate,"
    "unlinkat,unlink";

/// The Nth call of that name.
struct Place {
  std::string call;
  size_t number = 0;

  auto operator<=>(const Place&) const = default;
};

// Of the first thread alone, which is the one that writes files: others would be disturbed within
// gRPC, at the calls by which its threads wake each other.
inline fake::Command traced(fake::Command command, std::vector<std::string> flags) {
  flags.insert(flags.begin(), "-qq");
  flags.push_back(command.program);
  command.arguments.insert(command.arguments.begin(), flags.begin(), flags.end());
  command.program = kStrace;
  return command;
}

inline bool can_trace() {
  const fake::TempDir dir;
  fake::Command nothing;
  nothing.program = "/bin/true";
  const auto result = fake::run(traced(nothing, {"-o", dir.path("log")}));
  if (result.status() == 0) return true;
  WARN("not tested: strace cannot trace here: " << result.err);
  return false;
}

/// Runs the command undisturbed and lists the calls that concern files in its directory.
inline std::set<Place> places_of(const fake::Command& command) {
  const fake::TempDir dir;
  const auto result = fake::run(
      traced(command, {"-y", "-o", dir.path("log"), "-e", std::string("trace=") + kCalls}));
  INFO(result.err);
  REQUIRE(result.status() == 0);
  std::set<Place> places;
  std::map<std::string, size_t> counts;
  std::ifstream log(dir.path("log"));
  for (std::string line; std::getline(log, line);) {
    const size_t open = line.find('(');
    if (open == std::string::npos || std::isalpha(static_cast<unsigned char>(line[0])) == 0) {
      continue;
    }
    const std::string call = line.substr(0, open);
    const size_t number = ++counts[call];
    const bool relative = call != "write" && line.find("\".pxq") != std::string::npos;
    if (relative || line.find(command.directory) != std::string::npos) {
      places.insert({call, number});
    }
  }
  return places;
}

inline void copy_to(const fake::TempDir& from, const fake::TempDir& to) {
  std::filesystem::copy(
      from.path(), to.path(),
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
}

/// Which calls are disturbed: all of them take minutes, a share of them seconds.
enum class Sweep { kShare, kAll };

struct Fault {
  Place place;
  std::string what;  // as strace spells it

  bool error() const { return what.starts_with("error"); }
  std::string injection() const {
    return "inject=" + place.call + ":" + what + ":when=" + std::to_string(place.number);
  }
};

inline std::vector<Fault> faults_at(const std::set<Place>& places, Sweep sweep) {
  std::vector<Fault> faults;
  for (const Place& place : places) {
    faults.push_back({place, "error=EIO"});
    if (place.call == "write") faults.push_back({place, "error=ENOSPC"});
    // To die before a file is closed is to die before the next call.
    if (place.call != "close") faults.push_back({place, "signal=KILL"});
  }
  if (sweep == Sweep::kAll) return faults;
  constexpr size_t kEvery = 5;
  std::vector<Fault> share;
  for (size_t i = 0; i < faults.size(); i += kEvery) share.push_back(faults[i]);
  return share;
}

inline fake::ProcessResult run_disturbed(const fake::Command& command, const Fault& fault) {
  auto result = fake::run(traced(
      command, {"-o", "/dev/null", "-e", "trace=" + fault.place.call, "-e", fault.injection()}));
  CHECK_FALSE(result.overran);
  return result;
}

/// A run whose first thread stands still in a call, as at a disk that does not answer, until it is
/// let go.
class HeldAt {
 public:
  HeldAt(const fake::Command& command, const Place& place)
      : log_(make_log()),
        process_(traced(command, {"-D", "-o", dir_.path("log"), "-e", "trace=" + place.call, "-e",
                                  "inject=" + place.call + ":delay_enter=" + kForEver +
                                      ":when=" + std::to_string(place.number)})) {
    std::string entered;
    while (count(entered, place.call + "(") < place.number) {
      pollfd more{log_.get(), POLLIN, 0};
      REQUIRE(::poll(&more, 1, kPatienceMs) == 1);
      char text[4096];
      const ssize_t size = ::read(log_.get(), text, sizeof text);
      REQUIRE(size > 0);  // else it ended before
      entered.append(text, static_cast<size_t>(size));
    }
  }

  /// Returns when the signal has been taken in: nobody waits for it, and who took it sleeps again.
  void signal(int number) const {
    process_.signal(number);
    REQUIRE(wait_until([&] {
      const uint64_t pending = std::stoull(status_of("ShdPnd:"), nullptr, 16);
      return (pending >> (number - 1) & 1) == 0 &&
             states_of_threads().find('R') == std::string::npos;
    }));
  }

  pid_t pid() const { return process_.pid(); }

  /// Waits until all threads but the held one are gone; false when patience ended.
  bool is_dying() const {
    return wait_until([&] { return states_of_threads().size() == 1; });
  }

  /// The tracer's death lets it go.
  fake::ProcessResult let_go() {
    const pid_t tracer = std::stoi(status_of("TracerPid:"));
    REQUIRE(tracer > 0);
    ::kill(tracer, SIGKILL);
    return process_.wait();
  }

 private:
  static constexpr const char* kForEver = "60000000";  // microseconds
  static constexpr int kPatienceMs = 20'000;

  UniqueFd make_log() const {
    REQUIRE(::mkfifo(dir_.path("log").c_str(), 0600) == 0);
    return UniqueFd(::open(dir_.path("log").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  }

  std::string proc() const { return "/proc/" + std::to_string(process_.pid()); }

  std::string status_of(const std::string& name) const {
    std::ifstream file(proc() + "/status");
    std::string word;
    while (file >> word && word != name) {
    }
    file >> word;
    return word;
  }

  // A letter a thread, as the kernel tells them.
  std::string states_of_threads() const {
    std::string states;
    for (const auto& thread : std::filesystem::directory_iterator(proc() + "/task")) {
      std::ifstream file(thread.path() / "stat");
      std::string text;
      std::getline(file, text);
      const size_t name_end = text.rfind(") ");
      if (name_end != std::string::npos) states += text[name_end + 2];
    }
    return states;
  }

  template <typename Condition>
  static bool wait_until(const Condition& condition) {
    const TimePoint end = MonotonicClock::now() + fake::kPatience;
    while (!condition()) {
      if (MonotonicClock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }

  fake::TempDir dir_;
  UniqueFd log_;
  fake::Process process_;
};

}  // namespace pxq::app
