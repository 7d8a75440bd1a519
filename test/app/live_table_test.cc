// A stream in a table: rows are seen while it goes on, and after any end nothing that came is
// missing.

#include <signal.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "session.h"

namespace pxq::app {
namespace {

const fake::Table kT = numbers();

size_t lines_with_numbers(const std::string& text) {
  size_t count = 0;
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    const std::string line = text.substr(start, end - start);
    const size_t last = line.find_last_not_of("\r ");
    const size_t first = line.find_first_not_of(' ');
    const bool number =
        last != std::string::npos && line.find_first_not_of("0123456789", first) > last;
    count += number ? 1 : 0;
    start = end + 1;
  }
  return count;
}

TEST_CASE("A few rows and then silence are on the screen, and all rows of a stream after Ctrl-C") {
  const bool terminal = GENERATE(true, false);
  fake::Vizier vizier(fake::Script()
                          .send(kT.metadata())
                          .send(kT.batch().int64(from_to(1001, 1003)))
                          .wait("seen")
                          .send(kT.batch().int64(from_to(1004, 1100)))
                          .silence());
  const Session session;
  fake::Command command = session.run_at(vizier.address(), {"-o", "table"});
  if (terminal) command.out = fake::Destination::terminal();
  fake::Process process(command);
  REQUIRE(process.wait_for_out("1003"));
  vizier.open("seen");
  REQUIRE(process.wait_for_out("1100"));
  process.signal(SIGINT);
  const fake::ProcessResult result = process.wait();
  CHECK(result.signal == SIGINT);
  CHECK(lines_with_numbers(result.out) == 100);
}

TEST_CASE("Ctrl-C before anything was shown leaves nothing out") {
  fake::Vizier vizier(
      fake::Script().send(kT.metadata()).send(kT.batch().int64(from_to(1001, 1060))).silence());
  const Session session;
  fake::Command command = session.run_at(vizier.address(), {"-o", "table"});
  command.out = fake::Destination::terminal();
  fake::Process process(command);
  REQUIRE(vizier.wait_for_messages(2));
  process.signal(SIGINT);
  const fake::ProcessResult result = process.wait();
  // Whether the signal or the rows came first is chance; rows that came are shown, all of them.
  const size_t rows = lines_with_numbers(result.out);
  CHECK((rows == 60 || rows == 0));
}

// The end comes with the rows: how long the machine takes in between cannot matter.
TEST_CASE("A result whose end is known at once shows its first and its last rows") {
  fake::Vizier vizier(fake::Script()
                          .send(kT.metadata())
                          .send(kT.batch().int64(from_to(1001, 1100)).eos())
                          .send(fake::stats()));
  const Session session;
  fake::Command command = session.run_at(vizier.address(), {"-o", "table"});
  command.out = fake::Destination::terminal();
  const fake::ProcessResult result = fake::run(command);
  CHECK(result.status() == 0);
  CHECK(lines_with_numbers(result.out) == 40);
  CHECK_THAT(result.out, Catch::Contains("60 rows of 100 hidden"));
}

}  // namespace
}  // namespace pxq::app
