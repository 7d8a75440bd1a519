// Scripts on stored data: what a run kept is there again, as of the end of its rows.

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "app/demo_session.h"

namespace pxq::app {
namespace {

/// Records ten minutes of the demo's DNS as a table of the same name.
void record(Session& session) {
  session.allow("r.pxrec");
  const auto result = run(session, {"run", "--local=demo", "--at", kMoment, "-e",
                                    "import px\n"
                                    "px.display(px.DataFrame('dns_events', start_time='-10m'), "
                                    "'dns_events')",
                                    "--max-rows", "all", "--record", "r.pxrec", "-o", "null"});
  REQUIRE(result.status() == 0);
}

const std::string kCount =
    "import px\n"
    "df = px.DataFrame('dns_events', start_time='-3m')\n"
    "df = df.groupby('remote_addr').agg(n=('time_', px.count), last=('time_', px.max))\n"
    "px.display(df, 'counts')\n";

TEST_CASE("a recording's tables answer scripts as the source of its rows does") {
  Session session;
  record(session);
  // The recording's now is its last row, so that is the moment to ask the demo at.
  const auto last = run(session, {"run", "--local=r.pxrec", "-e",
                                  "import px\n"
                                  "df = px.DataFrame('dns_events').agg(t=('time_', px.max))\n"
                                  "px.display(df)",
                                  "-o", "csv", "--no-header"});
  REQUIRE(last.status() == 0);
  const std::string end = last.out.substr(0, last.out.find('\n'));
  const auto stored = run(session, {"run", "--local=r.pxrec", "-e", kCount});
  const auto live = run(session, {"run", "--local=demo", "--at", end, "-e", kCount});
  CHECK(stored.status() == 0);
  CHECK(count(stored.out, "\n") > 1);
  CHECK(stored.out == live.out);
  CHECK(stored.err.empty());

  const std::string before = end.substr(0, 14) + "01:00Z";  // of the same hour
  const auto then = run(session, {"run", "--local=r.pxrec", "--at", before, "-e", kCount});
  CHECK(then.out == run(session, {"run", "--local=demo", "--at", before, "-e", kCount}).out);
  CHECK(then.out != stored.out);
}

TEST_CASE("what a recording does not hold is empty, which is said once, or refused") {
  Session session;
  record(session);
  const auto asked = run(session, {"run", "--local=r.pxrec", "-e",
                                   "import px\n"
                                   "df = px.DataFrame('dns_events')\n"
                                   "df.pod = df.ctx['pod']\n"
                                   "df.cmd = df.ctx['cmdline']\n"
                                   "px.display(df[['pod', 'cmd']].head(2))"});
  CHECK(asked.status() == 0);
  CHECK(asked.out == "{\"pod\":\"\",\"cmd\":\"\"}\n{\"pod\":\"\",\"cmd\":\"\"}\n");
  CHECK(count(asked.err, "no state of a cluster") == 1);
  const auto other = run(session, {"run", "--local=r.pxrec", "-e",
                                   "import px\npx.display(px.DataFrame('http_events'))"});
  CHECK(other.status() == 3);
  CHECK_THAT(other.err, Catch::Contains("'http_events' not found"));
  const auto agents =
      run(session, {"run", "--local=r.pxrec", "-e", "import px\npx.display(px.GetAgentStatus())"});
  CHECK(agents.status() == 0);
  CHECK(agents.out.empty());
}

TEST_CASE("pxq tables says how much of a recording is there, from when to when") {
  Session session;
  record(session);
  const auto tables = run(session, {"tables", "--local=r.pxrec", "-o", "csv"});
  CHECK(tables.status() == 0);
  CHECK_THAT(tables.out, Catch::StartsWith("table,columns,rows,bytes,from,to,verdict\n"
                                           "dns_events,"));
  CHECK_THAT(tables.out, Catch::Contains(",2026-03-04T04:56:") && Catch::Contains("T05:06:0"));
  CHECK(run(session, {"tables", "dns_events", "--local=r.pxrec"}).out ==
        run(session, {"tables", "dns_events", "--local=demo"}).out);
}

TEST_CASE("files that are no data, and moments beyond it, are refused with a sentence") {
  Session session;
  record(session);
  session.allow("torn.pxrec").allow("foreign.pxrec").allow("notes.txt");
  session.home().write("torn.pxrec", session.home().read("r.pxrec").substr(0, 40));
  session.home().write("foreign.pxrec", "hello, this is a text and no recording");
  session.home().write("notes.txt", "hello");
  std::filesystem::create_symlink("circle", session.home().path("circle"));
  session.allow("circle");
  const auto [words, message] = GENERATE(table<std::vector<std::string>, std::string>(
      {{{"--local=torn.pxrec"}, "the recording is cut"},
       {{"--local=foreign.pxrec"}, "is not a recording"},
       {{"--local=notes.txt"}, "no kind of file that pxq runs on"},
       {{"--local=./none.pxrec"}, "none.pxrec"},
       {{"--local=circle/r.pxsnap"}, "circle/r.pxsnap: Too many levels of symbolic links"},
       {{"--local=./" + std::string(300, 'x') + ".csv"}, ".csv: File name too long"},
       {{"--local=circle"}, "no source 'circle'"},
       {{"--local=r.pxrec", "--at", "2026-03-04T06:00:00Z"}, "has rows from 2026-03-04T04:56:"}}));
  std::vector<std::string> line = {"run", "-e", kCount};
  line.insert(line.end(), words.begin(), words.end());
  const auto result = run(session, line);
  CHECK((result.status() == 2 || result.status() == 8));
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Catch::Contains(message));
}

TEST_CASE("files and directories that may not be read are told as such") {
  const Session session;
  std::filesystem::permissions(session.home().path(""), std::filesystem::perms::owner_all |
                                                            std::filesystem::perms::others_exec);
  std::filesystem::create_directory(session.home().path("closed"));
  session.home().write("closed/t.csv", "a\n1\n");
  std::filesystem::permissions(session.home().path("closed"), std::filesystem::perms::owner_all);
  // Root reads whatever there is.
  const auto as_nobody = [](fake::Command command) {
    command.arguments.insert(command.arguments.begin(),
                             {"--reuid=65534", "--regid=65534", "--clear-groups",
                              std::exchange(command.program, "/usr/bin/setpriv")});
    return command;
  };
  if (::geteuid() != 0 || fake::run(as_nobody(session.command({"version"}))).status() != 0) {
    WARN("not tested: nobody else can run pxq here");
    return;
  }
  for (const std::string name :
       {"closed", "closed/t.csv", "closed/{table}.csv", "closed/s.pxsnap"}) {
    const auto result = fake::run(as_nobody(session.command({"tables", "--local=" + name})));
    INFO(name << ": " << result.err);
    CHECK(result.status() == 2);
    CHECK_THAT(result.err,
               Catch::Contains("cannot read closed") && Catch::Contains("Permission denied"));
  }
}

}  // namespace
}  // namespace pxq::app
