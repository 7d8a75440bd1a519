// Shipped scripts on the made-up cluster: each finds something, always the same.

#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "app/demo_session.h"
#include "places.h"

namespace pxq::app {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The names of the scripts in a folder of the shipped ones.
std::vector<std::string> scripts_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(PXQ_SOURCE_DIR "/scripts/pxl/" + folder)) {
    const std::string name = entry.path().filename().string();
    if (name != "export" && entry.is_directory()) names.push_back(folder + "/" + name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The first rows of each table stand for all: they are computed from all.
TEST_CASE("every shipped script finds in the demo what was approved") {
  const Session session;
  std::vector<std::string> scripts = scripts_in("pxq");
  const std::vector<std::string> exports = scripts_in("pxq/export");
  CHECK(scripts.size() >= 7);
  CHECK(exports.size() >= 19);
  scripts.insert(scripts.end(), exports.begin(), exports.end());
  for (const std::string& script : scripts) {
    INFO(script);
    std::vector<std::string> words = {"run",   script, "--local=demo", "--at",
                                      kMoment, "-o",   "jsonl"};
    words.insert(words.end(), {"--limit", "3", "--max-rows", "all"});
    if (script.starts_with("pxq/export/")) words.insert(words.end(), {"--since", "12m"});
    const fake::ProcessResult result = run(session, words);
    REQUIRE(result.status() == 0);
    CHECK_FALSE(result.out.empty());
    std::string name = script.substr(4);
    std::replace(name.begin(), name.end(), '/', '_');
    const std::filesystem::path path = std::string(PXQ_TEST_DATA "/golden/demo/") + name + ".jsonl";
    if (std::getenv("PXQ_APPROVE") != nullptr) {
      std::filesystem::create_directories(path.parent_path());
      std::ofstream(path, std::ios::binary) << result.out;
    }
    CHECK(result.out == read(path));
  }
}

/// A command that a page shows, and the first lines of what it says that comes of it.
struct Shown {
  std::string command;
  std::string output;
};

/// The indented commands of a page behind which a block of output stands.
std::vector<Shown> shown_in(const std::filesystem::path& page) {
  std::vector<Shown> found;
  std::istringstream text(read(page));
  std::string command;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("    ")) {
      command += line.substr(4) + "\n";
    } else if (line == "```" && !command.empty()) {
      std::string output;
      while (std::getline(text, line) && line != "```") output += line + "\n";
      found.push_back({std::exchange(command, {}), output});
    } else if (!line.empty()) {
      command.clear();
    }
  }
  return found;
}

TEST_CASE("the tutorial shows what comes when its commands are pasted") {
  const Session session;
  const std::vector<Shown> all = shown_in(PXQ_SOURCE_DIR "/docs/tutorial.md");
  CHECK(all.size() >= 7);
  for (const Shown& shown : all) {
    INFO(shown.command);
    fake::Command command =
        session.command({"-c", "pxq() { \"$0\" \"$@\"; }\n" + shown.command, fake::pxq_binary()});
    command.program = "/bin/sh";
    const fake::ProcessResult result = fake::run(command);
    CHECK(result.out.substr(0, shown.output.size()) == shown.output);
  }
}

TEST_CASE("scripts for this machine run on the demo too") {
  const Session session;
  for (const char* name :
       {"connections", "host_overview", "network", "top_memory", "top_processes"}) {
    INFO(name);
    const fake::ProcessResult result =
        run(session, {"run", std::string(PXQ_SOURCE_DIR "/scripts/pxl/") + name + ".pxl",
                      "--local=demo", "--at", kMoment});
    CHECK(result.status() == 0);
    CHECK_FALSE(result.out.empty());
  }
}

TEST_CASE("a moment is for a local source that has a past") {
  const Session session;
  const auto [words, message] = GENERATE(table<std::vector<std::string>, std::string>(
      {{{"run", "--local", "--at", "10m", "-e", "import px"},
        "--at: --local=host knows this moment only"},
       {{"run", "--addr", "127.0.0.1:1", "--at", "10m", "-e", "import px"}, "--at is for --local"},
       {{"run", "--local=demo", "--at", "soon", "-e", "import px"}, "--at 'soon'"},
       {{"run", "--local=demo", "--at", "2025-12-31", "-e", "import px"},
        "demo has rows from 2026-01-01T00:00:00"},
       {{"tables", "--local", "--at", "10m"}, "knows this moment only"},
       {{"serve", "--at", "10m"}, "knows this moment only"},
       {{"serve", "--local=demo", "--at", "soon"}, "--at 'soon'"}}));
  const fake::ProcessResult result = run(session, words);
  CHECK(result.status() == 2);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Catch::Contains(message));
}

TEST_CASE("what is served as of a moment is what a run as of it sees") {
  const Session session;
  const std::string script =
      "import px\ndf = px.DataFrame('http_events', start_time='-10s')\n"
      "df.now = px.now()\npx.display(df[['time_', 'now', 'req_path', 'latency']])";
  fake::Process server(session.command({"serve", "--local=demo", "--at", kMoment, "--listen",
                                        "unix:" + session.home().path("vizier")}));
  REQUIRE(server.wait_for_out("\n"));
  const auto seen = [&](std::vector<std::string> target) {
    std::vector<std::string> words{"run", "-e", script, "-o", "jsonl"};
    words.insert(words.end(), target.begin(), target.end());
    return fake::run(session.command(words));
  };
  const fake::ProcessResult here = seen({"--local=demo", "--at", kMoment});
  const std::vector<std::string> there{"--addr", "unix:" + session.home().path("vizier")};
  CHECK_THAT(here.out, Catch::Contains("\"now\":1772600767000000000"));
  CHECK(seen(there).out == here.out);
  // The served moment stands still.
  CHECK(seen(there).out == here.out);
  server.signal(SIGTERM);
  server.wait();
}

TEST_CASE("the demo is exported window after window, each row once") {
  const fake::TempDir dir;
  const Session session;
  std::vector<std::string> words = {
      "export",  "pxq/export/mysql_events", "--local=demo", "--since", "2m",
      "--state", dir.path("state"),         "-q",           "--to",    dir.path("rows.csv"),
      "--append"};
  CHECK(run(session, words).status() == 0);
  const std::string first = read(dir.path("rows.csv"));
  CHECK(std::count(first.begin(), first.end(), '\n') > 20);
  CHECK(run(session, words).status() == 0);
  const std::string both = read(dir.path("rows.csv"));
  CHECK(both.starts_with(first));
  std::set<std::string> lines;
  std::istringstream text(both);
  for (std::string line; std::getline(text, line);) CHECK(lines.insert(line).second);
  words.insert(words.end(), {"--at", kMoment});
  CHECK(run(session, words).status() == 2);
  CHECK(read(dir.path("rows.csv")) == both);
}

TEST_CASE(
    "samples that are all of whole seconds are exported as they are, for they count nothing") {
  const fake::TempDir dir;
  const Session session;
  const fake::ProcessResult result =
      run(session, {"export", "pxq/export/conn_stats", "--local=demo", "--since", "2m", "--state",
                    dir.path("state"), "-q", "--append", "--to", dir.path("rows.csv")});
  INFO(result.err);
  CHECK(result.status() == 0);
  CHECK(read(dir.path("rows.csv")).size() > 1000);
}

}  // namespace
}  // namespace pxq::app
