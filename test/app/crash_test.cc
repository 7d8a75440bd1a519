// The real binary, disturbed at each system call by which it touches a file: by an error, or by the
// end of the process. What it leaves is old or new.

#include <signal.h>

#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "disturbance.h"
#include "session.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::stats;
using fake::Table;
using fake::Vizier;

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

TEST_CASE("L03 disturbed at some calls, files are old or new") {
  for (const Story& story : stories()) check_story(story, Sweep::kShare);
}

TEST_CASE("L03 disturbed at any call, files are old or new", "[.sweep]") {
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

}  // namespace
}  // namespace pxq::app
