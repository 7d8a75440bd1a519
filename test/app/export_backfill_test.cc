// `pxq export --backfill`: what a job never asked for, once, whatever the job does meanwhile.

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "export_server.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::Vizier;

/// A server that holds a row a minute of two hours, and a job that began in the middle.
class Story {
 public:
  explicit Story(const std::string& to = "{table}-{start}.csv") : job_(vizier_.address()) {
    for (int64_t id = 0; id < 120; ++id) held_.push_back({now_ - (120 - id) * kMinuteNs + 5, id});
    server_.held = [this] { return held_; };
    answer();
    job_.script = kPinned;
    job_.to = to;
    job_.flags = {"--job", "nightly"};
    if (to == "{table}.csv") job_.flags.push_back("--append");
  }

  CronJob& job() { return job_; }
  Vizier& vizier() { return vizier_; }
  const std::vector<Event>& held() const { return held_; }
  int64_t ago(int64_t minutes) const { return now_ - minutes * kMinuteNs + kSecondNs; }
  void answer() { vizier_.answer_from_now_on(answering(server_)); }

  fake::ProcessResult run(std::vector<std::string> flags) {
    fake::Command command = job_.command();
    std::erase(command.arguments, "-q");
    command.arguments.insert(command.arguments.end(), flags.begin(), flags.end());
    return fake::run(command);
  }
  fake::ProcessResult backfill(std::vector<std::string> flags) {
    flags.insert(flags.begin(), "--backfill");
    return run(std::move(flags));
  }
  void begin() { REQUIRE(run({"--start", std::to_string(ago(60))}).status() == 0); }

  /// Of files or of the database.
  std::multiset<std::string> rows() const {
    if (!job_.to.ends_with(".sqlite")) return job_.rows();
    std::multiset<std::string> found;
    std::istringstream lines(fake::run({.arguments = {"-separator", ",", job_.dir().path(job_.to),
                                                      "SELECT time_, id FROM events"},
                                        .program = "/usr/bin/sqlite3"})
                                 .out);
    for (std::string line; std::getline(lines, line);) found.insert(line);
    return found;
  }

  /// The rows from so many minutes ago on, up to others.
  std::multiset<std::string> between(int64_t from, int64_t to = 0) const {
    std::vector<Event> some;
    for (const Event& event : held_) {
      if (event.time_ns >= ago(from) && event.time_ns < ago(to)) some.push_back(event);
    }
    return lines_of(some);
  }

 private:
  int64_t now_ = now_ns();
  std::vector<Event> held_;
  ExportServer server_;
  Vizier vizier_;
  CronJob job_;
};

std::multiset<std::string> both(std::multiset<std::string> one,
                                const std::multiset<std::string>& other) {
  one.insert(other.begin(), other.end());
  return one;
}

TEST_CASE("what was before a job's first window is exported once, however often it is asked for") {
  Story story(GENERATE("{table}-{start}.csv", "{table}.csv", "all.sqlite"));
  story.begin();
  const auto job_rows = story.between(60);
  REQUIRE(story.rows() == job_rows);
  // As far as the job began, and a piece of it only.
  const fake::ProcessResult first = story.backfill(
      {"--start", std::to_string(story.ago(100)), "--end", std::to_string(story.ago(80))});
  INFO(first.err);
  REQUIRE(first.status() == 0);
  CHECK(story.rows() == both(job_rows, story.between(100, 80)));
  REQUIRE(story.backfill({"--start", std::to_string(story.ago(110))}).status() == 0);
  CHECK(story.rows() == story.between(110));
  const fake::ProcessResult again = story.backfill({"--start", std::to_string(story.ago(110))});
  CHECK(again.status() == 0);
  CHECK_THAT(again.err, Catch::Contains("nothing to backfill"));
  // The job itself goes on where it was.
  REQUIRE(story.run({}).status() == 0);
  CHECK(story.rows() == story.between(110));
}

TEST_CASE("pxq jobs runs a backfill by what the job's last run was given, where it ran") {
  Story story;
  const fake::TempDir there;
  there.write("script.pxl", std::string(kPinned));
  fake::Command command = story.job().command();
  command.directory = there.path();
  command.arguments[1] = "-f";
  command.arguments[2] = "script.pxl";
  command.arguments.insert(command.arguments.end(), {"--start", std::to_string(story.ago(60))});
  REQUIRE(fake::run(command).status() == 0);
  const auto jobs = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "jobs");
    words.insert(words.end(), {"--state", story.job().dir().path("state")});
    return fake::run(story.job().session().command(std::move(words)));
  };
  story.job().session().check(jobs({"nightly", "backfill"}), {2, "", {"backfill needs a start"}});
  story.job().session().check(jobs({"nightly", "reset", "--start", "5m"}),
                              {2, "", {"--start and --end are of backfill"}});
  CHECK(story.rows() == story.between(60));
  const std::string summary = story.job().dir().read("summary.json");
  const fake::ProcessResult result =
      jobs({"nightly", "backfill", "--start", std::to_string(story.ago(90)), "--end",
            std::to_string(story.ago(70))});
  INFO(result.err);
  CHECK(result.status() == 0);
  CHECK(story.rows() == both(story.between(60), story.between(90, 70)));
  CHECK(story.job().dir().read("summary.json") == summary);  // which is of the job's own run
}

TEST_CASE("a job that is renamed takes along what its backfills have exported") {
  Story story(GENERATE("{table}-{start}.csv", "all.sqlite"));
  story.begin();
  const std::string from = std::to_string(story.ago(100));
  REQUIRE(story.backfill({"--start", from}).status() == 0);
  REQUIRE(story.rows() == story.between(100));
  const auto jobs = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "jobs");
    words.insert(words.end(), {"--state", story.job().dir().path("state")});
    return fake::run(story.job().session().command(std::move(words)));
  };
  story.job().session().check(jobs({"nightly backfill", "rename", "other"}),
                              {2, "", {"goes by the name of its job"}});
  const fake::ProcessResult renamed = jobs({"nightly", "rename", "daily"});
  INFO(renamed.err);
  REQUIRE(renamed.status() == 0);
  const std::string listed = jobs({}).out;
  CHECK_THAT(listed, Catch::Contains("\"daily backfill\"") && !Catch::Contains("nightly"));
  const fake::ProcessResult again = jobs({"daily", "backfill", "--start", from});
  CHECK(again.status() == 0);
  CHECK_THAT(again.err, Catch::Contains("nothing to backfill"));
  CHECK(story.rows() == story.between(100));
}

TEST_CASE("what a backfill exports stays, however short the job keeps its files") {
  Story story;
  story.job().flags = {"--keep", "80m"};
  story.begin();
  REQUIRE(story
              .backfill({"--start", std::to_string(story.ago(110)), "--end",
                         std::to_string(story.ago(90))})
              .status() == 0);
  const auto all = both(story.between(60), story.between(110, 90));
  CHECK(story.rows() == all);
  REQUIRE(story.run({}).status() == 0);
  CHECK(story.rows() == all);
}

TEST_CASE("what skip-to left out can be exported later") {
  Story story;
  REQUIRE(story.job().run(60 * 60'000).status() == 0);
  REQUIRE(fake::run(story.job().session().command({"jobs", "nightly", "skip-to", "30m", "--state",
                                                   story.job().dir().path("state")}))
              .status() == 0);
  REQUIRE(story.run({}).status() == 0);
  const size_t without = story.rows().size();
  CHECK(without >= 89);
  CHECK(without <= 91);
  REQUIRE(story.backfill({"--start", "2h"}).status() == 0);
  CHECK(story.rows() == lines_of(story.held()));
}

TEST_CASE("a backfill and a run of its job do not wait for each other, and share no row") {
  Story story;
  story.begin();
  story.vizier().answer_from_now_on(holding_back(story.held()));
  fake::Process cron(story.job().command());
  REQUIRE(story.vizier().wait_for_calls(2));
  story.answer();
  const fake::ProcessResult result = story.backfill({"--start", "3h"});
  INFO(result.err);
  CHECK(result.status() == 0);
  story.vizier().open("go");
  CHECK(cron.wait().status() == 0);
  CHECK(story.rows() == lines_of(story.held()));
}

TEST_CASE("a backfill that fails has exported nothing, and the next one all") {
  Story story;
  story.begin();
  const auto before = story.rows();
  story.vizier().answer_from_now_on(Script().send(events_table().metadata()).finish(0));
  CHECK(story.backfill({"--start", "3h"}).status() == 8);
  CHECK(story.rows() == before);
  story.answer();
  CHECK(story.backfill({"--start", "3h"}).status() == 0);
  CHECK(story.rows() == lines_of(story.held()));
}

TEST_CASE("what cannot be a backfill is refused") {
  Story story;
  story.job().session().check(story.backfill({"--start", "3h"}), {2, "", {"has not run yet"}});
  story.begin();
  const auto before = story.rows();
  story.job().session().check(story.backfill({}), {2, "", {"--backfill needs a start"}});
  story.job().session().check(story.run({"--start", "3h", "--end", "2h"}),
                              {2, "", {"--backfill takes an end"}});
  story.job().session().check(story.backfill({"--start", "3h", "--dry-run"}),
                              {2, "", {"--dry-run"}});
  story.job().script = "import px\npx.display(px.DataFrame('t', start_time='-5m'), 'events')";
  story.job().session().check(story.backfill({"--start", "3h"}),
                              {2, "", {"a start of its own", "px.plugin.start_time"}});
  CHECK(story.rows() == before);
}

}  // namespace
}  // namespace pxq::app
