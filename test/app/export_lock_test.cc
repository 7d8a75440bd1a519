// Runs of one export job that meet: one has its rows, the others wait, give way or say so.

#include <signal.h>

#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "export_session.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::Vizier;

/// A run of a job that has asked, and waits for its three events until it may finish.
class HeldRun {
 public:
  HeldRun(Vizier& vizier, const CronJob& job)
      : vizier_(vizier.answer_from_now_on(holding_back(three_events()))), process_(job.command()) {
    REQUIRE(vizier_.wait_for_calls(1));
  }

  fake::ProcessResult finish() {
    vizier_.open("go");
    return process_.wait();
  }

 private:
  Vizier& vizier_;
  fake::Process process_;
};

TEST_CASE("K01 a second run at the same time takes nothing") {
  Vizier vizier;
  CronJob job(vizier.address());
  HeldRun first(vizier, job);
  SECTION("and says so") {
    const fake::ProcessResult second = job.run();
    job.session().check(second, {10, "", {"--if-locked"}});
  }
  SECTION("or does not mind") {
    job.flags = {"--if-locked", "skip"};
    job.session().check(job.run(), {});
  }
  CHECK(vizier.calls().size() == 1);
  CHECK_FALSE(job.dir().has("summary.json"));
  CHECK(first.finish().status() == 0);
  CHECK(job.rows() == lines_of(three_events()));
}

TEST_CASE("a second run may wait for the first") {
  Vizier vizier;
  CronJob job(vizier.address());
  HeldRun first(vizier, job);
  vizier.answer_from_now_on(holding(three_events()));
  job.flags = {"--if-locked", "wait"};
  fake::Process second(job.command());
  CHECK(first.finish().status() == 0);
  CHECK(second.wait().status() == 0);
  CHECK(vizier.calls().size() == 2);
}

TEST_CASE("K02 a lock dies with its run") {
  Vizier vizier;
  vizier.answer_from_now_on(Script().send(events_table().metadata()).silence());
  CronJob job(vizier.address());
  fake::Process first(job.command());
  REQUIRE(vizier.wait_for_calls(1));
  first.signal(SIGKILL);
  first.wait();
  vizier.answer_from_now_on(holding(three_events()));
  CHECK(job.run().status() == 0);
  CHECK(job.rows() == lines_of(three_events()));
}

TEST_CASE("K03 a run whose lock was removed gives way to one that may hold a new one") {
  Vizier vizier;
  CronJob job(vizier.address());
  const std::string to = GENERATE("{table}-{run}.csv", "{table}.csv", "all.sqlite");
  job.to = to;
  if (to == "{table}.csv") job.flags = {"--append"};
  job.flags.insert(job.flags.end(), {"--if-locked", "skip"});  // this run found no lock held
  HeldRun first(vizier, job);
  for (const std::string& name : job.dir().list()) {
    if (name.ends_with(".lock")) std::filesystem::remove(job.dir().path(name));
  }
  const bool second_run = to != "all.sqlite";  // whose own lock keeps it out
  if (second_run) {
    vizier.answer_from_now_on(holding(three_events()));
    REQUIRE(job.run().status() == 0);
  }
  job.session().check(first.finish(), {10, "", {"was removed while"}});
  vizier.answer_from_now_on(holding(three_events()));
  REQUIRE(job.run().status() == 0);
  if (second_run) CHECK(job.rows() == lines_of(three_events()));
  CHECK(job.summary()["exit"] == 0);
}

TEST_CASE("K07 a run that outlasts its interval leaves no gap and no double row") {
  Vizier vizier;
  CronJob job(vizier.address());
  HeldRun first(vizier, job);
  CHECK(job.run().status() == 10);
  const std::vector<Event> more = three_and({now_ns(), 4});  // behind the first window's end
  REQUIRE(first.finish().status() == 0);
  const std::string first_end = job.summary()["window"]["end"];
  vizier.answer_from_now_on(holding(more));
  REQUIRE(job.run().status() == 0);
  CHECK(job.summary()["window"]["start"] == first_end);
  CHECK(job.rows() == lines_of(more));
}

}  // namespace
}  // namespace pxq::app
