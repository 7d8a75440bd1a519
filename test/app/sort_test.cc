// Rows in order, in memory and beyond it.

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "python_csv.h"
#include "session.h"

namespace pxq::app {
namespace {

const fake::Table kMixed =
    fake::Table("t").int64("n").float64("f").string("s").time("time_").boolean("b");

fake::Script mixed() {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  return fake::Script()
      .send(kMixed.metadata())
      .send(kMixed.batch()
                .int64({10, 9, 100})
                .float64({1.5, nan, -2})
                .string({"b", "a", "b"})
                .time({3, 2, 1})
                .boolean({true, false, true}))
      .send(kMixed.batch()
                .int64({9, -1})
                .float64({0, 1e9})
                .string({"b", "c"})
                .time({0, 9})
                .boolean({false, true}))
      .send(kMixed.end())
      .send(fake::stats());
}

TEST_CASE("The flag --sort orders rows by typed values, by several columns, and before --limit") {
  check_cases({
      {"numbers by size",
       mixed(),
       {.out = "n\n-1\n9\n9\n10\n100\n"},
       {"--sort", "n", "-o", "csv", "--columns", "n"}},
      {"the greatest first, then by another",
       mixed(),
       {.out = "n,s\n100,b\n10,b\n9,a\n9,b\n-1,c\n"},
       {"--sort=-n,s", "-o", "csv", "--columns", "n,s"}},
      {"equal rows as they came",
       mixed(),
       {.out = "s,n\nc,-1\nb,10\nb,100\nb,9\na,9\n"},
       {"--sort=-s", "-o", "csv", "--columns", "s,n"}},
      {"by a column that is not shown, in another case",
       mixed(),
       {.out = "s\nb\nb\na\nb\nc\n"},
       {"--sort", "TIME_", "-o", "csv", "--columns", "s"}},
      {"NaN last",
       mixed(),
       {.out = "f\n1e+09\n1.5\n0\n-2\nNaN\n"},
       {"--sort=-f", "-o", "csv", "--columns", "f"}},
      {"the first of what is sorted",
       mixed(),
       {.out = "n\n-1\n9\n", .err = {"limited"}},
       {"--sort", "n", "-o", "csv", "--columns", "n", "--limit", "2", "--stats"}},
      {"a dash as a word of its own",
       mixed(),
       {.out = "n\n100\n", .err = {}},
       {"--sort", "-n", "-o", "csv", "--columns", "n", "--limit", "1"}},
  });
}

TEST_CASE("A sort that cannot be is said with nothing on stdout") {
  const fake::Table quantiles =
      fake::Table("t").string("latency", fake::pb::ST_DURATION_NS_QUANTILES);
  check_cases({
      {"no such column",
       mixed(),
       {2, "", {"--sort: no column 'm' in table 't'", "its columns are n, f, s, time_, b"}},
       {"--sort", "m", "-o", "csv"}},
      {"no such column, and no rows",
       fake::Script().send(kMixed.metadata()).send(kMixed.end()).send(fake::stats()),
       {2, "", {"--sort: no column 'm' in table 't'"}},
       {"--sort", "m"}},
      {"quantiles",
       fake::Script()
           .send(quantiles.metadata())
           .send(quantiles.batch().string({"{}"}).eos())
           .send(fake::stats()),
       {2, "", {"'latency' holds quantiles", "--expand-quantiles --sort -latency_p99"}},
       {"--sort=-latency"}},
      {"an empty name", mixed(), {2, "", {"--sort 'n,' has an empty name"}}, {"--sort", "n,"}},
  });
}

TEST_CASE("Endless streams are not sorted, which is said before connecting") {
  const fake::Vizier vizier(whole());
  const Session session;
  fake::Command command =
      session.command({"run", "-e", "import px\npx.display(px.DataFrame('http_events').stream())",
                       "--addr", vizier.address(), "--insecure", "--sort", "latency"});
  session.check(fake::run(command), {2, "", {"--sort needs a result that ends"}});
  CHECK(vizier.calls().empty());
}

TEST_CASE("What came of a run that was cut is sorted, too") {
  check_cases(std::vector<StreamCase>{{"cut",
                                       fake::Script()
                                           .send(numbers().metadata())
                                           .send(numbers().batch().int64({3, 1, 2}))
                                           .finish(14, "gone"),
                                       {8, "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n", {"INCOMPLETE"}},
                                       {"--sort", "a"}}});
}

// More than the 64 MiB that are kept in memory.
fake::Script large_texts() {
  const fake::Table t = fake::Table("t").int64("n").string("s");
  fake::Script script;
  script.send(t.metadata());
  for (int64_t part = 0; part < 80; ++part) {
    std::vector<int64_t> numbers;
    std::vector<std::string> texts;
    for (int64_t i = 0; i < 1000; ++i) {
      numbers.push_back((i * 80 + part) * 7919 % 80'000);
      texts.emplace_back(1000, static_cast<char>('a' + numbers.back() % 26));
    }
    script.send(t.batch().int64(numbers).string(texts));
  }
  return script.send(t.end()).send(fake::stats());
}

TEST_CASE("A sort of more than fits its memory goes through files that nobody sees") {
  const fake::Vizier vizier(large_texts());
  Session session;
  session.allow("t.csv");
  session.check(fake::run(session.run_at(vizier.address(), {"-o", "t.csv", "--sort", "n"}),
                          std::chrono::seconds(60)),
                {});
  CHECK(python("import csv\nrows = list(csv.DictReader(open('" + session.home().path("t.csv") +
               "')))\nassert [int(r['n']) for r in rows] == list(range(80000))\n"
               "assert all(r['s'] == chr(97 + int(r['n']) % 26) * 1000 for r in rows)\n"
               "print('same')") == "same\n");
}

TEST_CASE("A sort that finds no room for its files says where") {
  const fake::Vizier vizier(large_texts());
  const Session session;
  fake::Command command = session.run_at(vizier.address(), {"-o", "csv", "--sort", "n"});
  command.environment["TMPDIR"] = session.home().path("not-there");
  session.check(fake::run(command, std::chrono::seconds(60)),
                {9, "n,s\n", {"a temporary file for rows to be sorted (TMPDIR)"}});
}

}  // namespace
}  // namespace pxq::app
