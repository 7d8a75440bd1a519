#include <catch2/catch.hpp>

#include "local/plan_story.h"

// Functions of a script that are called from outside, as vis.json does.

namespace pxq::local::test {
namespace {

const char* const kScript =
    "''' Requests of one process. '''\n"
    "import px\n"
    "def requests(start_time: str, path: str, max_rows: int):\n"
    "    df = base(start_time)\n"
    "    df = df[df.req_path == path]\n"
    "    px.display(df, 'ignored')\n"
    "    return df.head(max_rows)\n"
    "def both(a: list, b: bool, c: float, d: px.Time):\n"
    "    df = px.DataFrame('http_events', select=a, start_time=d)\n"
    "    df.b = b\n"
    "    df.c = c\n"
    "    px.debug(df, 'both')\n"
    "    return [df, df.head(3)]\n"
    "def base(start_time):\n"
    "    df = px.DataFrame('http_events', start_time=start_time)\n"
    "    return df[['time_', 'req_path', 'latency']]\n"
    "def count():\n"
    "    return 5\n"
    "def mixed():\n"
    "    return [base('-5m'), 5]\n"
    "def id(upid: px.UPID, df: px.DataFrame):\n"
    "    return df\n"
    "def broken():\n"
    "    return missing\n"
    "number = 7\n";

std::string error_of(FunctionCall call) { return compile_functions(kScript, {call}).error(); }

}  // namespace

TEST_CASE("functions become tables under their prefixes") {
  const Story story = compile_functions(
      kScript, {{"requests", {{"start_time", "-5m"}, {"path", "/"}, {"max_rows", "20"}}, "reqs"},
                {"both", {{"a", "['latency']"}, {"b", "TRUE"}, {"c", "1.5"}, {"d", "12"}}, "two"}});
  CHECK(story.error().empty());
  CHECK(story.tables() == "reqs _both two[0] two[1]");
  CHECK(story.columns("reqs") == "time_ t, req_path s, latency i/DURATION_NS");
  CHECK(story.columns("two[0]") == "latency i/DURATION_NS, b b, c f");
  CHECK(story.shape("reqs") == "limit 20 (map (filter (source http_events)))");
}

TEST_CASE("debug tables keep away from the prefixes") {
  const Story story = compile_functions(
      kScript, {{"both", {{"a", "['latency']"}, {"b", "0"}, {"c", "1"}, {"d", "0"}}, "_both"}});
  CHECK(story.tables() == "_both_1 _both[0] _both[1]");
}

TEST_CASE("a script of functions alone has no result of its own") {
  CHECK(compile_script(kScript).error() ==
        "- query does not output a result, please add a px.display() statement");
}

TEST_CASE("errors of the call itself stand at 0:0") {
  CHECK(error_of({"base", {{"start_time", "-5m"}}, "x"}) ==
        "0:0 Arg type annotation required. Function: 'base', arg: 'start_time'");
  CHECK(error_of({"requests", {{"start_time", "-5m"}, {"path", "/"}, {"max_rows", "ten"}}, "x"}) ==
        "0:0 Failed to parse arg with value 'ten' as int64.");
  CHECK(error_of({"requests", {{"nope", "1"}}, "x"}) ==
        "0:0 Function 'requests' does not have an argument called 'nope'");
  CHECK(error_of({"requests", {{"start_time", "-5m"}, {"path", "/"}}, "x"}) ==
        "0:0 requests() missing 1 required positional arguments 'max_rows'");
  CHECK(error_of({"nope", {}, "x"}) == "0:0 Function to execute, 'nope', not found.");
  CHECK(error_of({"number", {}, "x"}) == "0:0 'number' is a 'Int' not a function.");
  CHECK(error_of({"", {}, "x"}) == "0:0 Must specify func_name for each FuncToExecute.");
  CHECK(error_of({"count", {}, ""}) ==
        "0:0 Output_table_prefix must be specified for function count.");
  CHECK(error_of({"count", {}, "x"}) ==
        "0:0 Function 'count' returns 'Int' but should return a DataFrame.");
  CHECK(error_of({"mixed", {}, "x"}) ==
        "0:0 Function 'mixed' returns 'Int' at index 1. All returned objects must be dataframes.");
  CHECK(error_of({"id", {{"upid", "1"}}, "x"}) ==
        "0:0 Passing arg of type UINT128 is currently unsupported.");
  CHECK(error_of({"id", {{"df", "1"}}, "x"}) ==
        "0:0 All arguments to executed functions must have an underlying concrete type.");
}

TEST_CASE("arguments are parsed by their annotations") {
  const auto with = [](const char* name, const char* value) {
    FunctionCall call = {"both", {{"a", "[]"}, {"b", "1"}, {"c", "1"}, {"d", "0"}}, "x"};
    for (auto& [argument, text] : call.arguments) {
      if (argument == name) text = value;
    }
    return error_of(call);
  };
  CHECK(with("b", "maybe") == "0:0 Failed to parse arg with value 'maybe' as bool.");
  CHECK(with("c", "1,5") == "0:0 Failed to parse arg with value '1,5' as float64.");
  CHECK(with("c", " +1e3 ").empty());
  CHECK(with("d", "-5m") == "0:0 Failed to parse arg with value '-5m' as time.");
  CHECK(with("a", "[") == "0:0 Failed to parse arg with value '[' as list.");
  CHECK(with("a", "x = 1") == "0:0 Expected a single expression.");
  CHECK(with("a", "px.now()").starts_with("1:7 Expected '"));
}

TEST_CASE("errors inside a called function stand in its body") {
  CHECK(error_of({"broken", {}, "x"}) == "24:12 name 'missing' is not defined");
}

}  // namespace pxq::local::test
