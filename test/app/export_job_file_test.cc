// `pxq export --job-file`: the jobs of a file, each as a run of its own.

#include <signal.h>

#include <algorithm>
#include <fstream>
#include <iterator>
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

/// A directory with a jobs file, and the scripts that it names.
class JobFile {
 public:
  explicit JobFile(const std::string& address) : address_(address) {
    dir_.write("a.pxl", "import px  # a\n");
    dir_.write("b.pxl", "import px  # b\n");
  }

  void write(const std::string& jobs) const {
    dir_.write("jobs.toml", "[defaults]\naddr = \"" + address_ +
                                "\"\ninsecure = true\nlag = \"0\"\nstate = \"state\"\n"
                                "to = \"{job}/{table}-{end}.csv\"\ntime-format = \"unix_ns\"\n" +
                                jobs);
  }

  fake::Command command(std::vector<std::string> flags = {}) const {
    flags.insert(flags.begin(), {"export", "--job-file", "jobs.toml"});
    fake::Command command = session_.command(std::move(flags));
    command.directory = dir_.path();
    return command;
  }
  fake::ProcessResult run(std::vector<std::string> flags = {}) const {
    return fake::run(command(std::move(flags)));
  }

  const fake::TempDir& dir() const { return dir_; }
  const Session& session() const { return session_; }

  std::vector<std::string> files_of(const std::string& job) const {
    std::vector<std::string> found;
    for (const std::string& name : dir_.list()) {
      if (name.starts_with(job + "/")) found.push_back(name);
    }
    return found;
  }

 private:
  std::string address_;
  fake::TempDir dir_;
  Session session_;
};

const std::string kBoth = "[jobs.a]\nscript = \"a.pxl\"\n[jobs.b]\nscript = \"b.pxl\"\n";

TEST_CASE("all jobs of a file are run, each with a state of its own, or those that are named") {
  const Vizier vizier(holding(three_events()));
  const JobFile file(vizier.address());
  file.write(kBoth + "summary = \"{job}.json\"\n");
  file.session().check(file.run({"-q"}), {});
  CHECK(file.files_of("a").size() == 1);
  CHECK(file.files_of("b").size() == 1);
  CHECK(json::parse(file.dir().read("b.json"))["tables"][0]["exported"]["rows"] == 3);
  CHECK_FALSE(file.dir().has("a.json"));
  CHECK(vizier.calls().size() == 2);
  CHECK(vizier.calls()[0].script_request().query_str() !=
        vizier.calls()[1].script_request().query_str());

  file.session().check(file.run({"-q", "--only", "b"}), {});
  CHECK(json::parse(file.dir().read("b.json"))["tables"][0]["exported"]["rows"] == 0);
  CHECK(file.files_of("a").size() == 1);
  CHECK(file.files_of("b").size() == 2);
  const fake::ProcessResult list = fake::run(
      file.session().command({"jobs", "--state", file.dir().path("state"), "-o", "jsonl"}));
  CHECK(count(list.out, "\"job\":\"a\"") == 1);
  CHECK(count(list.out, "\"job\":\"b\"") == 1);
}

TEST_CASE("what jobs say bears their names, and the exit code is the greatest") {
  Vizier vizier;
  vizier.answer_from_now_on(Script().send(events_table().metadata()).finish(0));
  const JobFile file(vizier.address());
  file.write(kBoth + "[jobs.c]\nscript = \"no-such.pxl\"\n");
  const fake::ProcessResult result = file.run();
  INFO(result.err);
  CHECK(result.status() == 8);
  CHECK_THAT(result.err, Catch::Contains("3 of 3 jobs failed: a (exit 8), b (exit 8), c (exit 2)"));
  CHECK(count("\n" + result.err, "\na: pxq: error: ") == 1);
  CHECK(count("\n" + result.err, "\nb: pxq: error: ") == 1);
  CHECK(count("\n" + result.err, "\nc: pxq: error: ") == 1);
  CHECK(count("\n" + result.err, "\npxq: error: ") == 1);

  const fake::ProcessResult in_json = file.run({"--errors", "json", "-q"});
  CHECK(in_json.status() == 8);
  std::istringstream lines(in_json.err);
  std::multiset<std::string> named;
  for (std::string line; std::getline(lines, line);) {
    const json document = json::parse(line);
    if (document["kind"] == "error") named.insert(document.value("job", "all"));
  }
  CHECK(named == std::multiset<std::string>{"a", "all", "b", "c"});
}

TEST_CASE("one job that fails does not keep the others from their rows") {
  const Vizier vizier(holding(three_events()));
  const JobFile file(vizier.address());
  file.write(kBoth + "columns = \"nothing\"\n");
  const fake::ProcessResult result = file.run({"--parallel", "1"});
  INFO(result.err);
  CHECK(result.status() == 2);
  CHECK(file.files_of("a").size() == 1);
  CHECK(file.files_of("b").empty());
}

TEST_CASE("no more jobs than --parallel run at the same time") {
  Vizier vizier(holding_back(three_events()));
  const JobFile file(vizier.address());
  file.write(kBoth + "[jobs.c]\nscript = \"a.pxl\"\n[jobs.d]\nscript = \"a.pxl\"\n");
  fake::Process run(file.command({"--parallel", "2", "-q"}));
  REQUIRE(vizier.wait_for_calls(2));
  // A third one would need no longer than the second did; nothing lets the first two end.
  CHECK_FALSE(vizier.wait_for_calls(3, std::chrono::milliseconds(500)));
  vizier.open("go");
  CHECK(run.wait().status() == 0);
  CHECK(vizier.calls().size() == 4);
  CHECK(file.files_of("d").size() == 1);
}

TEST_CASE("a signal ends all jobs and starts no other") {
  Vizier vizier(Script().send(events_table().metadata()).silence());
  const JobFile file(vizier.address());
  file.write(kBoth + "[jobs.c]\nscript = \"a.pxl\"\nsummary = \"c.json\"\n");
  fake::Process run(file.command({"--parallel", "2"}));
  REQUIRE(vizier.wait_for_calls(2));
  run.signal(SIGTERM);
  const fake::ProcessResult result = run.wait();
  CHECK(result.signal == SIGTERM);
  CHECK(vizier.wait_until([](const std::vector<fake::Call>& calls) {
    return std::all_of(calls.begin(), calls.end(), [](const auto& call) { return call.cancelled; });
  }));
  CHECK(vizier.calls().size() == 2);
  CHECK_FALSE(file.dir().has("c.json"));
  CHECK(file.files_of("a").empty());
}

TEST_CASE("jobs end with the process that started them, also when it is killed") {
  Vizier vizier(Script().send(events_table().metadata()).silence());
  const JobFile file(vizier.address());
  file.write(kBoth);
  fake::Process run(file.command());
  REQUIRE(vizier.wait_for_calls(2));
  run.signal(SIGKILL);
  run.wait();
  CHECK(vizier.wait_until([](const std::vector<fake::Call>& calls) {
    return std::all_of(calls.begin(), calls.end(), [](const auto& call) { return call.cancelled; });
  }));
}

TEST_CASE("flags beside --job-file stand over those of the file") {
  const Vizier vizier(holding(three_events()));
  const JobFile file(vizier.address());
  file.write(kBoth + "strict = true\ntable = [\"events\"]\n");
  const fake::ProcessResult plan = file.run({"--dry-run", "--to", "other/{job}-{start}.csv"});
  INFO(plan.err);
  CHECK(plan.status() == 0);
  CHECK_THAT(plan.out, Catch::Contains(file.dir().path("other/a-{start}.csv")) &&
                           Catch::Contains(file.dir().path("other/b-{start}.csv")) &&
                           Catch::Contains("job      b\n"));
  CHECK(vizier.calls().empty());
}

TEST_CASE("a flag that may stand without a value keeps the one it had, in the file and later") {
  const fake::TempDir dir;
  const Session session;
  const auto pxq = [&](std::vector<std::string> words) {
    fake::Command command = session.command(std::move(words));
    command.directory = dir.path();
    return fake::run(command);
  };
  const bool in_file = GENERATE(true, false);
  std::vector<std::string> words = {"export", "--job-file", "jobs.toml"};
  // This machine, which is meant without a value, has no past that could be exported.
  if (!in_file) words.push_back("--local=demo");
  dir.write("jobs.toml", std::string("[jobs.a]\nscript = \"pxq/export/http_events\"\nlag = \"0\"\n"
                                     "to = \"{table}-{start}.csv\"\nstate = \"state\"\n"
                                     "since = \"2s\"\n") +
                             (in_file ? "local = \"demo\"\n" : ""));
  const fake::ProcessResult exported = pxq(words);
  INFO(exported.err);
  CHECK(exported.status() == 0);
  const fake::ProcessResult filled =
      pxq({"jobs", "a", "backfill", "--start", "1m", "--end", "50s", "--state", "state"});
  INFO(filled.err);
  CHECK(filled.status() == 0);
  const fake::ProcessResult list = pxq({"jobs", "--state", "state", "-o", "jsonl"});
  CHECK(count(list.out, "\"cluster\":\"local=demo\"") == 2);
  CHECK(count(list.out, "\"verdict\":\"complete\"") == 2);
}

TEST_CASE("the jobs file of the docs is one") {
  std::ifstream page(PXQ_SOURCE_DIR "/docs/export.md");
  const std::string text{std::istreambuf_iterator<char>(page), {}};
  const size_t begin = text.find("```toml\n") + 8;
  REQUIRE(begin != std::string::npos + 8);
  const fake::TempDir dir;
  dir.write("jobs.toml", text.substr(begin, text.find("```", begin) - begin));
  dir.write("slow.pxl", "import px\n");
  const Session session;
  fake::Command command = session.command({"export", "--job-file", "jobs.toml", "--dry-run"});
  command.directory = dir.path();
  command.environment["PX_API_KEY"] = "px-api-of-nobody";
  const fake::ProcessResult result = fake::run(command);
  INFO(result.err);
  CHECK(result.status() == 0);
  CHECK_THAT(result.out, Catch::Contains("/data/http/{date}/{table}-{start}.csv.zst") &&
                             Catch::Contains("job      slow\n"));
}

TEST_CASE("a jobs file with a mistake is refused before any job runs") {
  struct Wrong {
    std::string text;
    std::vector<std::string> flags;
    std::vector<std::string> why;
  };
  const Wrong wrong = GENERATE(values<Wrong>({
      {"[jobs.a]\nscript = \n", {}, {"jobs.toml:9:"}},
      {"[jobs.a]\nscript = \"a.pxl\"\nlagg = \"5s\"\n", {}, {"jobs.toml:10:1", "no 'lagg'"}},
      {"[jobs.a]\nscript = \"a.pxl\"\nstrict = \"yes\"\n", {}, {"jobs.toml:10:", "true or false"}},
      {"[jobs.a]\nscript = \"a.pxl\"\nlag = { a = 1 }\n", {}, {"jobs.toml:10:", "'lag'"}},
      {"[jobs.a]\nscript = \"a.pxl\"\njob = \"b\"\n", {}, {"jobs.toml:10:", "no 'job'"}},
      {"[jobs.a]\nlag = \"5s\"\n", {}, {"jobs.toml:8:", "has no script"}},
      {"[jobs.a]\nscript = \"-\"\n", {}, {"has no script"}},
      {"[job.a]\nscript = \"a.pxl\"\n", {}, {"[jobs.NAME]"}},
      {"jobs = 1\n", {}, {"a job has no 'jobs'"}},
      {"", {}, {"has no jobs"}},
      {"[jobs.abc]\nscript = \"a.pxl\"\n", {"--only", "abd"}, {"no job 'abd'", "abc"}},
      {"[jobs.a]\nscript = \"a.pxl\"\n", {"--job", "x"}, {"--job stands beside"}},
      {"[jobs.a]\nscript = \"a.pxl\"\n", {"a.pxl"}, {"a script stands beside"}},
      {"[jobs.a]\nscript = \"a.pxl\"\n", {"--", "--n", "1"}, {"arg = "}},
  }));
  const Vizier vizier(holding(three_events()));
  const JobFile file(vizier.address());
  file.write(wrong.text);
  INFO(wrong.text);
  const fake::ProcessResult result = file.run(wrong.flags);
  INFO(result.err);
  CHECK(result.status() == 2);
  for (const std::string& why : wrong.why) CHECK_THAT(result.err, Catch::Contains(why));
  CHECK(vizier.calls().empty());
  CHECK(file.files_of("a").empty());
  const fake::ProcessResult none = fake::run(file.session().command({"export", "--only", "a"}));
  CHECK_THAT(none.err, Catch::Contains("--job-file"));
}

}  // namespace
}  // namespace pxq::app
