// The real binary, disturbed at each system call by which it touches a file: by an error, or by the
// end of the process. What it leaves is old or new, and an export's state fits its rows.

#include <signal.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "export_session.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::stats;
using fake::Table;
using fake::Vizier;

constexpr const char* kStrace = "/usr/bin/strace";
constexpr const char* kCalls =
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
fake::Command traced(fake::Command command, std::vector<std::string> flags) {
  flags.insert(flags.begin(), "-qq");
  flags.push_back(command.program);
  command.arguments.insert(command.arguments.begin(), flags.begin(), flags.end());
  command.program = kStrace;
  return command;
}

bool can_trace() {
  const fake::TempDir dir;
  fake::Command nothing;
  nothing.program = "/bin/true";
  const auto result = fake::run(traced(nothing, {"-o", dir.path("log")}));
  if (result.status() == 0) return true;
  WARN("not tested: strace cannot trace here: " << result.err);
  return false;
}

/// Runs the command undisturbed and lists the calls that concern files in its directory.
std::set<Place> places_of(const fake::Command& command) {
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

/// A command that is disturbed, in a directory that is each time the same.
struct Story {
  std::string name;
  std::vector<std::string> flags;
  std::vector<std::string> first = {};  // flags of the run that made the old files
  bool single = true;                   // one file: old or new at once, also after a crash
};

fake::Command command_in(const Session& session, const std::string& address,
                         const std::string& directory, const std::vector<std::string>& flags) {
  fake::Command command = session.run_at(address, {"--timeout", "10s"});
  command.arguments.insert(command.arguments.end(), flags.begin(), flags.end());
  command.directory = directory;
  return command;
}

/// What a user sees of a directory: databases by their rows, no temporaries.
std::map<std::string, std::string> seen_in(const fake::TempDir& dir) {
  std::map<std::string, std::string> seen;
  for (const std::string& name : dir.list()) {
    if (name.find(".pxq-") != std::string::npos || name.ends_with("-journal")) continue;
    if (name.ends_with(".sqlite")) {
      seen[name] = fake::run({.arguments = {dir.path(name), "SELECT * FROM t"},
                              .program = "/usr/bin/sqlite3"})
                       .out;
    } else if (!std::filesystem::is_directory(dir.path(name))) {
      seen[name] = dir.read(name);
    }
  }
  return seen;
}

bool holds_leftovers(const fake::TempDir& dir) {
  for (const std::string& name : dir.list()) {
    if (name.find(".pxq-") != std::string::npos) return true;
  }
  return false;
}

void copy_to(const fake::TempDir& from, const fake::TempDir& to) {
  std::filesystem::copy(
      from.path(), to.path(),
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
}

Script one_table(int64_t value) {
  const Table t = numbers("t");
  const Table u = numbers("u");
  return Script()
      .send(t.metadata())
      .send(u.metadata())
      .send(t.batch().int64({value}).eos())
      .send(u.batch().int64({value}).eos())
      .send(stats());
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

std::vector<Fault> faults_at(const std::set<Place>& places, Sweep sweep) {
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

fake::ProcessResult run_disturbed(const fake::Command& command, const Fault& fault) {
  return fake::run(traced(
      command, {"-o", "/dev/null", "-e", "trace=" + fault.place.call, "-e", fault.injection()}));
}

/// A story as it is played again and again: from the same files, in a directory of its own.
class Stage {
 public:
  explicit Stage(const Story& story) : story_(story) {
    const Vizier before(one_table(1));
    REQUIRE(
        fake::run(command_in(session_, before.address(), old_dir_.path(), story.first)).status() ==
        0);
    old_files_ = seen_in(old_dir_);
  }

  const std::map<std::string, std::string>& old_files() const { return old_files_; }
  const std::map<std::string, std::string>& new_files() const { return new_files_; }

  /// The run, in a directory that is given the old files.
  fake::Command set_in(const fake::TempDir& dir) const {
    copy_to(old_dir_, dir);
    return command_in(session_, after_.address(), dir.path(), story_.flags);
  }

  /// What an undisturbed run has left in its directory is how the story ends.
  void ends_as(const fake::TempDir& dir) {
    new_files_ = seen_in(dir);
    REQUIRE(old_files_ != new_files_);
  }

  /// What a run that was killed has left, and what the next run makes of it.
  void check_killed(const fake::Command& command, const fake::TempDir& dir) const {
    const auto files = seen_in(dir);
    if (story_.single) CHECK((files == old_files_ || files == new_files_));
    // The next run puts everything right, unless the rows have been added already.
    const bool adds = story_.flags.back() == "--append";
    if (adds && files == new_files_) return;
    CHECK(fake::run(command).status() == 0);
    if (!adds) CHECK(seen_in(dir) == new_files_);
    CHECK_FALSE(holds_leftovers(dir));
  }

 private:
  const Story& story_;
  const Vizier after_{one_table(2)};
  Session session_;
  fake::TempDir old_dir_;
  std::map<std::string, std::string> old_files_;
  std::map<std::string, std::string> new_files_;
};

void check_story(const Story& story, Sweep sweep) {
  if (!can_trace()) return;
  Stage stage(story);
  const fake::TempDir undisturbed;
  const auto places = places_of(stage.set_in(undisturbed));
  stage.ends_as(undisturbed);
  REQUIRE(places.size() > 5);
  for (const Fault& fault : faults_at(places, sweep)) {
    INFO(story.name << ": " << fault.injection());
    const fake::TempDir dir;
    const fake::Command command = stage.set_in(dir);
    const auto result = run_disturbed(command, fault);
    INFO(result.err);
    if (fault.error()) {
      CHECK(result.status() < 128);
      CHECK(seen_in(dir) == (result.status() == 0 ? stage.new_files() : stage.old_files()));
    } else {
      stage.check_killed(command, dir);
    }
  }
}

const std::vector<std::string> kOneTable = {"-t", "t"};

std::vector<std::string> writing(std::vector<std::string> flags, const std::string& last) {
  flags.insert(flags.begin(), kOneTable.begin(), kOneTable.end());
  if (!last.empty()) flags.push_back(last);
  return flags;
}

std::vector<Story> stories() {
  return {
      {"a file", writing({"-o", "a.csv"}, "--force"), writing({"-o", "a.csv"}, "")},
      {"a packed file", writing({"-o", "a.jsonl.zst"}, "--force"),
       writing({"-o", "a.jsonl.zst"}, "")},
      {"rows added", writing({"-o", "a.csv"}, "--append"), writing({"-o", "a.csv"}, ""), false},
      {"several files", {"-o", "{table}.csv", "--force"}, {"-o", "{table}.csv"}, false},
      {"a new database", writing({"-o", "a.sqlite"}, "--force"), writing({"-o", "a.sqlite"}, "")},
      {"rows added to a database", writing({"-o", "a.sqlite"}, "--append"),
       writing({"-o", "a.sqlite"}, "")},
  };
}

TEST_CASE("disturbed at some calls, files are old or new") {
  for (const Story& story : stories()) check_story(story, Sweep::kShare);
}

TEST_CASE("disturbed at any call, files are old or new", "[.sweep]") {
  for (const Story& story : stories()) check_story(story, Sweep::kAll);
}

/// Kills of the whole process, threads and all, at moments of no choice.
void kill_at_random(const Story& story, int rounds) {
  Stage stage(story);
  const fake::TempDir undisturbed;
  const auto whole_run = fake::run(stage.set_in(undisturbed));
  stage.ends_as(undisturbed);
  std::mt19937 random(20261125);
  std::uniform_int_distribution<int64_t> moment(0, whole_run.elapsed.count() * 5 / 4);
  int killed = 0;
  for (int round = 0; round < rounds; ++round) {
    INFO(story.name << ", round " << round);
    const fake::TempDir dir;
    const fake::Command command = stage.set_in(dir);
    fake::Process process(command);
    std::this_thread::sleep_for(Duration(moment(random)));
    process.signal(SIGKILL);
    if (process.wait().signal == SIGKILL) ++killed;
    stage.check_killed(command, dir);
  }
  CHECK(killed > rounds / 4);
}

TEST_CASE("L10 five hundred kills at random moments", "[.sweep]") {
  const auto all = stories();
  for (const Story& story : all) kill_at_random(story, 504 / static_cast<int>(all.size()));
}

// Exports: after any disturbance the next run makes the union of all files exactly what was held.
struct ExportStory {
  std::string to;
  std::vector<std::string> flags;
  std::function<std::multiset<std::string>(const fake::TempDir&)> rows_in;
};

/// A job that has run once, and a server that has more by now.
class ExportStage {
 public:
  explicit ExportStage(const ExportStory& story) : story_(story), vizier_(holding(early_)) {
    all_.push_back({early_.front().time_ns - kSecondNs, 3});  // arrived late
    all_.push_back({now_ns(), 4});
    REQUIRE(fake::run(command_in(old_dir_)).status() == 0);
    check_rows(old_dir_, false);
    vizier_.answer_from_now_on(holding(all_));
  }

  /// The next run, in a directory that is given what the first one left.
  fake::Command set_in(const fake::TempDir& dir) const {
    copy_to(old_dir_, dir);
    return command_in(dir);
  }

  void check_rows(const fake::TempDir& dir, bool all) const {
    CHECK(story_.rows_in(dir) == lines_of(all ? all_ : early_));
  }

  /// One more run has each row once.
  void check_next(const fake::TempDir& dir) const {
    const auto next = fake::run(command_in(dir));
    INFO(next.err);
    CHECK(next.status() == 0);
    check_rows(dir, true);
  }

 private:
  fake::Command command_in(const fake::TempDir& dir) const {
    std::vector<std::string> words = {
        "export",        "-e",      "import px", "--addr", vizier_.address(), "--insecure",
        "--to",          story_.to, "--state",   "state",  "--job",           "j",
        "--time-format", "unix_ns", "--lag",     "0",      "--overlap",       "2h",
        "--timeout",     "10s",     "-q"};
    words.insert(words.end(), story_.flags.begin(), story_.flags.end());
    fake::Command command = session_.command(words);
    command.directory = dir.path();
    return command;
  }

  const ExportStory& story_;
  const int64_t then_ = now_ns() - 3600 * kSecondNs;
  const std::vector<Event> early_ = {{then_, 1}, {then_, 1}, {then_ + 1, 2}};
  std::vector<Event> all_ = early_;
  Vizier vizier_;
  Session session_;
  fake::TempDir old_dir_;
};

void check_export(const ExportStory& story, Sweep sweep) {
  if (!can_trace()) return;
  const ExportStage stage(story);
  const fake::TempDir undisturbed;
  const auto places = places_of(stage.set_in(undisturbed));
  stage.check_rows(undisturbed, true);
  for (const Fault& fault : faults_at(places, sweep)) {
    INFO(story.to << ": " << fault.injection());
    const fake::TempDir dir;
    const auto result = run_disturbed(stage.set_in(dir), fault);
    INFO(result.err);
    if (fault.error()) {
      CHECK(result.status() < 128);
      stage.check_rows(dir, result.status() == 0);
    }
    stage.check_next(dir);
  }
}

std::multiset<std::string> csv_rows(const fake::TempDir& dir) {
  std::multiset<std::string> found;
  for (const std::string& name : dir.list()) {
    if (!name.ends_with(".csv") || name.find(".pxq-") != std::string::npos) continue;
    std::ifstream file(dir.path(name));
    std::string line;
    for (std::getline(file, line); std::getline(file, line);) found.insert(line);
  }
  return found;
}

std::multiset<std::string> database_rows(const fake::TempDir& dir) {
  const auto read =
      fake::run({.arguments = {"-csv", dir.path("a.sqlite"), "SELECT time_, id FROM events"},
                 .program = "/usr/bin/sqlite3"});
  std::multiset<std::string> found;
  std::istringstream lines(read.out);
  for (std::string line; std::getline(lines, line);) {
    while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back())) != 0) {
      line.pop_back();
    }
    found.insert(line);
  }
  return found;
}

std::vector<ExportStory> export_stories() {
  return {{"out/{table}-{start}.csv", {}, csv_rows},
          {"{table}.csv", {"--append"}, csv_rows},
          {"a.sqlite", {}, database_rows}};
}

TEST_CASE("an export that is disturbed at some calls exports each row once all the same") {
  for (const ExportStory& story : export_stories()) check_export(story, Sweep::kShare);
}

TEST_CASE("an export that is disturbed at any call exports each row once", "[.sweep]") {
  for (const ExportStory& story : export_stories()) check_export(story, Sweep::kAll);
}

}  // namespace
}  // namespace pxq::app
