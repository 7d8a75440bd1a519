// Each hint that an export gives, followed to the letter: the job goes on, and nothing that was
// exported is destroyed.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "export_session.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::Vizier;

/// A job that has exported three rows and then meets trouble.
class Trouble {
 public:
  Trouble() : vizier_(holding(three_events())), job_(vizier_.address()) {
    job_.flags = {"--job", "nightly"};
  }

  CronJob& job() { return job_; }
  Vizier& vizier() { return vizier_; }
  const fake::TempDir& dir() const { return job_.dir(); }

  /// The first run, after which the server has a row more.
  void begin() {
    REQUIRE(job_.run(0, overlap).status() == 0);
    before_ = all_lines();
    REQUIRE_FALSE(before_.empty());
    vizier_.answer_from_now_on(holding(three_and({now_ns(), 4})));
  }

  /// A run that fails with this code and tells what to do.
  void fails(int status, const std::string& hint) {
    const fake::ProcessResult result = job_.run(0, overlap);
    INFO(result.err);
    CHECK(result.status() == status);
    CHECK_THAT(result.err, Catch::Contains(hint));
    CHECK(result.err.find("--force") == std::string::npos);
    said_ = result.err;
    check_kept();
  }

  /// What the hint says has been done: all goes well, and rows are what they were, and more.
  void goes_on() {
    const fake::ProcessResult result = job_.run(0, overlap);
    INFO(said_ << result.err);
    CHECK(result.status() == 0);
    CHECK(all_lines().size() > before_.size());
    check_kept();
    // And it stays so.
    CHECK(job_.run(0, overlap).status() == 0);
    check_kept();
  }

  void check_kept() const {
    const std::multiset<std::string> now = all_lines();
    for (const std::string& line : before_) {
      INFO(said_ << line);
      CHECK(now.count(line) >= before_.count(line));
    }
  }

  const std::string& said() const { return said_; }
  std::string overlap = "60s";

  fake::ProcessResult jobs(std::vector<std::string> words) {
    words.insert(words.begin(), "jobs");
    words.insert(words.end(), {"--state", dir().path("state")});
    return fake::run(job_.session().command(std::move(words)));
  }

  std::string state_file() const {
    for (const std::string& name : dir().list()) {
      if (name.starts_with("state/") && name.ends_with(".json")) return name;
    }
    FAIL("no state");
    return {};
  }

  void shell(const std::string& line) const {
    const fake::ProcessResult result = fake::run({.arguments = {"-c", line}, .program = "/bin/sh"});
    INFO(line << ": " << result.err);
    REQUIRE(result.status() == 0);
  }

  void replace_flag(const std::string& from, const std::string& to) {
    std::replace(job_.flags.begin(), job_.flags.end(), from, to);
  }

 private:
  // Of all files, wherever they were moved, as long as they are in the directory; of databases too.
  std::multiset<std::string> all_lines() const {
    std::multiset<std::string> lines;
    for (const std::string& name : dir().list()) {
      if (name.find(".pxq-") != std::string::npos) continue;
      if (name.find(".csv") != std::string::npos) {
        std::ifstream file(dir().path(name));
        for (std::string line; std::getline(file, line);) lines.insert(line);
      } else if (name.ends_with(".sqlite")) {
        std::istringstream rows(
            fake::run({.arguments = {dir().path(name), "SELECT time_, id FROM events"},
                       .program = "/usr/bin/sqlite3"})
                .out);
        for (std::string line; std::getline(rows, line);) lines.insert(line);
      }
    }
    return lines;
  }

  Vizier vizier_;
  CronJob job_;
  std::multiset<std::string> before_;
  std::string said_;
};

Script with_column(const std::vector<Event>& events) {
  fake::Table table = fake::Table("events").time("time_").int64("id").string("path");
  std::vector<int64_t> times;
  std::vector<int64_t> ids;
  for (const Event& event : events) {
    times.push_back(event.time_ns);
    ids.push_back(event.id);
  }
  return Script()
      .send(table.metadata())
      .send(table.batch().time(times).int64(ids).string(
          std::vector<std::string>(events.size(), "/cart")))
      .send(table.end())
      .send(fake::stats());
}

// As the next run's file is named.
std::string start_of_next(Trouble& trouble) {
  std::string start = trouble.job().summary()["window"]["end"];
  std::erase_if(start, [](char byte) { return byte == '-' || byte == ':'; });
  return start;
}

// As of a script that computes its cells from the moment of the query.
void change_rows(Trouble& trouble) {
  const int64_t then = now_ns();
  trouble.vizier().answer_from_now_on(holding({{then, 1}, {then + 1, 2}}));
  trouble.begin();
  trouble.vizier().answer_from_now_on(holding({{then, 8}, {then + 1, 9}, {now_ns(), 10}}));
  trouble.fails(11, "--dedup off exports each row at least once, --overlap 0 at most once");
}

struct Hint {
  std::string name;
  std::function<void(Trouble&)> story;
};

void append(Trouble& trouble) {
  trouble.job().to = "{table}.csv";
  trouble.job().flags.push_back("--append");
}

const std::vector<Hint>& hints() {
  static const std::vector<Hint> all = {
      {"a torn state is begun anew",
       [](Trouble& t) {
         t.begin();
         t.dir().write(t.state_file(), "{");
         t.fails(2, "`pxq jobs` lists the states and says how one is begun anew");
         CHECK_THAT(t.jobs({}).out + t.jobs({"nightly", "-o", "vertical"}).out,
                    Catch::Contains("nightly"));
         REQUIRE(t.jobs({"nightly", "reset"}).status() == 0);
         t.goes_on();
       }},
      {"a path without {start} gets it",
       [](Trouble& t) {
         t.job().to = "{table}.csv";
         t.fails(2, "put {start} into it, or add to the files with --append");
         t.job().to = "{table}-{start}.csv";
         t.begin();
         t.goes_on();
       }},
      {"or is added to",
       [](Trouble& t) {
         t.job().to = "{date}-{table}.csv";
         t.fails(2, "put {start} into it, or add to the files with --append");
         append(t);
         t.begin();
         t.goes_on();
       }},
      {"a format that cannot be added to gives way to one that can",
       [](Trouble& t) {
         append(t);
         t.job().to = "{table}.json";
         t.fails(2, "csv, tsv and jsonl can; without --append put {start} into the path");
         t.job().to = "{table}.csv";
         t.begin();
         t.goes_on();
       }},
      {"a database is added to in any case",
       [](Trouble& t) {
         t.job().to = "all.sqlite";
         t.begin();
         t.job().flags.push_back("--force");
         const fake::ProcessResult result = t.job().run(0, t.overlap);
         CHECK(result.status() == 2);
         CHECK_THAT(result.err, Catch::Contains("leave --force out"));
         t.job().flags.pop_back();
         t.goes_on();
       }},
      {"a growing file with other columns is moved away",
       [](Trouble& t) {
         append(t);
         t.begin();
         t.vizier().answer_from_now_on(with_column(three_and({now_ns(), 4})));
         t.fails(9, "or move this one away");
         std::filesystem::rename(t.dir().path("events.csv"), t.dir().path("old-events.csv"));
         t.goes_on();
       }},
      {"a growing file that is spelled otherwise is moved away",
       [](Trouble& t) {
         append(t);
         t.begin();
         t.job().flags.insert(t.job().flags.end(), {"--bytes", "base64"});
         t.fails(9, "use the flags of the run before, or move the file away and run again");
         std::filesystem::rename(t.dir().path("events.csv"), t.dir().path("old-events.csv"));
         t.goes_on();
       }},
      {"or the flags stay",
       [](Trouble& t) {
         append(t);
         t.begin();
         t.job().flags.insert(t.job().flags.end(), {"--bytes", "base64"});
         t.fails(9, "use the flags of the run before, or move the file away and run again");
         t.job().flags.resize(t.job().flags.size() - 2);
         t.goes_on();
       }},
      {"a torn record of a growing file is cut off",
       [](Trouble& t) {
         append(t);
         t.begin();
         std::ofstream(t.dir().path("events.csv"), std::ios::app) << "17640000";
         t.fails(9, "cut it off with: truncate -s ");
         const size_t at = t.said().find("truncate -s ");
         t.shell(t.said().substr(at, t.said().find('\n', at) - at));
         t.goes_on();
       }},
      {"a file in the way is moved away",
       [](Trouble& t) {
         t.begin();
         const std::string in_the_way = "events-" + start_of_next(t) + ".csv";
         t.dir().write(in_the_way, "kept by hand\n");
         t.fails(9, "it may hold what an earlier run exported, so it stays: move it away");
         std::filesystem::rename(t.dir().path(in_the_way), t.dir().path("by-hand.csv"));
         t.goes_on();
         CHECK(t.dir().read("by-hand.csv") == "kept by hand\n");
       }},
      {"a script's head() is left out",
       [](Trouble& t) {
         const std::string whole = "import px\npx.display(px.DataFrame('t'), 'events')";
         t.job().script = whole;
         t.begin();
         t.job().script = "import px\npx.display(px.DataFrame('t').head(4), 'events')";
         t.fails(11, "leave head() out of a script that is exported");
         t.job().script = whole;
         t.goes_on();
       }},
      {"a limit on rows is raised",
       [](Trouble& t) {
         t.begin();
         t.job().flags.insert(t.job().flags.end(), {"--max-rows", "4"});
         t.fails(11, "--max-rows N or --max-rows all raises the cap");
         t.replace_flag("4", "all");
         t.goes_on();
       }},
      {"rows that change are exported twice",
       [](Trouble& t) {
         change_rows(t);
         t.job().flags.insert(t.job().flags.end(), {"--dedup", "off"});
         t.goes_on();
       }},
      {"or those of the overlap are not exported",
       [](Trouble& t) {
         change_rows(t);
         t.overlap = "0";
         t.vizier().answer_from_now_on(holding({{now_ns(), 44}}));
         t.goes_on();
       }},
      {"bins are aligned",
       [](Trouble& t) {
         const int64_t bin = 10 * kSecondNs;
         std::vector<Event> bins;
         for (int64_t i = 0; i < 30; ++i) bins.push_back({kThen / bin * bin + i * bin, 7});
         t.vizier().answer_from_now_on(holding(bins));
         t.fails(11, "--align 10s ends windows on multiples of it");
         t.job().flags.insert(t.job().flags.end(), {"--align", "10s"});
         const fake::ProcessResult result = t.job().run(0, t.overlap);
         INFO(result.err);
         CHECK(result.status() == 0);
       }},
      {"tables of one name get two",
       [](Trouble& t) {
         t.begin();
         const fake::Table one = events_table();
         fake::Table two = events_table("Events");
         two.id("two");
         t.vizier().answer_from_now_on(Script()
                                           .send(one.metadata())
                                           .send(two.metadata())
                                           .send(one.end())
                                           .send(two.end())
                                           .send(fake::stats()));
         t.fails(2, "give them other names in px.display()");
         t.vizier().answer_from_now_on(holding(three_and({now_ns(), 4})));
         t.goes_on();
       }},
      {"a table without a time is left out",
       [](Trouble& t) {
         t.begin();
         const fake::Table events = events_table();
         const fake::Table counts = numbers("counts");
         t.vizier().answer_from_now_on(
             Script()
                 .send(counts.metadata())
                 .send(events.metadata())
                 .send(counts.batch().int64({1}).eos())
                 .send(events_batch(events, three_and({now_ns(), 4})).eos())
                 .send(fake::stats()));
         t.fails(2, "choose tables with -t, or keep time_ in the script");
         t.job().flags.insert(t.job().flags.end(), {"-t", "events"});
         t.goes_on();
       }},
      {"a strict run that found a loss has exported what was left",
       [](Trouble& t) {
         t.begin();
         t.vizier().answer_from_now_on(holding({{now_ns(), 4}}));
         t.job().flags.push_back("--strict");
         t.fails(11, "run more often; this run's rows are exported and stay exported");
         t.vizier().answer_from_now_on(holding({{now_ns() - 1, 4}, {now_ns(), 5}}));
         CHECK(t.job().run(0, t.overlap).status() != 9);
         t.check_kept();
       }},
      {"a job that has reached a time does not skip back to it",
       [](Trouble& t) {
         t.begin();
         const fake::ProcessResult back = t.jobs({"nightly", "skip-to", "2h"});
         CHECK(back.status() == 2);
         CHECK_THAT(back.err, Catch::Contains("`reset` begins anew with all that is held"));
         t.check_kept();
         REQUIRE(t.jobs({"nightly", "reset"}).status() == 0);
         t.goes_on();
       }},
      {"a state of another cluster is not gone on from",
       [](Trouble& t) {
         t.begin();
         const Vizier other(holding(three_and({now_ns(), 4})));
         fake::Command command = t.job().command();
         std::replace(command.arguments.begin(), command.arguments.end(), t.vizier().address(),
                      other.address());
         const fake::ProcessResult refused = fake::run(command);
         CHECK(refused.status() == 2);
         CHECK_THAT(refused.err, Catch::Contains("`pxq jobs` lists the states"));
         t.check_kept();
         REQUIRE(t.jobs({"nightly", "reset"}).status() == 0);
         CHECK(fake::run(command).status() == 0);
         t.check_kept();
       }},
  };
  return all;
}

TEST_CASE("every hint of an export can be followed, and nothing exported is destroyed") {
  for (const Hint& hint : hints()) {
    DYNAMIC_SECTION(hint.name) {
      Trouble trouble;
      hint.story(trouble);
    }
  }
}

}  // namespace
}  // namespace pxq::app
