// Where the result goes: pipes, files, terminals, full disks and closed descriptors.

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "disturbance.h"
#include "fake/poll_until.h"
#include "fake/sanitized.h"
#include "session.h"

namespace pxq::app {
namespace {

using fake::Destination;

const fake::Table kT = numbers();

fake::Script without_end() {
  return fake::Script().send(kT.metadata()).send(kT.batch().int64({1})).send(fake::stats());
}

// More rows than any buffer on the way holds.
fake::Script long_stream() {
  return fake::Script()
      .send(kT.metadata())
      .repeat(200, kT.batch().int64(std::vector<int64_t>(1000, 123456789)))
      .send(kT.end())
      .send(fake::stats());
}

TEST_CASE("L01 a full disk behind stdout is exit 9") {
  fake::Vizier vizier(GENERATE(0, 1) == 0 ? whole() : long_stream());
  const Session session;
  fake::Command command = session.run_at(vizier.address());
  command.out = Destination::file("/dev/full");
  session.check(fake::run(command), {9, "", {"No space left"}});
}

TEST_CASE("L13 closed descriptors") {
  const fake::Vizier vizier(whole());
  const Session session;
  fake::Command command = session.run_at(vizier.address());
  SECTION("stdout") {
    command.out = Destination::closed();
    session.check(fake::run(command), {9, "", {"stdout"}});
  }
  SECTION("stdout, but a file is written") {
    command.out = Destination::closed();
    command.arguments.insert(command.arguments.end(), {"-o", "out.jsonl"});
    CHECK(fake::run(command).status() == 0);
    CHECK(session.home().read("out.jsonl") == kWholeRows);
  }
  SECTION("stderr") {
    command.err = Destination::closed();
    const fake::ProcessResult result = fake::run(command);
    CHECK(result.status() == 0);
    CHECK(result.out == kWholeRows);
  }
  SECTION("stdin") {
    command.closed_input = true;
    session.check(fake::run(command), {.out = kWholeRows});
  }
  SECTION("stdin, which is to bring the script") {
    command = session.command({"run", "-", "--addr", vizier.address(), "--insecure"});
    command.closed_input = true;
    session.check(fake::run(command), {2, "", {"<stdin>: the script is empty"}});
  }
  SECTION("all") {
    command.closed_input = true;
    command.out = Destination::closed();
    command.err = Destination::closed();
    CHECK(fake::run(command).status() == 9);
  }
}

TEST_CASE("L06 the limit on the size of files is an error, not a death") {
  const fake::Vizier vizier(long_stream());
  Session session;
  fake::Command command = session.run_at(vizier.address());
  const bool to_file = GENERATE(true, false);
  if (to_file) command.arguments.insert(command.arguments.end(), {"-o", "out.jsonl"});
  command = limited(std::move(command), {"--fsize=100000"});
  if (!to_file) {
    command.out = Destination::file(session.home().path("out"));
    session.allow("out");
  }
  session.check(fake::run(command), {9, "", {"too large"}});
}

TEST_CASE("A file appears whole or not at all") {
  Session session;
  const std::vector<std::string> flags = {"-o", "out.jsonl"};
  SECTION("whole") {
    const fake::Vizier vizier(whole());
    session.allow("out.jsonl").check(fake::run(session.run_at(vizier.address(), flags)), {});
    CHECK(session.home().read("out.jsonl") == kWholeRows);
  }
  SECTION("a stream without its end") {
    const fake::Vizier vizier(without_end());
    session.check(fake::run(session.run_at(vizier.address(), flags)), {8});
  }
  SECTION("an old file stays when the run fails") {
    session.home().write("out.jsonl", "old\n");
    const fake::Vizier vizier(without_end());
    session.allow("out.jsonl")
        .check(fake::run(session.run_at(vizier.address(), {"-o", "out.jsonl", "--force"})), {8});
    CHECK(session.home().read("out.jsonl") == "old\n");
  }
  SECTION("an old file is not replaced without --force") {
    session.home().write("out.jsonl", "old\n");
    const fake::Vizier vizier(whole());
    session.allow("out.jsonl")
        .check(fake::run(session.run_at(vizier.address(), flags)),
               {9, "", {"out.jsonl", "--force"}});
    CHECK(session.home().read("out.jsonl") == "old\n");
    CHECK(vizier.calls().empty());
  }
  SECTION("an old file is replaced with --force and keeps its mode") {
    session.home().write("out.jsonl", "old\n");
    ::chmod(session.home().path("out.jsonl").c_str(), 0640);
    const fake::Vizier vizier(whole());
    session.allow("out.jsonl")
        .check(fake::run(session.run_at(vizier.address(), {"-o", "out.jsonl", "--force"})), {});
    CHECK(session.home().read("out.jsonl") == kWholeRows);
    struct stat now {};
    ::stat(session.home().path("out.jsonl").c_str(), &now);
    CHECK((now.st_mode & 0777) == 0640);
  }
}

TEST_CASE("L04 whatever system call of the saving fails: the old file or the new one") {
  if (!std::filesystem::exists("/usr/bin/strace")) return;
  const std::string calls = GENERATE("fsync", "rename,renameat,renameat2,link,linkat", "fchmod",
                                     "ftruncate", "fdatasync");
  const fake::Vizier vizier(whole());
  for (int nth = 1; nth <= 4; ++nth) {
    Session session;
    session.home().write("out.jsonl", "old\n");
    session.allow("out.jsonl");
    fake::Command command = session.run_at(vizier.address(), {"-o", "out.jsonl", "--force"});
    command.arguments.insert(
        command.arguments.begin(),
        {"-f", "-q", "-o", "/dev/null", "-e", "trace=" + calls, "-e",
         "inject=" + calls + ":error=EIO:when=" + std::to_string(nth), command.program});
    command.program = "/usr/bin/strace";
    const fake::ProcessResult result = fake::run(command);
    INFO(calls << " number " << nth << ", stderr: " << result.err);
    const std::string content = session.home().read("out.jsonl");
    if (result.status() == 0) {
      CHECK(content == kWholeRows);
    } else {
      CHECK(result.status() == 9);
      CHECK(content == "old\n");
    }
    session.check_manners(result);
  }
}

// Linux tells a descriptor of a write that failed only once, and the last fsync goes well.
TEST_CASE("L04 a long file whose bytes could not all be brought to the disk on the way") {
  if (!can_trace()) return;
  const fake::Table table = fake::Table("t").string("text");
  const auto row = table.batch().string({std::string(size_t{1} << 20, 'x')});
  fake::Vizier vizier(fake::Script()
                          .send(table.metadata())
                          .repeat(40, row)
                          .wait("synced")
                          .send(row)
                          .send(table.end())
                          .send(fake::stats()));
  Session session;
  session.home().write("out.jsonl", "old\n");
  session.allow("out.jsonl");
  const fake::TempDir dir;
  fake::Process process(traced(session.run_at(vizier.address(), {"-o", "out.jsonl", "--force"}),
                               {"-f", "-o", dir.path("log"), "-e", "trace=fdatasync", "-e",
                                "inject=fdatasync:error=EIO:when=1"}));
  REQUIRE(fake::poll_until([&] { return dir.read("log").find("INJECTED") != std::string::npos; },
                           fake::kPatience));
  vizier.open("synced");
  session.check(process.wait(), {9, "", {"out.jsonl", "Input/output error"}});
  CHECK(session.home().read("out.jsonl") == "old\n");
}

TEST_CASE("L14 a new file is private, whatever the umask") {
  const fake::Vizier vizier(whole());
  Session session;
  const fake::Command command = in_shell(session.run_at(vizier.address(), {"-o", "out.jsonl"}),
                                         "umask 000; exec \"$0\" \"$@\"");
  session.allow("out.jsonl").check(fake::run(command), {});
  struct stat now {};
  ::stat(session.home().path("out.jsonl").c_str(), &now);
  CHECK((now.st_mode & 0777) == 0600);
}

TEST_CASE("L07 targets that cannot be written are told before the server is asked") {
  const fake::Vizier vizier(whole());
  Session session;
  SECTION("no such directory") {
    const fake::ProcessResult result =
        fake::run(session.run_at(vizier.address(), {"-o", "none/out.jsonl"}));
    CHECK((result.status() == 2 || result.status() == 9));
    session.check_manners(result);
  }
  SECTION("a directory") {
    const fake::ProcessResult result = fake::run(session.run_at(vizier.address(), {"-o", "./"}));
    CHECK((result.status() == 2 || result.status() == 9));
    session.check_manners(result);
  }
  SECTION("an ending that names no format") {
    session.check(fake::run(session.run_at(vizier.address(), {"-o", "out.xyz"})),
                  {2, "", {"out.xyz"}});
  }
  SECTION("an unknown format") {
    session.check(fake::run(session.run_at(vizier.address(), {"-o", "jsonx"})),
                  {2, "", {"jsonx", "jsonl"}});
  }
  CHECK(vizier.calls().empty());
}

TEST_CASE("L05 a reader that takes its time gets every byte") {
  const fake::Vizier vizier(long_stream());
  const Session session;
  fake::Process process(session.run_at(vizier.address()));
  process.hold_output();
  REQUIRE(vizier.wait_for_messages(3));
  process.release_output();
  const fake::ProcessResult result = process.wait();
  CHECK(result.status() == 0);
  CHECK(count(result.out, "{\"a\":123456789}\n") == 200'000);
  CHECK(result.out.size() == 200'000 * 16);
  session.check_manners(result);
}

TEST_CASE("R01 memory does not grow with the stream") {
  if (fake::kSanitized) return;
  const auto peak = [](uint64_t batches) {
    const fake::Vizier vizier(
        fake::Script()
            .send(kT.metadata())
            .repeat(batches, kT.batch().int64(std::vector<int64_t>(1000, 123456789)))
            .send(kT.end())
            .send(fake::stats()));
    const Session session;
    fake::Command command = session.run_at(vizier.address());
    command.out = Destination::file("/dev/null");
    const fake::ProcessResult result = fake::run(command, std::chrono::seconds(60));
    CHECK(result.status() == 0);
    return result.peak_rss_bytes;
  };
  const int64_t small = peak(100);
  const int64_t large = peak(3'000);
  INFO(small << " and " << large << " bytes");
  CHECK(large < small + (32 << 20));
}

TEST_CASE("R03 a batch that would grow in memory is refused") {
  const std::string message = kT.batch().rows(0).response().SerializeAsString();
  fake::Batch columns = kT.batch();
  for (int i = 0; i < 500'000; ++i) columns.unset();
  const fake::Vizier vizier(
      fake::Script().send(kT.metadata()).send(columns).send(kT.end()).send(fake::stats()));
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(vizier.address()));
  CHECK((result.status() == 8 || result.status() == 11));
  CHECK(result.peak_rss_bytes < (200 << 20));
  session.check_manners(result);
}

TEST_CASE("A terminal gets a table, a pipe gets JSON lines") {
  const fake::Vizier vizier(whole());
  const Session session;
  fake::Command command = session.run_at(vizier.address());
  command.environment["TERM"] = "xterm";
  command.out = Destination::terminal();
  const auto width = GENERATE(as<unsigned short>(), 80, 1, 0, 10'000);
  command.terminal = {.columns = width, .rows = 24};
  const fake::ProcessResult result = fake::run(command);
  CHECK(result.status() == 0);
  if (width == 80) {
    CHECK_THAT(result.out, Catch::Contains("t") && Catch::Contains("a") && Catch::Contains("2"));
    CHECK(count(result.out, "{\"a\"") == 0);
  }
  session.check_manners(result);
}

TEST_CASE("No colour where it is not wanted") {
  const fake::Vizier vizier(whole());
  const Session session;
  fake::Command command = session.run_at(vizier.address());
  command.out = Destination::terminal();
  command.environment["TERM"] = "xterm";
  SECTION("NO_COLOR") { command.environment["NO_COLOR"] = "1"; }
  SECTION("a dumb terminal") { command.environment["TERM"] = "dumb"; }
  SECTION("no TERM") { command.environment.erase("TERM"); }
  SECTION("--color never") {
    command.arguments.insert(command.arguments.end(), {"--color", "never"});
  }
  SECTION("a pipe") { command.out = Destination::pipe(); }
  const fake::ProcessResult result = fake::run(command);
  CHECK(result.status() == 0);
  CHECK(count(result.out, "\x1b") == 0);
}

TEST_CASE("An empty environment changes nothing") {
  const fake::Vizier vizier(whole());
  const Session session;
  fake::Command command = session.run_at(vizier.address());
  SECTION("empty") { command.environment.clear(); }
  SECTION("no home") { command.environment["HOME"] = "/nonexistent"; }
  SECTION("a locale with other ideas") {
    command.environment["LC_ALL"] = "de_DE.UTF-8";
    command.environment["TZ"] = "Asia/Kathmandu";
  }
  session.check(fake::run(command), {.out = kWholeRows});
}

TEST_CASE("Selections") {
  const fake::Table t = fake::Table("t").int64("a").string("b");
  const fake::Table u = fake::Table("u").int64("c");
  const fake::Script script = fake::Script()
                                  .send(t.metadata())
                                  .send(u.metadata())
                                  .send(t.batch().int64({1, 2}).string({"x", "y"}).eos())
                                  .send(u.batch().int64({3}).eos())
                                  .send(fake::stats());
  check_cases(std::vector<StreamCase>{
      {"one table", script, {.out = "{\"c\":3}\n"}, {"-t", "u"}},
      {"columns",
       script,
       {.out = "{\"b\":\"x\",\"a\":1}\n{\"b\":\"y\",\"a\":2}\n"},
       {"-t", "t", "--columns", "b,a"}},
      {"columns away", script, {.out = "{\"a\":1}\n{\"a\":2}\n"}, {"-t", "t", "--columns=-b"}},
      {"limit", script, {.out = "{\"a\":1,\"b\":\"x\"}\n"}, {"-t", "t", "--limit", "1"}},
      {"a table as CSV", script, {.out = "a,b\n1,x\n2,y\n"}, {"-t", "t", "-o", "csv"}},
      {"CSV without header",
       script,
       {.out = "1,x\n2,y\n"},
       {"-t", "t", "-o", "csv", "--no-header"}},
      {"an unknown table", script, {2, "", {"nope", "t", "u"}}, {"-t", "nope"}},
      {"nothing shown", script, {}, {"-o", "null"}},
  });
}

TEST_CASE("The footer comes when it is asked for, and never when quiet") {
  const fake::Vizier vizier(whole());
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(vizier.address(), {"--stats"}));
  session.check(result, {0, kWholeRows, {"t: 2 rows", "complete"}});
  CHECK(fake::run(session.run_at(vizier.address(), {"-q"})).err.empty());
  CHECK(fake::run(session.run_at(vizier.address())).err.empty());
}

TEST_CASE("A cut stream is called incomplete with its rows") {
  const fake::RawHttp2 peer(fake::Exchange()
                                .headers()
                                .send(kT.metadata())
                                .send(kT.batch().int64({1, 2, 3}).response())
                                .close());
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(peer.address(), {"--stats"}));
  CHECK(result.status() == 8);
  CHECK_THAT(result.err, Catch::Contains("INCOMPLETE") && Catch::Contains("3 rows"));
  session.check_manners(result);
}

TEST_CASE("Errors as JSON are one line with the documented fields") {
  const fake::Vizier vizier(fake::Script().send(fake::compile_error(1, 8, "no module")).finish(3));
  const Session session;
  const fake::ProcessResult result =
      fake::run(session.run_at(vizier.address(), {"--errors", "json"}));
  CHECK(result.status() == 3);
  CHECK(count(result.err, "\n") == 1);
  for (const char* part : {"\"error\":\"script\"", "\"exit\":3", "\"message\":\"no module\"",
                           "\"line\":1", "\"column\":8", "\"retryable\":false"}) {
    CHECK_THAT(result.err, Catch::Contains(part));
  }
}

}  // namespace
}  // namespace pxq::app
