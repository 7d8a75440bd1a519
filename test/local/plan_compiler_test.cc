#include <catch2/catch.hpp>

#include "local/plan_story.h"

// What happens around the script: flags, syntax, limits, placement.

namespace pxq::local::test {
namespace {

std::string repeated(const std::string& text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string with_flag(const std::string& line) {
  return line + "\nimport px\npx.display(px.DataFrame('dns_events'))\n";
}

}  // namespace

TEST_CASE("flags of the script set its row limit") {
  const auto shape = [](const std::string& line) {
    return compile_script(with_flag(line)).shape("output");
  };
  CHECK(shape("") == "limit 10000 (source dns_events)");
  CHECK(shape("#px:set max_output_rows_per_table=7") == "limit 7 (source dns_events)");
  CHECK(shape("#px:set max_output_rows_per_table=0") == "source dns_events");
  CHECK(shape("#px:set max_output_rows_per_table=-1") == "source dns_events");
  CHECK(shape(" #px:set max_output_rows_per_table=7") == "limit 10000 (source dns_events)");
  CHECK(shape("#px:setmax_output_rows_per_table=7") == "limit 10000 (source dns_events)");
  CHECK(compile_script(with_flag("#px:set explain=true")).result.flags.explain);
}

TEST_CASE("bad flags are refused without a position") {
  const auto refusal = [](const std::string& line) {
    const Story story = compile_script(with_flag(line));
    CHECK(story.result.flags_refused);
    return story.error();
  };
  CHECK(refusal("#px:set nope=1") == "- nope is not a valid flag");
  CHECK(refusal("#px:set explain") == "- Config setting is malformed");
  CHECK(refusal("#px:set explain=a=b") == "- Config setting is malformed");
  CHECK(refusal("#px:set  explain=true") == "- Config setting is malformed");
  CHECK(refusal("#px:set explain=maybe") ==
        "- strconv.ParseBool: parsing \"maybe\": invalid syntax");
  CHECK(refusal("#px:set max_output_rows_per_table=99999999999999999999") ==
        "- strconv.ParseInt: parsing \"99999999999999999999\": value out of range");
}

TEST_CASE("a larger head() is lowered to the row limit, a smaller one stays") {
  const Story story = compile_script(
      "import px\n"
      "df = px.DataFrame('dns_events')\n"
      "px.display(df.head(20000), 'large')\n"
      "px.display(df.head(20), 'small')\n");
  CHECK(story.shape("large") == "limit 10000 (source dns_events)");
  CHECK(story.shape("small") == "limit 20 (source dns_events)");
}

TEST_CASE("texts without code") {
  CHECK(compile_script("").error() == "- Query should not be empty.");
  CHECK(compile_script("# nothing\n").error() == "1:0 No runnable code found");
}

TEST_CASE("syntax errors come whole, their texts joined for the status") {
  const Story story = compile_script("import px\ndf = px.DataFrame('a'\ndf = 1\n");
  CHECK(story.error() ==
        "4:1 SyntaxError: Expected `)`\n"
        "2:18 SyntaxError: Expected new line after statement\n"
        "2:1 SyntaxError: invalid syntax");
  CHECK(story.result.status_message ==
        "Expected `)`Expected new line after statementinvalid syntax");
  CHECK(compile_script("import px\ndf = px.DataFrame('http_events', start_time='-5m'\n"
                       "px.display(df)\n")
            .error() ==
        "4:1 SyntaxError: Expected keyword argument\n"
        "2:19 SyntaxError: Expected `)`\n"
        "2:18 SyntaxError: Expected new line after statement\n"
        "2:1 SyntaxError: invalid syntax");
}

TEST_CASE("only errors without a position fill the status text") {
  CHECK(compile_line("x = nope").result.status_message.empty());
  CHECK(compile_line("x = 1 + 'a'").result.status_message ==
        "Could not find UDF 'add' with arguments [INT64,STRING].");
}

TEST_CASE("functions of agents are refused behind operators of the whole cluster") {
  const std::string head = "import px\ndf = px.DataFrame('process_stats')\n";
  const std::string group = "df = df.groupby('upid').agg(rss=('rss_bytes', px.max))\n";
  const std::string lookup = "df.cmd = df.ctx['cmdline']\n";
  const std::string refusal =
      "4:16 UDF 'upid_to_cmdline' must execute before blocking nodes such as limit, agg, and join.";
  CHECK(compile_script(head + group + lookup + "px.display(df)\n").error() == refusal);
  CHECK(compile_script(head + "df = df.head(5)\n" + lookup + "px.display(df)\n").error() ==
        refusal);
  CHECK(compile_script(head + "df = df.append(df)\n" + lookup + "px.display(df)\n").error() ==
        refusal);
  CHECK(compile_script(head + lookup + "df = df.head(5)\npx.display(df)\n").error().empty());
  CHECK(
      compile_script(head + "df = df.head(5, 1)\n" + lookup + "px.display(df)\n").error().empty());
  // What feeds no table is typed, but runs nowhere.
  CHECK(compile_script(head + "px.display(df)\n" + group + lookup).error().empty());
}

TEST_CASE("scripts that install probes are marked") {
  const Story story = compile_script("import pxtrace\nimport px\n");
  CHECK(story.result.mutation);
  CHECK(story.error() == "1:1 The module 'pxtrace' is not available in the local Vizier.");
  CHECK_FALSE(compile_line("px.display(df)").result.mutation);
}

TEST_CASE("imports bind names") {
  CHECK(compile_script("import px as p\np.display(p.DataFrame('dns_events'))\n").error().empty());
  CHECK(compile_script("from px import display as show, DataFrame\nshow(DataFrame('dns_events'))\n")
            .error()
            .empty());
  CHECK(compile_script("px.now()\n").error() == "1:1 name 'px' is not defined");
}

TEST_CASE("literals fold as the functions compute") {
  const auto rows = [](const std::string& expression) {
    return compile_line("px.display(df.head(" + expression + "))").shape("output");
  };
  CHECK(rows("2 + 3 * 4") == "limit 14 (source http_events)");
  CHECK(rows("-(-7) % 4") == "limit 3 (source http_events)");
  CHECK(
      rows("px.minutes(2) / 1").starts_with("no such table; 3:36 Expected arg 'n' as type 'Int'"));
  CHECK(compile_line("px.display(df, 'a' + 'b')").tables() == "ab");
  CHECK(compile_line("px.display(df, px.format_duration(px.hours(-3)))").tables() == "-3h");
}

TEST_CASE("a hostile script meets limits, not the end of memory or stack") {
  const auto refused = [](const std::string& script) {
    const std::string error = compile_script(script).error();
    INFO(error);
    return error.find("the local Vizier allows") != std::string::npos ||
           error.find("levels deep") != std::string::npos;
  };
  const std::string head = "import px\ndf = px.DataFrame('http_events')\n";
  CHECK(refused(head + "x = df.latency\n" + repeated("x = x + x\n", 60)));
  CHECK(refused(head + "x = df.latency\n" + repeated("x = x + 1\n", 3000)));
  CHECK(refused("x = 'aaaaaaaaaaaaaaaa'\n" + repeated("x = x + x\n", 60)));
  CHECK(refused("x = []\n" + repeated("x = [x]\n", 5000)));
  CHECK(refused(head + repeated("df = df.head(1)\n", 5000)));
  CHECK(refused(head + repeated("df = df.merge(df, 'left', 'latency', 'latency')\n"
                                "df.latency = 1\n",
                                40)));
  std::string wide = head;
  wide += "df.c0 = 1\n";
  // Each column needs the one before, so that they stay operators of their own.
  for (int i = 1; i < 1900; ++i) {
    wide += "df.c" + std::to_string(i) + " = df.c" + std::to_string(i - 1) + "\n";
  }
  CHECK(refused(wide));
  const std::string deep = repeated("[", 190) + "f(a)" + repeated("]", 190);
  CHECK(refused("def f(a):\n    return " + deep + "\nf(1)\n"));
  std::string calls = "def f0():\n    return 1\n";
  for (int i = 1; i <= 40; ++i) {
    const std::string inner = "f" + std::to_string(i - 1) + "()";
    calls += "def f" + std::to_string(i) + "():\n    return " + inner + " + " + inner + "\n";
  }
  CHECK(refused(calls + "f40()\n"));
}

TEST_CASE("px.plugin is the window of the request") {
  const TableSet tables = story_tables();
  CompileRequest request;
  request.text =
      "import px\npx.display(px.DataFrame('dns_events', start_time=px.plugin.start_time))\n";
  CHECK(Story{compile(request, tables)}.error() ==
        "- No plugin config found. Make sure the script is run in a plugin context.");
  request.plugin_window = PluginWindow{5, 9};
  const Story story{compile(request, tables)};
  const auto& source = std::get<Operator::Source>(story.op("output")->inputs.front()->node);
  CHECK(source.start_ns == 5);
  CHECK_FALSE(source.end_ns.has_value());
}

}  // namespace pxq::local::test
