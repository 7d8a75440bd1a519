// Exports, disturbed at each system call by which they touch a file: the next run makes the union
// of all files exactly what was held.

#include <signal.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "disturbance.h"
#include "export_session.h"

namespace pxq::app {
namespace {

using fake::Vizier;

/// Where a job exports to, and how its rows are found there.
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
    REQUIRE(rows_in(old_dir_) == early());
    vizier_.answer_from_now_on(holding(all_));
  }

  /// The next run, in a directory that is given what the first one left.
  fake::Command set_in(const fake::TempDir& dir) const {
    copy_to(old_dir_, dir);
    return command_in(dir);
  }

  std::multiset<std::string> rows_in(const fake::TempDir& dir) const { return story_.rows_in(dir); }
  std::multiset<std::string> early() const { return lines_of(early_); }
  std::multiset<std::string> all() const { return lines_of(all_); }

  /// From now on the server has only what came after the first run.
  void forget_early() {
    vizier_.answer_from_now_on(holding({all_.back()}));
    all_.erase(all_.end() - 2);
  }

  fake::ProcessResult run_next(const fake::TempDir& dir) const {
    return fake::run(command_in(dir));
  }

  /// One more run has each row once.
  void check_next(const fake::TempDir& dir) const {
    const auto next = run_next(dir);
    INFO(next.err);
    CHECK(next.status() == 0);
    CHECK(rows_in(dir) == all());
  }

 private:
  fake::Command command_in(const fake::TempDir& dir) const {
    std::vector<std::string> words = {"export",          "-e",         "import px", "--addr",
                                      vizier_.address(), "--insecure", "--to",      story_.to,
                                      "--state",         "state",      "--job",     "j",
                                      "--lag",           "0",          "--overlap", "2h",
                                      "--timeout",       "10s",        "-q"};
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
  REQUIRE(stage.rows_in(undisturbed) == stage.all());
  for (const Fault& fault : faults_at(places, sweep)) {
    INFO(story.to << ": " << fault.injection());
    const fake::TempDir dir;
    const auto result = run_disturbed(stage.set_in(dir), fault);
    INFO(result.err);
    if (fault.error()) {
      CHECK(result.status() < 128);
      CHECK(stage.rows_in(dir) == (result.status() == 0 ? stage.all() : stage.early()));
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
  return {{"out/{table}-{start}.csv", {"--time-format", "unix_ns"}, csv_rows},
          {"{table}.csv", {"--append", "--time-format", "unix_ns"}, csv_rows},
          {"a.sqlite", {}, database_rows}};
}

TEST_CASE("an export that is disturbed at some calls exports each row once all the same") {
  for (const ExportStory& story : export_stories()) check_export(story, Sweep::kShare);
}

TEST_CASE("an export that is disturbed at any call exports each row once", "[.sweep]") {
  for (const ExportStory& story : export_stories()) check_export(story, Sweep::kAll);
}

TEST_CASE(
    "L17 an export that dies while it adds to a file that is rotated then exports each row once") {
  if (!can_trace()) return;
  const ExportStory story = export_stories().at(1);
  const ExportStage stage(story);
  const fake::TempDir undisturbed;
  const auto places = places_of(stage.set_in(undisturbed));
  int rotated = 0;
  for (const Fault& fault : faults_at(places, Sweep::kShare)) {
    if (fault.error()) continue;
    INFO(fault.injection());
    const fake::TempDir dir;
    [[maybe_unused]] const auto died = run_disturbed(stage.set_in(dir), fault);
    if (!dir.has("events.csv")) continue;
    std::filesystem::rename(dir.path("events.csv"), dir.path("old-events.csv"));
    ++rotated;
    stage.check_next(dir);
  }
  CHECK(rotated > 5);
}

/// The calls by which the next run waits for the disk: all of them, or the first and the last.
std::vector<Place> syncs_of(const ExportStage& stage, Sweep sweep) {
  const fake::TempDir undisturbed;
  std::vector<Place> syncs;
  for (const Place& place : places_of(stage.set_in(undisturbed))) {
    if (place.call == "fsync" || place.call == "fdatasync") syncs.push_back(place);
  }
  REQUIRE_FALSE(syncs.empty());
  if (sweep == Sweep::kShare) syncs = {syncs.front(), syncs.back()};
  return syncs;
}

void check_signals(const ExportStory& story, Sweep sweep) {
  if (!can_trace()) return;
  const ExportStage stage(story);
  for (const Place& place : syncs_of(stage, sweep)) {
    INFO(story.to << ": " << place.call << " " << place.number);
    const fake::TempDir dir;
    HeldAt run(stage.set_in(dir), place);
    run.signal(SIGTERM);
    const fake::ProcessResult result = run.let_go();
    INFO(result.err);
    CHECK(result.signal == SIGTERM);
    const std::multiset<std::string> rows = stage.rows_in(dir);
    CHECK((rows == stage.early() || rows == stage.all()));
    stage.check_next(dir);
  }
}

TEST_CASE("G01 an export that gets a signal in an fsync dies by it and exports each row once") {
  for (const ExportStory& story : export_stories()) check_signals(story, Sweep::kShare);
}

TEST_CASE("G01 the same in every fsync", "[.sweep]") {
  for (const ExportStory& story : export_stories()) check_signals(story, Sweep::kAll);
}

TEST_CASE("G01 a signal ends an export whose disk does not answer any more") {
  if (!can_trace()) return;
  const ExportStory story = export_stories().front();
  const ExportStage stage(story);
  const fake::TempDir dir;
  HeldAt run(stage.set_in(dir), syncs_of(stage, Sweep::kShare).front());
  run.signal(SIGTERM);
  CHECK(run.is_dying());
  CHECK(run.let_go().signal == SIGTERM);
  CHECK(stage.rows_in(dir) == stage.early());
  stage.check_next(dir);
}

TEST_CASE("a signal between commit and summary: code and summary say that the rows are exported") {
  if (!can_trace()) return;
  ExportStory story = export_stories().at(GENERATE(0u, 1u, 2u));
  story.flags.insert(story.flags.end(), {"--summary", "summary.json"});
  const ExportStage stage(story);
  int committed = 0;
  for (const Place& place : syncs_of(stage, Sweep::kAll)) {
    INFO(story.to << ": " << place.call << " " << place.number);
    const fake::TempDir dir;
    const fake::Command command = stage.set_in(dir);
    std::filesystem::remove(dir.path("summary.json"));
    HeldAt run(command, place);
    const bool was_written = dir.has("summary.json");
    run.signal(SIGTERM);
    const fake::ProcessResult result = run.let_go();
    INFO(result.err);
    CHECK(result.signal == SIGTERM);
    const bool all = stage.rows_in(dir) == stage.all();
    const json summary = json::parse(dir.read("summary.json"));
    // A signal that comes when all is done and written changes nothing.
    if (!was_written) CHECK(summary["exit"] == 128 + SIGTERM);
    CHECK(summary["committed"] == all);
    if (all) ++committed;
    stage.check_next(dir);
  }
  CHECK(committed > 0);
}

TEST_CASE("gaps outlive a run that is killed amid its commit") {
  if (!can_trace()) return;
  const ExportStory story = export_stories().at(GENERATE(0u, 1u, 2u));
  ExportStage stage(story);
  stage.forget_early();
  const fake::TempDir undisturbed;
  const auto places = places_of(stage.set_in(undisturbed));
  int kept = 0;
  for (const Place& place : places) {
    if (place.call == "close") continue;
    INFO(story.to << ": " << place.call << " " << place.number);
    const fake::TempDir dir;
    const auto died = run_disturbed(stage.set_in(dir), {place, "signal=KILL"});
    const bool exported = stage.rows_in(dir) == stage.all();
    const bool told = died.err.find("gone before") != std::string::npos;
    if (exported && !told) ++kept;
    const auto next = stage.run_next(dir);
    INFO(died.err << next.err);
    CHECK(next.status() == 0);
    CHECK((told || next.err.find("gone before") != std::string::npos));
    CHECK(stage.run_next(dir).err.empty());
    CHECK(stage.rows_in(dir) == stage.all());
  }
  CHECK(kept > 0);
}

}  // namespace
}  // namespace pxq::app
