// How exports are watched and kept in order: metrics, files that are not kept for ever, other
// names.

#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "export_session.h"
#include "places.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::Vizier;

Script cut() { return Script().send(events_table().metadata()).finish(0); }

fake::ProcessResult jobs(const CronJob& job, std::vector<std::string> words) {
  words.insert(words.begin(), "jobs");
  words.insert(words.end(), {"--state", job.dir().path("state")});
  return fake::run(job.session().command(std::move(words)));
}

/// A metrics file by the rules of Prometheus' text format: samples by name, their labels once.
struct Metrics {
  std::map<std::string, double> values;
  std::string labels;

  explicit Metrics(const std::string& text) {
    // A value of a label has any character, but for a quote, a backslash or a newline alone.
    static const std::regex kSample(
        R"re((pxq_export_[a-z_]+)\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+)\} (-?[0-9.e+-]+))re");
    REQUIRE(text.ends_with("\n"));
    std::map<std::string, std::string> types;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      INFO(line);
      std::istringstream words(line);
      std::string sign;
      std::string what;
      std::string name;
      if (line.starts_with("#")) {
        words >> sign >> what >> name;
        CHECK((what == "HELP" || what == "TYPE"));
        if (what == "TYPE") {
          CHECK_FALSE(types.contains(name));
          words >> types[name];
        }
        continue;
      }
      std::smatch match;
      REQUIRE(std::regex_match(line, match, kSample));
      CHECK((types[match[1]] == "gauge" || types[match[1]] == "counter"));
      CHECK((types[match[1]] == "counter") == match[1].str().ends_with("_total"));
      labels = match[2];
      std::string key = match[1];
      if (labels.find("certain=\"true\"") != std::string::npos) key += " certain";
      if (const size_t at = labels.find("verdict=\""); at != std::string::npos) {
        key += " " + labels.substr(at + 9, labels.rfind('"') - at - 9);
      }
      CHECK(values.emplace(key, std::stod(match[3])).second);
    }
  }

  double operator[](const std::string& name) const {
    const auto found = values.find("pxq_export_" + name);
    INFO(name);
    REQUIRE(found != values.end());
    return found->second;
  }
  bool has(const std::string& name) const { return values.contains("pxq_export_" + name); }
};

double now_s() { return static_cast<double>(now_ns()) / 1e9; }

TEST_CASE("metrics tell how a job is, after good runs and bad ones") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.flags = {"--job", "night \"ly\" \\", "--metrics", job.dir().path("node/http.prom")};
  REQUIRE(job.run(1000).status() == 0);
  const Metrics good(job.dir().read("node/http.prom"));
  CHECK_THAT(good.labels, Catch::Contains(R"(job="night \"ly\" \\")") &&
                              Catch::Contains("cluster=\"localhost:"));
  CHECK(good["rows"] == 3);
  CHECK(good["rows_total"] == 3);
  CHECK(good["files_total"] == 1);
  CHECK(good["runs_total"] == 1);
  CHECK(good["exit_code"] == 0);
  CHECK(good["verdict complete"] == 1);
  CHECK(std::abs(good["last_success_timestamp_seconds"] - now_s()) < 10);
  CHECK(good["lag_seconds"] > 0.9);
  CHECK(good["lag_seconds"] < 10);
  CHECK(good["duration_seconds"] < 10);
  CHECK(good["received_bytes"] > 10);
  CHECK(good["gap_seconds certain"] == 0);
  struct stat info = {};
  REQUIRE(::stat(job.dir().path("node/http.prom").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0644);  // the node exporter is another user

  vizier.answer_from_now_on(cut());
  REQUIRE(job.run().status() == 8);
  const Metrics bad(job.dir().read("node/http.prom"));
  CHECK(bad["exit_code"] == 8);
  CHECK(bad["verdict incomplete"] == 1);
  CHECK_FALSE(bad.has("verdict complete"));
  CHECK(bad["last_success_timestamp_seconds"] == good["last_success_timestamp_seconds"]);
  CHECK(bad["exported_to_timestamp_seconds"] == good["exported_to_timestamp_seconds"]);
  CHECK(bad["rows"] == 0);
  CHECK(bad["rows_total"] == 3);

  vizier.answer_from_now_on(holding({{now_ns(), 9}}));  // the old ones are forgotten
  REQUIRE(job.run().status() == 0);
  const Metrics lost(job.dir().read("node/http.prom"));
  CHECK(lost["gap_seconds certain"] > 0);
  CHECK(lost["rows_total"] == 4);
  CHECK(lost["runs_total"] == 2);
  CHECK(lost["exported_to_timestamp_seconds"] > good["exported_to_timestamp_seconds"]);
}

TEST_CASE("metrics that cannot be written are refused before anything is asked") {
  const Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.dir().write("file", "");
  job.flags = {"--metrics", job.dir().path("file/x.prom")};
  job.session().check(job.run(), {9, "", {"file"}});
  job.flags = {"--metrics", job.dir().path("x.txt")};
  job.session().check(job.run(), {2, "", {".prom"}});
  job.flags = {"--metrics", job.dir().path("summary.json")};
  CHECK(job.run().status() == 2);
  CHECK(vizier.calls().empty());
  CHECK(job.rows().empty());
}

TEST_CASE("a run that finds its lock held leaves the metrics of the one that holds it") {
  Vizier vizier(holding_back(three_events()));
  CronJob job(vizier.address());
  job.flags = {"--metrics", job.dir().path("http.prom")};
  fake::Process first(job.command());
  REQUIRE(vizier.wait_for_calls(1));
  CHECK(job.run().status() == 10);
  CHECK_FALSE(job.dir().has("http.prom"));
  vizier.open("go");
  CHECK(first.wait().status() == 0);
  CHECK(Metrics(job.dir().read("http.prom"))["rows"] == 3);
}

TEST_CASE("files of a job are removed when all their rows are older than --keep, and no others") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.to = "{date}/{hour}/{table}-{start}.csv";
  job.flags = {"--keep", "50m", "--schema", job.dir().path("schema.json")};
  const auto files = [&] {
    std::vector<std::string> found;
    for (const std::string& name : job.dir().list()) {
      if (name.ends_with(".csv")) found.push_back(name);
    }
    return found;
  };
  // A window that ended 55 minutes ago: its file is of yesterday, so to say.
  const int64_t minute_ms = 60'000;
  const fake::ProcessResult first = job.run(55 * minute_ms);
  REQUIRE(first.status() == 0);
  CHECK_THAT(first.err, Catch::Contains("--keep 50m has removed what this run exported"));
  REQUIRE(job.run(54 * minute_ms).status() == 0);
  const std::vector<std::string> old = files();
  INFO(old.size());
  // Each run keeps what is younger than 50 minutes: the file of its own window, too, is older.
  CHECK(old.empty());
  CHECK(job.summary()["removed"].size() == 1);
  CHECK(job.dir().has("schema.json"));
  for (const std::string& name : job.dir().list())
    CHECK(name.find("20") != 0);  // no empty directory

  vizier.answer_from_now_on(holding(three_and({now_ns() - 30 * kMinuteNs, 4})));
  const fake::ProcessResult young = job.run(20 * minute_ms);
  REQUIRE(young.status() == 0);
  CHECK(young.err.find("--keep") == std::string::npos);
  REQUIRE(files().size() == 1);
  CHECK_FALSE(job.summary().contains("removed"));
  // With a shorter time it goes, unless somebody has changed it, or it is not the job's own.
  const std::string kept = files().front();
  const bool changed = GENERATE(false, true);
  if (changed) std::ofstream(job.dir().path(kept), std::ios::app) << "0,0\n";
  const std::string other = kept.substr(0, kept.rfind('/') + 1) + "by-hand.csv";
  job.dir().write(other, "1,2\n");
  job.flags[1] = "10m";
  REQUIRE(job.run().status() == 0);
  CHECK(job.dir().has(kept) == changed);
  CHECK(job.dir().has(other));
  CHECK(files().size() == (changed ? 3 : 2));
}

TEST_CASE("the flag --keep is refused where runs add to one file") {
  const Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.to = GENERATE("{table}.csv", "all.sqlite");
  job.flags = {"--keep", "30d"};
  if (job.to == "{table}.csv") job.flags.push_back("--append");
  job.session().check(job.run(), {2, "", {"--keep removes whole files"}});
  job.to = "{table}-{start}.csv";
  job.flags = {"--keep", "0"};
  job.session().check(job.run(), {2, "", {"--keep 30d"}});
  job.flags = {"--keep", "soon"};
  job.session().check(job.run(), {2, "", {"--keep"}});
  CHECK(vizier.calls().empty());
}

TEST_CASE("a list of files that is torn removes none") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.to = "{table}-{end}.csv";
  job.flags = {"--keep", "30d"};
  REQUIRE(job.run(1000).status() == 0);
  std::string list;
  for (const std::string& name : job.dir().list()) {
    if (name.ends_with(".files")) list = name;
  }
  REQUIRE_FALSE(list.empty());
  job.dir().write(list, "{");
  job.flags = {"--keep", "1ms"};
  job.session().check(job.run(), {9, "", {list, "move it away"}});
  CHECK(job.summary()["committed"] == true);
  CHECK(job.rows() == lines_of(three_events()));
  std::filesystem::remove(job.dir().path(list));
  REQUIRE(job.run().status() == 0);
  CHECK(job.rows() == lines_of(three_events()));
}

TEST_CASE("a job goes on under another name") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.to = GENERATE("{table}-{end}.csv", "all.sqlite");
  job.flags = {"--job", "old"};
  REQUIRE(job.run(1000).status() == 0);
  job.session().check(jobs(job, {"old", "rename"}), {2, "", {"rename needs a name"}});
  const fake::ProcessResult renamed = jobs(job, {"old", "rename", "new"});
  INFO(renamed.err);
  CHECK(renamed.status() == 0);
  CHECK_THAT(renamed.err, Catch::Contains("--job 'new'"));
  CHECK_THAT(jobs(job, {"new", "rename", "it's"}).err, Catch::Contains("--job 'it'\\''s'"));
  REQUIRE(jobs(job, {"it's", "rename", "new"}).status() == 0);
  vizier.answer_from_now_on(holding(three_and({now_ns(), 4})));
  job.flags = {"--job", "new"};
  REQUIRE(job.run().status() == 0);
  CHECK(job.summary()["tables"][0]["exported"]["rows"] == 1);
  const json list = json::parse(jobs(job, {"-o", "json-array"}).out);
  REQUIRE(list.size() == 1);
  CHECK(list[0]["job"] == "new");
  CHECK(list[0]["rows"] == 4);
  // A name that is taken stays whose it is.
  vizier.answer_from_now_on(holding(three_events()));
  job.flags = {"--job", "third"};
  REQUIRE(job.run().status() == 0);
  job.session().check(jobs(job, {"third", "rename", "new"}), {2, "", {"there is a job 'new'"}});
  CHECK(json::parse(jobs(job, {"-o", "json-array"}).out).size() == 2);
}

TEST_CASE("a job whose flags changed goes on when it is given the name that they make") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.to = "{table}-{end}.csv";
  job.flags = {"--keep", "30d"};
  REQUIRE(job.run(1000).status() == 0);
  const std::string old = json::parse(jobs(job, {"-o", "json-array"}).out)[0]["job"];
  job.flags.insert(job.flags.end(), {"-t", "events", "--dry-run"});
  const std::string plan = job.run().out;
  const size_t at = plan.find("job      ") + 9;
  REQUIRE(jobs(job, {old, "rename", plan.substr(at, plan.find('\n', at) - at)}).status() == 0);
  job.flags.pop_back();
  vizier.answer_from_now_on(holding(three_and({now_ns(), 4})));
  REQUIRE(job.run().status() == 0);
  CHECK(job.summary()["tables"][0]["exported"]["rows"] == 1);
  CHECK(json::parse(jobs(job, {"-o", "json-array"}).out).size() == 1);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// The blocks of a language in the page about watching.
std::vector<std::string> blocks(const std::string& language) {
  std::ifstream file(PXQ_SOURCE_DIR "/docs/watching.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::string> found;
  const std::string fence = "```" + language + "\n";
  for (size_t at = page.find(fence); at != std::string::npos; at = page.find(fence, at + 1)) {
    const size_t begin = at + fence.size();
    found.push_back(page.substr(begin, page.find("```", begin) - begin));
  }
  return found;
}

// What stands behind a word, to the end of its line.
std::string after(const std::string& text, const std::string& word) {
  const size_t at = text.find(word);
  REQUIRE(at != std::string::npos);
  return text.substr(at + word.size(), text.find('\n', at) - at - word.size());
}

void check_dry_run(std::vector<std::string> words) {
  const Session session;
  words.push_back("--dry-run");
  fake::Command command = session.command(words);
  command.environment["PX_API_KEY"] = "px-api-as-the-secret-has-it";
  const fake::ProcessResult result = fake::run(command);
  INFO(result.err);
  CHECK(result.status() == 0);
  CHECK_THAT(result.out,
             Catch::Contains("pxq/export/http_events") && Catch::Contains("job      http"));
}

TEST_CASE("the unit and its timer of the docs are ones, and their line is an export") {
  const std::vector<std::string> units = blocks("ini");
  REQUIRE(units.size() == 2);
  std::istringstream line(after(units[0], "ExecStart=/usr/bin/pxq "));
  const fake::TempDir dir;
  std::vector<std::string> words;
  for (std::string word; line >> word;) words.push_back(replaced(word, "/var/lib/pxq", dir.path()));
  check_dry_run(words);
  const std::string analyze = "/usr/bin/systemd-analyze";
  if (!std::filesystem::exists(analyze)) {
    WARN("not tested: no systemd-analyze here");
    return;
  }
  dir.write("pxq-http.service", replaced(units[0], "/usr/bin/pxq", PXQ_BINARY));
  dir.write("pxq-http.timer", units[1]);
  const fake::ProcessResult verified =
      fake::run({.arguments = {"verify", "--man=no", dir.path("pxq-http.service"),
                               dir.path("pxq-http.timer")},
                 .program = analyze});
  INFO(verified.err);
  CHECK(verified.status() == 0);
  CHECK(count(verified.err, "pxq-http") == 0);
}

TEST_CASE("the CronJob of the docs runs an export") {
  const std::vector<std::string> yaml = blocks("yaml");
  REQUIRE(yaml.size() == 2);
  const fake::TempDir dir;
  std::vector<std::string> words;
  for (const json& word : json::parse(after(yaml[1], "args: "))) {
    words.push_back(replaced(word, "/data", dir.path()));
  }
  check_dry_run(words);
}

TEST_CASE("the docs name the metrics that there are, and alert by no others") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.flags = {"--metrics", job.dir().path("http.prom")};
  REQUIRE(job.run(1000).status() == 0);
  const auto names_in = [](const std::string& text) {
    static const std::regex kName("pxq_export_[a-z_]+");
    std::set<std::string> names;
    for (std::sregex_iterator at(text.begin(), text.end(), kName), end; at != end; ++at) {
      names.insert(at->str());
    }
    return names;
  };
  const std::set<std::string> there = names_in(job.dir().read("http.prom"));
  std::ifstream file(PXQ_SOURCE_DIR "/docs/watching.md");
  CHECK(names_in({std::istreambuf_iterator<char>(file), {}}) == there);
  CHECK(names_in(blocks("yaml").at(0)).size() == 3);
}

TEST_CASE("pxq jobs tells what all runs did together") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.to = "{table}-{end}.csv";
  job.flags = {"--job", "nightly", "--schema", job.dir().path("schema.json")};
  REQUIRE(job.run(1000).status() == 0);
  vizier.answer_from_now_on(cut());
  REQUIRE(job.run().status() == 8);
  vizier.answer_from_now_on(holding(three_and({now_ns(), 4})));
  REQUIRE(job.run().status() == 0);
  std::map<std::string, std::string> told;
  std::istringstream lines(jobs(job, {"nightly", "-o", "jsonl"}).out);
  for (std::string line; std::getline(lines, line);) {
    const json row = json::parse(line);
    if (row.contains("what")) told[row["what"]] = row["value"];
  }
  CHECK(told["rows_so_far"] == "4");
  CHECK(told["files_so_far"] == "2");
  CHECK(told["runs_so_far"] == "2");
}

}  // namespace
}  // namespace pxq::app
