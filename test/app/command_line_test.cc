// What people write who know kubectl, psql or px: where flags stand, how values are spelled, and
// what an error about them names.

#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "places.h"
#include "session.h"

namespace pxq::app {
namespace {

TEST_CASE("Flags before the command are taken") {
  const fake::Vizier vizier(whole());
  const Session session;
  session.check(fake::run(session.command(
                    {"--addr", vizier.address(), "--insecure", "-q", "run", "-e", "import px"})),
                {.out = kWholeRows});
  session.check(fake::run(session.command(
                    {"-q", "run", "-e", "import px", "--addr", vizier.address(), "--insecure"})),
                {.out = kWholeRows});
  session.check(fake::run(session.command({"--addr", "x:1"})),
                {2, "", {"no command beside the flag '--addr'", "pxq run"}});
  session.check(fake::run(session.command({"--adr", "x:1", "run", "-e", "import px"})), {2});
  session.check(fake::run(session.command({"slow.pxl"})), {2, "", {"`pxq run slow.pxl`"}});
}

TEST_CASE("The flag -x takes its value in every form, and leaves the script alone") {
  const fake::Vizier vizier(whole());
  const Session session;
  const auto ask = [&](std::vector<std::string> flags) {
    flags.insert(flags.end(), {"-o", "table"});
    return fake::run(session.run_at(vizier.address(), flags)).out;
  };
  const std::string expanded = ask({"--expanded=on"});
  const std::string table = ask({"--expanded=off"});
  REQUIRE(expanded != table);
  CHECK(ask({"-x"}) == expanded);
  CHECK(ask({"-x", "on"}) == expanded);
  CHECK(ask({"-xon"}) == expanded);
  CHECK(ask({"-x=on"}) == expanded);
  CHECK(ask({"--expanded", "on"}) == expanded);
  CHECK(ask({"-x=off"}) == table);
  CHECK(ask({"-xauto"}) == ask({"--expanded=auto"}));
  CHECK(ask({"-x", "auto"}) == ask({"--expanded=auto"}));
}

TEST_CASE("Colour that is asked for comes in a pipe too") {
  const fake::Vizier vizier(whole());
  const Session session;
  fake::Command asked = session.run_at(vizier.address(), {"-o", "table", "--color", "always"});
  CHECK(count(fake::run(asked).out, "\x1b[") > 0);
  fake::Command forced = session.run_at(vizier.address(), {"-o", "table"});
  CHECK(count(fake::run(forced).out, "\x1b[") == 0);
  forced.environment["CLICOLOR_FORCE"] = "1";
  CHECK(count(fake::run(forced).out, "\x1b[") > 0);
}

TEST_CASE("An error about a value names the flag or the variable") {
  const Session session;
  const auto refused = [&](std::vector<std::string> flags, const std::string& variable,
                           const std::string& value, const std::vector<std::string>& texts) {
    std::vector<std::string> words = {"run", "-e", "import px", "--addr", "127.0.0.1:1"};
    words.insert(words.end(), flags.begin(), flags.end());
    fake::Command command = session.command(std::move(words));
    if (!variable.empty()) command.environment[variable] = value;
    session.check(fake::run(command), {2, "", texts});
  };
  refused({"--timeout", "5x"}, "", "", {"--timeout '5x'", "1h30m"});
  refused({"--timeout", "-1s"}, "", "", {"--timeout '-1s'"});
  refused({"--idle-timeout", "nan"}, "", "", {"--idle-timeout 'nan'"});
  refused({"--limit", "x"}, "", "", {"--limit 'x'"});
  refused({}, "PXQ_OUTPUT", "nope", {"PXQ_OUTPUT 'nope' is not a format"});
  refused({}, "PXQ_PROFILE", "zz", {"PXQ_PROFILE", "no profile 'zz'"});
  refused({"-p", "zz"}, "", "", {"--profile", "no profile 'zz'"});
}

TEST_CASE("A format that is not known names the nearest format, ending or flag") {
  const Session session;
  const auto hint = [&](const std::string& value, const std::vector<std::string>& texts) {
    INFO(value);
    session.check(fake::run(session.run_at("127.0.0.1:1", {"-o", value})), {2, "", texts});
  };
  hint("jsn", {"-o 'jsn'", "did you mean 'json'?"});
  hint("md", {"did you mean 'markdown'?"});
  hint("sqlite", {"-o FILE.sqlite"});
  hint("wide", {"--wide"});
  hint("x.db", {"did you mean '.sqlite'?"});
  const fake::Vizier vizier(whole());
  session.check(fake::run(session.run_at(vizier.address(), {"-o", "JSON"})), {.out = kWholeRows});
}

TEST_CASE("An argument of the script before -- is told where it belongs") {
  const std::string tree = PXQ_TEST_DATA "/script/data/tree/shop/requests";
  const Session session;
  session.check(fake::run(session.command({"run", tree, "--max_rows", "10", "--addr", "x:1"})),
                {2, "", {"unknown flag '--max_rows'", "-- --max_rows VALUE"}});
  session.check(fake::run(session.command({"run", tree, "--max-row", "10", "--addr", "x:1"})),
                {2, "", {"did you mean '--max-rows'?"}});
}

TEST_CASE("px's variable for the cloud is heard") {
  const Session session;
  fake::Command command = session.command({"config", "view", "-o", "csv"});
  command.environment["PL_CLOUD_ADDR"] = "own.cloud";
  CHECK_THAT(fake::run(command).out, Catch::Contains("cloud,own.cloud,$PL_CLOUD_ADDR"));
  command.environment["PX_CLOUD_ADDR"] = "nearer.cloud";
  CHECK_THAT(fake::run(command).out, Catch::Contains("cloud,nearer.cloud,$PX_CLOUD_ADDR"));
}

TEST_CASE("A summary that cannot be written is told once") {
  const Session session;
  const fake::ProcessResult result =
      fake::run(session.run_at("127.0.0.1:1", {"--summary", "/nope/s"}));
  session.check(result, {9, "", {"/nope"}});
  CHECK(count(result.err, "there is no directory") == 1);
  CHECK(count(result.err, "pxq: ") == 1);
}

TEST_CASE("A value that an unset variable left empty is refused, not taken for no flag") {
  const std::string flag =
      GENERATE("-o", "-t", "-c", "-b", "-e", "--file", "--func", "--columns", "--sort", "--limit",
               "--max-rows", "--tz", "--delimiter", "--schema", "--record", "--summary",
               "--summary-log", "--for", "--timeout", "--endpoint", "--sample");
  const Session session;
  session.check(fake::run(session.command({"run", "s.pxl", "--local", flag, ""})),
                {2, "", {"a value is missing"}});
}

TEST_CASE("A flag that ends with = and nothing is refused, also where its value is optional") {
  const Session session;
  const std::string word =
      GENERATE("--local=", "--watch=", "-w=", "-x=", "--e2e=", "-o=", "--limit=");
  session.check(fake::run(session.command({"run", "-e", "import px", word})),
                {2, "", {"a value is missing"}});
}

TEST_CASE("An export does not take an unset variable for a flag that is absent") {
  const std::string flag =
      GENERATE("--to", "--state", "--job", "--keep", "--metrics", "--snapshot", "--job-file");
  const Session session;
  session.check(fake::run(session.command({"export", "s.pxl", "--local=demo", flag, ""})),
                {2, "", {flag + ": a value is missing"}});
}

TEST_CASE("A short flag takes its value behind =, as kubectl and px have it") {
  const fake::Vizier vizier(whole());
  const Session session;
  const auto csv = fake::run(session.run_at(vizier.address(), {"-o", "csv"}));
  CHECK(csv.status() == 0);
  session.check(fake::run(session.run_at(vizier.address(), {"-o=csv"})), {.out = csv.out});
  session.check(fake::run(session.command(
                    {"-o=csv", "run", "-e=import px", "--addr", vizier.address(), "--insecure"})),
                {.out = csv.out});
}

TEST_CASE("The home is found where no shell put it") {
  const fake::Vizier vizier(whole());
  Session session;
  session.allow("sum.json").allow("rows.csv");
  session.check(
      fake::run(session.run_at(vizier.address(), {"--summary=~/sum.json", "--output=~/rows.csv"})),
      {});
  session.check(fake::run(session.command({"run", "-e", "import px", "--local=~/none.pxsnap"})),
                {2, "", {session.home().path() + "/none.pxsnap"}});
}

TEST_CASE("Words behind -- that nobody reads are refused") {
  const Session session;
  session.check(fake::run(session.command({"version", "--", "x"})),
                {2, "", {"unexpected argument 'x' after --"}});
  session.check(fake::run(session.command({"tables", "--local", "--", "--x", "1"})),
                {2, "", {"unexpected argument '--x' after --"}});
  session.check(fake::run(session.command({"--", "run", "s.pxl"})), {2, "", {"no command"}});
}

TEST_CASE("A flag that is given twice is told so") {
  const Session session;
  session.check(fake::run(session.command({"run", "s.pxl", "-o", "csv", "-o", "tsv"})),
                {2, "", {"--output is given more than once"}});
}

TEST_CASE("A dash is no file where one is to be written or read") {
  const std::string flag =
      GENERATE("--summary", "--summary-log", "--schema", "--record", "--key-file", "--tls-ca");
  const Session session;
  session.check(fake::run(session.command({"run", "s.pxl", "--local", flag, "-"})),
                {2, "", {flag + ": '-' is no file here"}});
}

TEST_CASE("What others write for stdout and for nowhere is told as it is here") {
  const Session session;
  const auto refused = [&](const std::string& output, const std::string& hint) {
    session.check(fake::run(session.command({"run", "-e", "import px", "--local", "-o", output})),
                  {2, "", {hint}});
  };
  refused("-", "stdout gets the rows where no file is named");
  refused("/dev/stdout", "rows go to stdout where a format alone is named");
  refused("/dev/fd/63", "rows go to stdout where a format alone is named");
  refused("/dev/null", "-o null writes nothing");
  refused("ndjson", "did you mean 'jsonl'?");
  refused("out", "a file's name has an ending, such as out.csv");
}

TEST_CASE("A source behind --local is taken, a script is not") {
  const Session session;
  const std::string script = "import px\npx.display(px.DataFrame('dns_events').head(1), 'd')";
  const auto joined = fake::run(
      session.command({"run", "-e", script, "--local=demo", "--at", "2026-03-04", "-o", "csv"}));
  CHECK(joined.status() == 0);
  session.check(fake::run(session.command(
                    {"run", "--local", "demo", "-e", script, "--at", "2026-03-04", "-o", "csv"})),
                {.out = joined.out});
  session.check(fake::run(session.command(
                    {"--local", "demo", "run", "-e", script, "--at", "2026-03-04", "-o", "csv"})),
                {.out = joined.out});
  session.check(fake::run(session.command({"run", "--local", "none.pxsnap", "-e", script})),
                {2, "", {"none.pxsnap"}});
  session.check(fake::run(session.command({"run", "--local", "slow.pxl"})), {2, "", {"slow.pxl"}});
}

TEST_CASE("What says how to reach a server is refused where there is none") {
  const std::vector<std::string> flag =
      GENERATE(std::vector<std::string>{"--insecure"}, std::vector<std::string>{"--tls-ca", "ca"},
               std::vector<std::string>{"--tls-server-name", "x"},
               std::vector<std::string>{"--key-file", "k"}, std::vector<std::string>{"--e2e"},
               std::vector<std::string>{"--no-e2e"}, std::vector<std::string>{"--resume"});
  const Session session;
  std::vector<std::string> words = {"run", "-e", "import px", "--local"};
  words.insert(words.end(), flag.begin(), flag.end());
  session.check(fake::run(session.command(words)),
                {2, "", {flag.front(), " changes nothing with --local"}});
}

TEST_CASE("Columns that are all dropped are refused, not written as rows of nothing") {
  const fake::Vizier vizier(whole());
  const Session session;
  session.check(fake::run(session.run_at(vizier.address(), {"--columns=-a"})),
                {2, "", {"--columns leaves no column of table"}});
}

TEST_CASE("A check for NaN finds it, and one that nothing can meet is refused") {
  const auto table = fake::Table("t").float64("f");
  const fake::Vizier vizier(
      fake::Script()
          .send(table.metadata())
          .send(table.batch().float64({1, std::numeric_limits<double>::quiet_NaN()}).eos())
          .send(fake::stats()));
  const Session session;
  const auto check = [&](const std::string& assertion, Expected expected) {
    session.check(
        fake::run(session.run_at(vizier.address(), {"-o", "null", "--fail-if", assertion})),
        expected);
  };
  check("t.f = NaN", {12, "", {"row 2 of t"}});
  check("t.f != NaN", {12, "", {"row 1 of t"}});
  check("t.f > NaN", {2, "", {"'NaN' is not a value of f"}});
  check("t.f > 1", {});
}

TEST_CASE("A job gets no name that pxq jobs would take for a flag") {
  const Session session;
  session.check(fake::run(session.command({"export", "pxq/export/dns_events", "--local=demo",
                                           "--to", "{start}.csv", "--job=-x"})),
                {2, "", {"--job: the name of a job begins with no dash"}});
}

}  // namespace
}  // namespace pxq::app
