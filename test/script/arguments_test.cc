#include "script/arguments.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "places.h"
#include "script/functions.h"
#include "script/source.h"

namespace pxq {
namespace {

using Catch::Contains;
using Strings = std::vector<std::string>;
using Arguments = std::vector<Argument>;

const std::string kData = PXQ_TEST_DATA "/script/data/";

const Script& shop() {
  static const Script script = load_script(kData + "tree/shop/requests").value();
  return script;
}
const Vis& vis() { return *shop().vis; }

// The message and hint of what is wrong with one value.
std::string wrong(const std::string& name, const std::string& value) {
  const Status status = check_value(*vis().find_variable(name), value);
  if (status.ok()) return "";
  CHECK(status.code() == Code::kUsage);
  return status.message() + " | " + status.hint();
}

TEST_CASE("Flag -a splits at the first '=' and keeps the value") {
  const auto arguments = parse_argument_flags(Strings{"a=b=c", "b=", "c=\n\"'-x"});
  REQUIRE(arguments.ok());
  CHECK(*arguments == Arguments{{"a", "b=c"}, {"b", ""}, {"c", "\n\"'-x"}});
}

TEST_CASE("Flag -a without a name or '=' is refused") {
  CHECK_THAT(parse_argument_flags(Strings{"pod"}).status().message(), Contains("no '='"));
  CHECK_THAT(parse_argument_flags(Strings{"=x"}).status().message(), Contains("no name"));
  CHECK_FALSE(parse_argument_flags(Strings{""}).ok());
}

TEST_CASE("px's four spellings mean the same") {
  for (const Strings& tokens : {Strings{"-namespace=shop"}, Strings{"-namespace", "shop"},
                                Strings{"--namespace", "shop"}, Strings{"--namespace=shop"}}) {
    const auto read = parse_script_tokens(tokens, vis());
    REQUIRE(read.ok());
    CHECK(read->arguments == Arguments{{"namespace", "shop"}});
  }
}

TEST_CASE("a token's value may begin with a dash or hold '='") {
  const auto read = parse_script_tokens(
      Strings{"--start_time", "-10m", "-side=a=b", "--namespace=-x", "--tags", ""}, vis());
  REQUIRE(read.ok());
  CHECK(read->arguments ==
        Arguments{{"start_time", "-10m"}, {"side", "a=b"}, {"namespace", "-x"}, {"tags", ""}});
}

TEST_CASE("a forgotten value is not taken from the next argument") {
  const auto next = parse_script_tokens(Strings{"--namespace", "--side", "client"}, vis());
  REQUIRE_FALSE(next.ok());
  CHECK_THAT(next.status().message(), Contains("'namespace' has no value"));
  CHECK_THAT(parse_script_tokens(Strings{"--namespace"}, vis()).status().message(),
             Contains("'namespace' has no value"));
}

TEST_CASE("what is no argument is refused, and help is seen") {
  CHECK_THAT(parse_script_tokens(Strings{"shop"}, vis()).status().message(), Contains("'shop'"));
  for (const std::string token : {"-", "--", "---x=1", "--=1", ""}) {
    CHECK_FALSE(parse_script_tokens(Strings{token}, vis()).ok());
  }
  CHECK(parse_script_tokens(Strings{"--help"}, vis())->help);
  CHECK(parse_script_tokens(Strings{"-h"}, vis())->help);
}

TEST_CASE("booleans, integers and floats are checked as Pixie parses them") {
  for (const std::string good : {"true", "T", "YES", "y", "1", "False", "no", "n", "0", "f"}) {
    CHECK(wrong("errors_only", good).empty());
  }
  CHECK_THAT(wrong("errors_only", "maybe"), Contains("is a boolean") && Contains("'maybe'"));
  CHECK_THAT(wrong("errors_only", ""), Contains("boolean"));
  for (const std::string good : {"0", "-1", "+7", "9223372036854775807", "-9223372036854775808"}) {
    CHECK(wrong("max_rows", good).empty());
  }
  for (const std::string bad :
       {"9223372036854775808", "1.5", "ten", "1e3", "", " 1", "1 ", "0x10", "+-1"}) {
    CHECK_THAT(wrong("max_rows", bad), Contains("64-bit integer"));
  }
  for (const std::string good : {"0.5", "-1e3", "7", "+.5", "inf", ""}) {
    CHECK(wrong("share", good).empty());  // "" is its default
  }
  for (const std::string bad : {"half", "1,5", "0.5x", "1e999"}) {
    CHECK_THAT(wrong("share", bad), Contains("is a number"));
  }
}

TEST_CASE("names are passed on as they are, lists have brackets") {
  CHECK(wrong("namespace", "shop").empty());
  CHECK(wrong("namespace", R"(["a/b", "c/d"])").empty());
  CHECK(wrong("namespace", "ns/name with \"odd\" characters").empty());
  CHECK(wrong("namespace", "shop\n").empty());
  CHECK(wrong("tags", " ['a', 'b'] ").empty());
  CHECK_THAT(wrong("tags", "a,b"), Contains("['a', 'b']"));
  CHECK_THAT(wrong("tags", "["), Contains("is a list"));
}

TEST_CASE("allowed values are listed, the nearest one asked for") {
  CHECK(wrong("side", "client").empty());
  CHECK_THAT(wrong("side", "cleint"),
             Contains("did you mean 'client'?") && Contains("allowed: server, client"));
  CHECK_THAT(wrong("side", ""), Contains("allowed:"));
}

TEST_CASE("unknown types and any bytes of UTF-8 pass, others do not") {
  CHECK(wrong("colour", "any thing\n").empty());
  CHECK(wrong("colour", "h\xC3\xA9").empty());
  CHECK_THAT(wrong("colour", "h\xE9"), Contains("byte 1 is not UTF-8"));
}

TEST_CASE("times that Pixie would misread are refused") {
  CHECK(wrong("start_time", "-10m").empty());
  CHECK(wrong("start_time", "2026-11-23 14:30:00 +0000").empty());
  CHECK(wrong("start_time", "-5minutes").empty());
  CHECK(wrong("start_time", "-1hr").empty());
  CHECK_THAT(wrong("start_time", "1.5h"), Contains("'-90m'"));
  CHECK_THAT(wrong("start_time", "-1month"), Contains("unknown unit"));
  CHECK_THAT(wrong("start_time", "1h30m"), Contains("'-90m'"));
  CHECK_THAT(wrong("start_time", "5m"), Contains("future") && Contains("-5m"));
  CHECK_THAT(wrong("start_time", "yesterday"), Contains("--start"));
}

TEST_CASE("long values are shown by their start") {
  const std::string message = wrong("max_rows", std::string(65536, 'x'));
  CHECK(message.size() < 300);
  CHECK_THAT(message, Contains("65536 bytes"));
}

TEST_CASE("unknown arguments are told with the nearest") {
  const Status status =
      check_arguments(vis(), Arguments{{"namespace", "shop"}, {"start-tme", "-5m"}}, "shop/r");
  CHECK(status.code() == Code::kUsage);
  CHECK(status.message() == "shop/r has no argument 'start-tme'");
  CHECK(status.hint() == "did you mean 'start_time'?");
  CHECK(status.diagnostics().empty());
}

TEST_CASE("a missing argument is told with its type and description") {
  const Status status = check_arguments(vis(), Arguments{}, "shop/r");
  CHECK(status.message() == "shop/r needs argument 'namespace'");
  CHECK(status.hint() == "-a namespace=VALUE (PX_NAMESPACE): The namespace to look at.");
}

TEST_CASE("every finding is told at once") {
  const Status status = check_arguments(
      vis(), Arguments{{"max_rows", "x"}, {"side", "server"}, {"side", "client"}, {"zz", "1"}},
      "shop/r");
  CHECK(status.diagnostics().empty());  // one error, which tells all of them
  CHECK_THAT(status.message(), Catch::StartsWith("4 arguments of shop/r are wrong: "));
  for (const char* each :
       {"argument 'max_rows' is a 64-bit integer", "; argument 'side' is given twice", "'zz'",
        "needs argument 'namespace'"}) {
    CHECK_THAT(status.message(), Contains(each));
  }
  CHECK_THAT(status.hint(), Contains("digits only") && Contains("-a namespace=VALUE"));
}

TEST_CASE("calls go out as px sends them: globals, widgets, defaults, literals") {
  const std::string value = "a\"b\nc='-x'";
  const auto calls =
      function_calls(vis(), Arguments{{"namespace", value}, {"errors_only", "T"}}, "shop/r");
  REQUIRE(calls.ok());
  REQUIRE(calls->size() == 4);
  CHECK((*calls)[0] ==
        FunctionCall{"totals", {{"start_time", "-5m"}, {"namespace", value}}, "all_requests"});
  CHECK((*calls)[1] ==
        FunctionCall{"slowest",
                     {{"start_time", "-5m"}, {"namespace", value}, {"max_rows", "100"}},
                     "Slowest"});
  CHECK((*calls)[2] ==
        FunctionCall{"parts", {{"start_time", "-1m"}, {"errors_only", "T"}}, "widget_2"});
  CHECK((*calls)[3] ==
        FunctionCall{"parts", {{"start_time", "-5m"}, {"errors_only", "true"}}, "widget_3"});
}

TEST_CASE("a vis.json that contradicts itself is told") {
  const auto lost = parse_vis(R"({"widgets": [{"name": "W", "func": {"name": "f", "args": [
      {"name": "x", "variable": "nope"}]}}]})",
                              "v");
  CHECK_THAT(function_calls(*lost, {}, "s").status().message(), Contains("'nope'"));
  const auto neither =
      parse_vis(R"({"widgets": [{"func": {"name": "f", "args": [{"name": "x"}]}}]})", "v");
  CHECK_THAT(function_calls(*neither, {}, "s").status().message(), Contains("neither"));
}

TEST_CASE("one function can be called by name") {
  const auto call = function_call(shop().text, "slowest", Arguments{{"max_rows", "5"}}, "shop/r");
  REQUIRE(call.ok());
  CHECK(*call == FunctionCall{"slowest", {{"max_rows", "5"}}, "slowest"});
  const auto typo = function_call(shop().text, "slowst", {}, "shop/r");
  CHECK(typo.status().hint() == "did you mean 'slowest'?");
  CHECK_THAT(function_call(shop().text, "unrelated_thing", {}, "shop/r").status().hint(),
             Contains("totals, slowest, parts"));
  CHECK_FALSE(function_call("# slowest\nx = 'slowest'\n", "slowest", {}, "s").ok());
  CHECK_THAT(function_call(shop().text, "parts", Arguments{{"a", "1"}, {"a", "2"}}, "s")
                 .status()
                 .message(),
             Contains("twice"));
}

}  // namespace
}  // namespace pxq
