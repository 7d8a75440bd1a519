// What an export refuses: states that it cannot trust, and words that cannot be one.

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "export_session.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::Vizier;

TEST_CASE("the flag by which `pxq run` names a file is told to be --to here") {
  const Session session;
  const std::string flag = GENERATE(as<std::string>(), "-o", "-oout.csv", "--output=out.csv");
  session.check(fake::run(session.command({"export", "-e", "import px", flag})),
                {2, "", {"unknown flag '", "--to"}});
}

TEST_CASE("K08 a state that cannot be trusted is refused") {
  Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.flags = {"--job", "nightly"};
  REQUIRE(job.run().status() == 0);
  const auto rows = job.rows();
  std::string state;
  for (const std::string& name : job.dir().list()) {
    if (name.ends_with(".json") && name.starts_with("state/")) state = name;
  }
  REQUIRE_FALSE(state.empty());
  const std::string good = job.dir().read(state);
  SECTION("torn") {
    job.dir().write(state, good.substr(0, good.size() / 2));
    job.session().check(job.run(), {2, "", {"torn"}});
  }
  SECTION("changed by hand") {
    std::string changed = good;
    changed.replace(changed.find("watermark_ns\":1"), 15, "watermark_ns\":2");
    job.dir().write(state, changed);
    job.session().check(job.run(), {2, "", {"checksum"}});
  }
  SECTION("of another cluster") {
    const Vizier other(holding(three_events()));
    fake::Command command = job.command();
    *std::find(command.arguments.begin(), command.arguments.end(), vizier.address()) =
        other.address();
    job.session().check(fake::run(command), {2, "", {"belongs to the cluster"}});
  }
  CHECK(job.rows() == rows);
}

TEST_CASE("what cannot be an export is refused before anything is asked") {
  const Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  struct Refused {
    std::string to;
    std::vector<std::string> flags;
    std::string why;
  };
  const Refused refused = GENERATE(values<Refused>({
      {"{table}.csv", {}, "{start}"},
      {"{tabel}-{start}.csv", {}, "no placeholder {tabel}"},
      {"{table}-{start}.xlsx", {}, ".sqlite"},
      {"{date}.sqlite", {}, "same database"},
      {"{table}.json", {"--append"}, "cannot be added to"},
      {"{table}-{start}.csv", {"--end", "5m"}, "--end"},
      {"{table}-{start}.csv", {"--lag", "soon"}, "--lag"},
      {"{table}-{start}.csv", {"--start", "5m", "--since", "5m"}, "twice"},
  }));
  job.to = refused.to;
  job.flags = refused.flags;
  job.session().check(job.run(), {2, "", {refused.why}});
  CHECK(vizier.calls().empty());
}

TEST_CASE("a stream has no end, and an export of one is refused before anything is asked") {
  const std::string script = GENERATE(
      as<std::string>(), "import px\npx.display(px.DataFrame('http_events').stream(), 'all')\n",
      // A table that only that cluster has, and a rename on the way.
      "import px\ndf = px.DataFrame('of_a_probe')\ndf = df.stream()\npx.display(df, 'all')\n");
  const Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.script = script;
  const std::string why = "the rows of 'all' are a stream, which never ends";
  job.session().check(job.run(), {2, "", {why, "pxq run --for"}});
  job.flags = {"--dry-run"};
  job.session().check(job.run(), {2, "", {why}});
  CHECK(vizier.calls().empty());
  const auto checked = fake::run(job.session().command({"export", "-e", script, "--check"}));
  CHECK(checked.status() == 11);
  CHECK_THAT(checked.out, Catch::Contains("unfit    <inline>: " + why));
}

TEST_CASE("what only looks like a stream is exported") {
  const std::string script = GENERATE(
      as<std::string>(), "import px\n# stream()\npx.display(px.DataFrame('http_events'))\n",
      "import px\ndf = px.DataFrame('http_events')\ndf.stream = df.req_path\npx.display(df)\n",
      "import px\ndef never_called():\n  return px.DataFrame('http_events').stream()\n"
      "px.display(px.DataFrame('http_events'))\n");
  const Vizier vizier(holding(three_events()));
  CronJob job(vizier.address());
  job.script = script;
  job.session().check(job.run(), {});
  CHECK(job.rows().size() == 3);
  // Nor is it warned of.
  job.flags = {"--job", "again"};
  fake::Command loud = job.command();
  std::erase(loud.arguments, "-q");
  const auto result = fake::run(loud);
  CHECK(result.status() == 0);
  CHECK_THAT(result.err, !Catch::Contains("never ends"));
}

TEST_CASE("tables without a time cannot be exported, but others of the script can") {
  const fake::Table counts = numbers("counts");
  const fake::Table events = events_table();
  const Vizier vizier(Script()
                          .send(counts.metadata())
                          .send(events.metadata())
                          .send(counts.batch().int64({1}).eos())
                          .send(events_batch(events, three_events()).eos())
                          .send(fake::stats()));
  CronJob job(vizier.address());
  job.session().check(job.run(), {2, "", {"counts", "time_"}});
  CHECK(job.rows().empty());
  job.flags = {"-t", "events", "--columns", "id"};
  REQUIRE(job.run().status() == 0);
  CHECK(job.rows() == std::multiset<std::string>{"1", "2", "3"});
}

TEST_CASE("the local Vizier has no past to export") {
  const fake::TempDir dir;
  const Session session;
  session.check(
      fake::run(session.command({"export", "--local", "-e", "import px", "--to",
                                 dir.path("{table}-{start}.csv"), "--state", dir.path("state")})),
      {2, "", {"no past", "--append"}});
  CHECK(dir.list().empty());
}

}  // namespace
}  // namespace pxq::app
