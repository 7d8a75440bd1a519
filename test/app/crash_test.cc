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

void check_story(const Story& story, Sweep sweep) {
  if (!can_trace()) return;
  const Vizier before(one_table(1));
  const Vizier after(one_table(2));
  const Session session;
  const fake::TempDir old_dir;
  REQUIRE(fake::run(command_in(session, before.address(), old_dir.path(), story.first)).status() ==
          0);
  const auto old_files = seen_in(old_dir);
  const fake::TempDir new_dir;
  copy_to(old_dir, new_dir);
  const auto places = places_of(command_in(session, after.address(), new_dir.path(), story.flags));
  const auto new_files = seen_in(new_dir);
  REQUIRE(old_files != new_files);
  REQUIRE(places.size() > 5);
  for (const Fault& fault : faults_at(places, sweep)) {
    INFO(story.name << ": " << fault.injection());
    const fake::TempDir dir;
    copy_to(old_dir, dir);
    const fake::Command command = command_in(session, after.address(), dir.path(), story.flags);
    const auto result = run_disturbed(command, fault);
    INFO(result.err);
    const auto files = seen_in(dir);
    if (fault.error()) {
      CHECK(result.status() < 128);
      CHECK(files == (result.status() == 0 ? new_files : old_files));
      continue;
    }
    if (story.single) CHECK((files == old_files || files == new_files));
    // The next run puts everything right, unless the rows have been added already.
    if (story.flags.back() == "--append" && files == new_files) continue;
    CHECK(fake::run(command).status() == 0);
    if (story.flags.back() != "--append") CHECK(seen_in(dir) == new_files);
    CHECK_FALSE(holds_leftovers(dir));
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
  const Vizier before(one_table(1));
  const Vizier after(one_table(2));
  const Session session;
  const fake::TempDir old_dir;
  REQUIRE(fake::run(command_in(session, before.address(), old_dir.path(), story.first)).status() ==
          0);
  const auto old_files = seen_in(old_dir);
  const fake::TempDir new_dir;
  copy_to(old_dir, new_dir);
  const auto whole = fake::run(command_in(session, after.address(), new_dir.path(), story.flags));
  const auto new_files = seen_in(new_dir);
  REQUIRE(old_files != new_files);
  std::mt19937 random(20261125);
  std::uniform_int_distribution<int64_t> moment(0, whole.elapsed.count() * 5 / 4);
  int killed = 0;
  for (int round = 0; round < rounds; ++round) {
    INFO(story.name << ", round " << round);
    const fake::TempDir dir;
    copy_to(old_dir, dir);
    const fake::Command command = command_in(session, after.address(), dir.path(), story.flags);
    fake::Process process(command);
    std::this_thread::sleep_for(Duration(moment(random)));
    process.signal(SIGKILL);
    if (process.wait().signal == SIGKILL) ++killed;
    const auto files = seen_in(dir);
    if (story.single) CHECK((files == old_files || files == new_files));
    if (story.flags.back() == "--append" && files == new_files) continue;
    CHECK(fake::run(command).status() == 0);
    if (story.flags.back() != "--append") CHECK(seen_in(dir) == new_files);
    CHECK_FALSE(holds_leftovers(dir));
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

void check_export(const ExportStory& story, Sweep sweep) {
  if (!can_trace()) return;
  const auto& rows_in = story.rows_in;
  const int64_t then = now_ns() - 3600 * kSecondNs;
  const std::vector<Event> early = {{then, 1}, {then, 1}, {then + 1, 2}};
  std::vector<Event> all = early;
  all.push_back({then - kSecondNs, 3});  // arrived late
  all.push_back({now_ns(), 4});
  Vizier vizier(holding(early));
  const Session session;
  const auto command_at = [&](const std::string& directory) {
    std::vector<std::string> words = {
        "export",        "-e",      "import px", "--addr", vizier.address(), "--insecure",
        "--to",          story.to,  "--state",   "state",  "--job",          "j",
        "--time-format", "unix_ns", "--lag",     "0",      "--overlap",      "2h",
        "--timeout",     "10s",     "-q"};
    words.insert(words.end(), story.flags.begin(), story.flags.end());
    fake::Command command = session.command(words);
    command.directory = directory;
    return command;
  };
  const fake::TempDir old_dir;
  REQUIRE(fake::run(command_at(old_dir.path())).status() == 0);
  REQUIRE(rows_in(old_dir) == lines_of(early));
  vizier.answer_from_now_on(holding(all));
  const fake::TempDir new_dir;
  copy_to(old_dir, new_dir);
  const auto places = places_of(command_at(new_dir.path()));
  REQUIRE(rows_in(new_dir) == lines_of(all));
  for (const Fault& fault : faults_at(places, sweep)) {
    INFO(story.to << ": " << fault.injection());
    const fake::TempDir dir;
    copy_to(old_dir, dir);
    const auto result = run_disturbed(command_at(dir.path()), fault);
    INFO(result.err);
    if (fault.error()) {
      CHECK(result.status() < 128);
      CHECK(rows_in(dir) == lines_of(result.status() == 0 ? all : early));
    }
    const auto next = fake::run(command_at(dir.path()));
    INFO(next.err);
    CHECK(next.status() == 0);
    CHECK(rows_in(dir) == lines_of(all));
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
