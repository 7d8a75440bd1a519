// Snapshots that grow: a segment a run, each row once whatever happens to a run, old ones dropped
// whole, and scripts that run as of any moment of the kept time.

#include <catch2/catch.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/demo_session.h"
#include "disturbance.h"
#include "served_vizier.h"

namespace pxq::app {
namespace {

/// The demo at a moment of its own, behind a socket.
class ClusterAt {
 public:
  ClusterAt(const Session& session, const std::string& socket, const std::string& moment)
      : server_(session.command(
            {"serve", "--local=demo,hours=1", "--at", moment, "--listen", "unix:" + socket})) {
    REQUIRE(server_.wait_for_out("\n"));
  }

 private:
  fake::Process server_;
};

/// From when on rows are kept.
const std::string kStart = "2026-03-04T05:03:00Z";
const std::string kStartNs = "1772600580000000000";

/// Three moments of a day. A cluster whose clock jumped by less than a minute would be asked by the
/// former difference once more.
const std::vector<std::string> kMoments = {"2026-03-04T05:05:00Z", "2026-03-04T05:07:00Z",
                                           "2026-03-04T05:09:00Z"};
// The end of a window is not in it, and may be off by the time that an answer takes.
const std::string kLastWhole = "2026-03-04T05:08:58Z";

/// All rows of a data set from the start on, as of a moment, as JSON lines.
std::string rows_of(const Session& session, const std::string& local, const std::string& at) {
  const auto result = fake::run(
      session.command({"run", "--local=" + local, "--at", at, "-e",
                       "import px\npx.display(px.DataFrame('dns_events', start_time=" + kStartNs +
                           "), 'dns_events')\n",
                       "--max-rows", "all", "-o", "jsonl"}));
  INFO(result.err);
  CHECK(result.status() == 0);
  return result.out;
}

class Stage {
 public:
  Stage() : socket_(sockets_.path("v")) {}

  fake::Command command(const fake::TempDir& dir) const {
    fake::Command command = session_.command(
        {"export", "--snapshot", "kept", "--addr", "unix:" + socket_, "-t", "dns_events", "--start",
         kStart, "--lag", "0", "--overlap", "10s", "--state", "state", "--job", "kept", "-q"});
    command.directory = dir.path();
    return command;
  }

  /// The cluster's next moment.
  void be_at(const std::string& moment) {
    server_.reset();
    server_ = std::make_unique<ClusterAt>(session_, socket_, moment);
  }

  void check_rows(const fake::TempDir& dir, const std::string& moment) const {
    const std::string kept = rows_of(session_, dir.path("kept"), moment);
    const std::string there = rows_of(session_, "demo", moment);
    CHECK(count(there, "\n") > 10);
    CHECK((kept == there));
  }

  const Session& session() const { return session_; }

 private:
  Session session_;
  fake::TempDir sockets_;
  std::string socket_;
  std::unique_ptr<ClusterAt> server_;
};

TEST_CASE("a growing snapshot has each row once at the seams of its runs") {
  Stage stage;
  const fake::TempDir dir;
  for (const std::string& moment : kMoments) {
    stage.be_at(moment);
    const auto result = fake::run(stage.command(dir));
    INFO(result.err);
    CHECK(result.status() == 0);
  }
  stage.check_rows(dir, kLastWhole);
  stage.check_rows(dir, "2026-03-04T05:04:10Z");
  const auto tables =
      fake::run(stage.session().command({"tables", "--local=" + dir.path("kept"), "-o", "csv"}));
  CHECK_THAT(tables.out, Catch::Contains(",2026-03-04T05:03:0") &&
                             Catch::Contains(",2026-03-04T05:08:5") && Catch::Contains(",whole"));
  const auto later = fake::run(
      stage.session().command({"run", "--local=" + dir.path("kept"), "--at", "2026-03-04T05:19:00Z",
                               "-e", "import px\npx.display(px.DataFrame('dns_events'))"}));
  CHECK(later.status() == 2);
  CHECK_THAT(later.err, Catch::Contains("has rows from 2026-03-04T05:03:00"));
}

TEST_CASE("the state of a growing snapshot is what its segments up to the moment know") {
  Stage stage;
  const fake::TempDir dir;
  for (const std::string& moment : {kMoments[0], kMoments[2]}) {
    stage.be_at(moment);
    REQUIRE(fake::run(stage.command(dir)).status() == 0);
  }
  const std::string script =
      "import px\ndf = px.DataFrame('dns_events', start_time=" + kStartNs +
      ")\n"
      "df.pod = df.ctx['pod']\ndf.svc = df.ctx['service']\ndf.node = df.ctx['node']\n"
      "df.cmd = df.ctx['cmdline']\n"
      "df = df.groupby(['pod', 'svc', 'node', 'cmd']).agg(n=('time_', px.count))\n"
      "px.display(df, 'pods')\n";
  for (const std::string& at : {std::string("2026-03-04T05:04:30Z"), kLastWhole}) {
    const auto ask = [&](const std::string& local) {
      return fake::run(
          stage.session().command({"run", "--local=" + local, "--at", at, "-e", script}));
    };
    const auto kept = ask(dir.path("kept"));
    CHECK(kept.err.empty());
    CHECK(count(kept.out, "shop/") > 0);
    CHECK(kept.out == ask("demo").out);
  }
}

TEST_CASE("a segment that was taken away is a gap that pxq tables names") {
  Stage stage;
  const fake::TempDir dir;
  for (const std::string& moment : kMoments) {
    stage.be_at(moment);
    REQUIRE(fake::run(stage.command(dir)).status() == 0);
  }
  std::vector<std::string> segments;
  for (const std::string& name : dir.list()) {
    if (name.ends_with(".pxsnap")) segments.push_back(name);
  }
  REQUIRE(segments.size() == 3);
  std::filesystem::remove(dir.path(segments[1]));
  const auto tables =
      fake::run(stage.session().command({"tables", "--local=" + dir.path("kept"), "-o", "csv"}));
  CHECK_THAT(tables.out, Catch::Contains("no snapshot from 2026-03-04T05:04:5") &&
                             Catch::Contains(" to 2026-03-04T05:06:5"));
}

TEST_CASE("two segments of the same time are warned of, as their rows count twice") {
  Stage stage;
  const fake::TempDir dir;
  for (const std::string& moment : kMoments) {
    stage.be_at(moment);
    REQUIRE(fake::run(stage.command(dir)).status() == 0);
  }
  const auto tables = [&] {
    return fake::run(stage.session().command({"tables", "--local=" + dir.path("kept")}));
  };
  CHECK(tables().err.empty());
  std::string segment;
  for (const std::string& name : dir.list()) {
    if (name.ends_with(".pxsnap")) segment = name;
  }
  dir.write("kept/copy.pxsnap", dir.read(segment));
  const auto warned = tables();
  CHECK(warned.status() == 0);
  CHECK_THAT(warned.err, Catch::Contains("copy.pxsnap") && Catch::Contains("count twice"));
}

void check_disturbed(Sweep sweep) {
  if (!can_trace()) return;
  Stage stage;
  // The first run is each time a new one: to a state that is minutes old, the cluster's clock,
  // which stands still here, would have jumped by less than a minute between two moments.
  const auto set_in = [&](const fake::TempDir& dir) {
    stage.be_at(kMoments[0]);
    REQUIRE(fake::run(stage.command(dir)).status() == 0);
    stage.be_at(kMoments[1]);
    return stage.command(dir);
  };
  const fake::TempDir undisturbed;
  const auto places = places_of(set_in(undisturbed));
  stage.check_rows(undisturbed, "2026-03-04T05:06:58Z");
  const std::vector<Fault> faults = faults_at(places, sweep);
  // Each costs five runs, and a share of the share meets every kind of call.
  const size_t step = sweep == Sweep::kAll ? 1 : 3;
  for (size_t i = 0; i < faults.size(); i += step) {
    const Fault& fault = faults[i];
    INFO(fault.injection());
    const fake::TempDir dir;
    const auto result = run_disturbed(set_in(dir), fault);
    INFO(result.err);
    // Whatever stands there is whole.
    const auto tables =
        fake::run(stage.session().command({"tables", "--local=" + dir.path("kept")}));
    CHECK(tables.status() == 0);
    stage.be_at(kMoments[2]);
    const auto next = fake::run(stage.command(dir));
    INFO(next.err);
    CHECK(next.status() == 0);
    stage.check_rows(dir, kLastWhole);
  }
}

TEST_CASE("a growing snapshot that is disturbed at some calls has each row once all the same") {
  check_disturbed(Sweep::kShare);
}

TEST_CASE("a growing snapshot that is disturbed at any call has each row once", "[.sweep]") {
  check_disturbed(Sweep::kAll);
}

TEST_CASE("The flag --keep drops whole segments that are older, and nothing else") {
  const Session session;
  const fake::TempDir dir;
  dir.write("mine.txt", "mine");
  const auto take = [&](const std::string& lag) {
    fake::Command command =
        session.command({"export", "--snapshot", dir.path(), "--local=demo,hours=1", "-t",
                         "dns_events", "--since", "3m", "--lag", lag, "--overlap", "0", "--state",
                         dir.path("state"), "--keep", "90s", "-q"});
    const auto result = fake::run(command);
    INFO(result.err);
    CHECK(result.status() == 0);
    size_t segments = 0;
    for (const std::string& name : dir.list()) segments += name.ends_with(".pxsnap") ? 1U : 0U;
    return segments;
  };
  CHECK(take("100s") == 0);  // older than what is kept as soon as it is there
  CHECK(take("60s") == 1);
  CHECK(take("30s") == 2);
  CHECK(dir.read("mine.txt") == "mine");
}

TEST_CASE("rows that a cluster evicted between two runs are named as missing, others are there") {
  Stage stage;
  const fake::TempDir dir;
  stage.be_at(kMoments.back());
  REQUIRE(fake::run(stage.command(dir)).status() == 0);
  // The demo here forgets after an hour.
  stage.be_at("2026-03-04T06:39:00Z");
  const auto second = fake::run(stage.command(dir));
  INFO(second.err);
  CHECK(second.status() == 0);
  const auto tables =
      fake::run(stage.session().command({"tables", "--local=" + dir.path("kept"), "-o", "csv"}));
  CHECK_THAT(tables.out, Catch::Contains("no rows from 2026-03-04T05:0") &&
                             Catch::Contains(" to 2026-03-04T05:39:0"));
  const std::string moment = "2026-03-04T06:38:50Z";
  const std::string kept = rows_of(stage.session(), dir.path("kept"), moment);
  CHECK_THAT(kept, Catch::Contains("2026-03-04T05:08:5") && Catch::Contains("2026-03-04T06:38:4") &&
                       !Catch::Contains("2026-03-04T05:20:"));
}

TEST_CASE("growing snapshots of several clusters have a directory each, named by {cluster}") {
  ServedVizier served({"--tls-self-signed", "ca.pem"}, true);
  const auto ask = [&](std::vector<std::string> words) {
    for (const char* word : {"--cloud", "", "--tls-ca", "ca.pem"}) words.emplace_back(word);
    words[words.size() - 3] = served.address();
    return served.ask(std::move(words), kServeKey);
  };
  const std::vector<std::string> job = {"export", "--all-clusters", "-t", "dns_events", "--start",
                                        "-5m",    "--lag",          "0",  "--state",    "state",
                                        "-q",     "--snapshot"};
  const auto kept_in = [&](const std::string& directory) {
    std::vector<std::string> words = job;
    words.push_back(directory);
    return ask(std::move(words));
  };
  const auto refused = kept_in("kept");
  CHECK(refused.status() == 2);
  CHECK_THAT(refused.err, Catch::Contains("--snapshot 'kept' would be the same") &&
                              Catch::Contains("'past/{cluster}'"));
  CHECK_FALSE(served.session().home().has("kept"));
  const auto kept = kept_in("past/{cluster}");
  INFO(kept.err);
  REQUIRE(kept.status() == 0);
  const std::string table = ask({"clusters", "-o", "jsonl"}).out;
  const std::string name = nlohmann::json::parse(table.substr(0, table.find('\n')))["name"];
  const auto tables =
      fake::run(served.session().command({"tables", "--local=past/" + name, "-o", "csv"}));
  INFO(tables.err);
  CHECK(tables.status() == 0);
  CHECK_THAT(tables.out, Catch::Contains("dns_events") && Catch::Contains(",whole"));
}

TEST_CASE("what a growing snapshot cannot have beside it is refused before anything is asked") {
  const Session session;
  const auto [words, message] = GENERATE(table<std::vector<std::string>, std::string>(
      {{{"--to", "x.csv"}, "--to means nothing beside --snapshot"},
       {{"px/http_data"}, "--snapshot keeps tables, and no script's rows"},
       {{"--columns", "a"}, "--columns means nothing beside --snapshot"}}));
  std::vector<std::string> line = {"export", "--snapshot", "kept", "--local=demo", "--state", "s"};
  line.insert(line.end(), words.begin(), words.end());
  const auto result = run(session, line);
  CHECK(result.status() == 2);
  CHECK_THAT(result.err, Catch::Contains(message));
  const auto alone = run(
      session, {"export", "-e", "import px", "--redact", "--local=demo", "--to", "{start}.csv"});
  CHECK(alone.status() == 2);
}

}  // namespace
}  // namespace pxq::app
