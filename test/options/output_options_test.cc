#include "options/output_options.h"

#include <CLI/App.hpp>
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace pxq;

namespace {

/// The plan of a command line as a command has it that takes all flags about output.
struct Asked {
  Signals signals;
  Console console;
  Context context{.signals = signals,
                  .console = console,
                  .out = {},
                  .err = {},
                  .stdout_status = {},
                  .script_arguments = {}};
  OutputOptions options;
  TalkOptions talk;

  Result<OutputPlan> plan(std::vector<std::string> words, bool exports = false) {
    CLI::App app;
    talk.declare(app);
    if (exports) {
      options.declare_to(app);
      options.declare_selection(app);
      options.declare_files(app);
    } else {
      options.declare(app);
    }
    std::reverse(words.begin(), words.end());  // as CLI11 takes them
    app.parse(words);
    return options.plan(context, talk);
  }
};

}  // namespace

TEST_CASE("a plan says once what the flags mean") {
  Asked asked;
  const auto plan = asked.plan({"-o", "{table}.jsonl.gz", "--force", "--schema", "s.json", "-t",
                                "a", "--limit", "3", "--nan", "string"});
  REQUIRE(plan.ok());
  CHECK(plan->kind == &kFilesOutput);
  CHECK(plan->format == find_format("jsonl"));
  CHECK(plan->path->text() == "{table}.jsonl.gz");
  CHECK(plan->files() == std::vector<std::string>{"s.json", "{table}.jsonl.gz"});
  CHECK(plan->force);
  CHECK_FALSE(plan->append);
  CHECK(plan->selection.tables == std::vector<std::string>{"a"});
  CHECK(plan->selection.limit == 3);
  CHECK(plan->spelling.nan == FormatOptions::Nan::kString);
}

TEST_CASE("a plan without -o is the default of the place that stdout is") {
  Asked pipe;
  CHECK(pipe.plan({})->format == &default_format(DefaultFor::kPipe));
  Asked terminal;
  terminal.context.out.is_terminal = true;
  terminal.context.out.width = 80;
  const auto plan = terminal.plan({});
  CHECK(plan->format == &default_format(DefaultFor::kTerminal));
  CHECK(plan->spelling.width == 80);
  CHECK(plan->spelling.max_rows > 0);
}

TEST_CASE("a file has neither the terminal's colours nor its width") {
  Asked asked;
  asked.context.out.is_terminal = true;
  asked.context.out.width = 80;
  const auto plan = asked.plan({"-o", "rows.txt", "--color", "always"});
  REQUIRE(plan.ok());
  CHECK_FALSE(plan->spelling.color);
  CHECK(plan->spelling.width == 0);
}

TEST_CASE("a database needs no format") {
  Asked asked;
  const auto plan = asked.plan({"-o", "rows.sqlite"});
  REQUIRE(plan.ok());
  CHECK(plan->kind->holds_runs);
  CHECK(plan->format == nullptr);
}

TEST_CASE("an export goes to a path, never to stdout") {
  Asked asked;
  const auto plan = asked.plan({"--to", "jsonl"}, true);
  CHECK(plan.status().code() == Code::kUsage);
  CHECK(plan.status().message() == "--to 'jsonl' is no path");
}

TEST_CASE("what stdout is not there for is told before anything else") {
  Asked asked;
  asked.context.stdout_status = {Code::kOutput, "stdout is closed"};
  CHECK(asked.plan({"-o", "csv"}).status().message() == "stdout is closed");
  Asked file;
  file.context.stdout_status = {Code::kOutput, "stdout is closed"};
  CHECK(file.plan({"-o", "rows.csv"}).ok());
}
