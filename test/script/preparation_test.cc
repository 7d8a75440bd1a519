#include "script/preparation.h"

#include <catch2/catch.hpp>
#include <string>

#include "places.h"
#include "script/script_text.h"

namespace pxq {
namespace {

using Catch::Contains;

const std::string kData = PXQ_TEST_DATA "/script/data/";
constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kNow = 1'795'448'400 * kSecond;  // 2026-11-23 15:40 UTC

Script requests() { return load_script(kData + "tree/shop/requests").value(); }
Script flow() { return load_script(kData + "tree/shop/flow").value(); }

Preparation asked() {
  Preparation preparation;
  preparation.time.now_ns = kNow;
  return preparation;
}

Status failure(const Script& script, const Preparation& preparation) {
  const auto request = prepare_request(script, preparation);
  CHECK_FALSE(request.ok());
  CHECK(request.status().code() == Code::kUsage);
  return request.status();
}

TEST_CASE("a request holds the script's bytes and px's calls") {
  const Script script = requests();
  Preparation preparation = asked();
  preparation.argument_flags = {"namespace=shop"};
  preparation.tokens = {"-max_rows", "7"};
  const auto request = prepare_request(script, preparation);
  REQUIRE(request.ok());
  CHECK(request->text == script.text);
  CHECK(request->source == script.source);
  CHECK(request->lines_before == 0);
  CHECK_FALSE(request->mutation);
  REQUIRE(request->functions.size() == 4);
  CHECK(request->functions[1].arguments.back().second == "7");
}

TEST_CASE("a script without vis.json has no functions and takes no arguments") {
  const Script script = script_from_text("import px\r\npx.display(1)").value();
  const auto request = prepare_request(script, asked());
  REQUIRE(request.ok());
  CHECK(request->functions.empty());
  CHECK(request->text == "import px\r\npx.display(1)");
  Preparation preparation = asked();
  preparation.argument_flags = {"pod=x"};
  CHECK_THAT(failure(script, preparation).message(), Contains("takes no argument 'pod'"));
}

TEST_CASE("an argument in both forms is given twice") {
  Preparation preparation = asked();
  preparation.argument_flags = {"namespace=shop"};
  preparation.tokens = {"--namespace=shop"};
  CHECK_THAT(failure(requests(), preparation).message(), Contains("given twice"));
}

TEST_CASE("Flag --since and --start become start_time in Pixie's words") {
  Preparation preparation = asked();
  preparation.argument_flags = {"namespace=shop"};
  preparation.since = "1h30m";
  const auto since = prepare_request(requests(), preparation);
  REQUIRE(since.ok());
  CHECK(since->functions[0].arguments[0].second == "-90m");

  preparation.since.reset();
  preparation.start = "14:30";
  const auto start = prepare_request(requests(), preparation);
  REQUIRE(start.ok());
  CHECK(start->functions[0].arguments[0].second == "2026-11-23 14:30:00.000000000 +0000");
}

TEST_CASE("a start_time that is a number gets nanoseconds") {
  Preparation preparation = asked();
  preparation.since = "10s";
  const auto request = prepare_request(flow(), preparation);
  REQUIRE(request.ok());
  CHECK(request->functions[0].arguments[0].second == std::to_string(kNow - 10 * kSecond));
}

TEST_CASE("times that the script cannot take, or that are no window, are refused") {
  Preparation preparation = asked();
  preparation.argument_flags = {"namespace=shop"};
  preparation.end = "now";
  CHECK_THAT(failure(requests(), preparation).message(), Contains("takes no end_time"));

  Preparation both = asked();
  both.since = "5m";
  both.start = "5m";
  CHECK_THAT(failure(flow(), both).message(), Contains("--since and --start"));

  Preparation backwards = asked();
  backwards.start = "5m";
  backwards.end = "10m";
  CHECK_THAT(failure(flow(), backwards).message(), Contains("not before the end"));

  Preparation future = asked();
  future.start = "23:00";
  CHECK_THAT(failure(flow(), future).message(), Contains("in the future"));

  Preparation twice = asked();
  twice.argument_flags = {"start_time=5"};
  twice.since = "5m";
  CHECK_THAT(failure(flow(), twice).message(), Contains("given twice"));
}

TEST_CASE("scripts of plugins get their window beside the text") {
  const Script script =
      script_from_text("import px\npx.display(px.DataFrame('t', start_time=px.plugin.start_time))")
          .value();
  Preparation preparation = asked();
  preparation.start = "15:00";
  preparation.end = "15:30";
  const auto request = prepare_request(script, preparation);
  REQUIRE(request.ok());
  REQUIRE(request->plugin_window.has_value());
  CHECK(request->plugin_window->start_ns == kNow - 2400 * kSecond);
  CHECK(request->plugin_window->end_ns == kNow - 600 * kSecond);
  preparation.start.reset();
  CHECK_THAT(failure(script, preparation).message(), Contains("--end needs"));
}

TEST_CASE("Flag --func calls one function, its arguments unchecked by vis.json") {
  Preparation preparation = asked();
  preparation.function = "slowest";
  preparation.argument_flags = {"start_time=-1m", "max_rows=3"};
  const auto request = prepare_request(requests(), preparation);
  REQUIRE(request.ok());
  REQUIRE(request->functions.size() == 1);
  CHECK(request->functions[0] ==
        FunctionCall{"slowest", {{"start_time", "-1m"}, {"max_rows", "3"}}, "slowest"});
  preparation.function = "slowst";
  CHECK_THAT(failure(requests(), preparation).hint(), Contains("did you mean 'slowest'?"));
}

TEST_CASE("Flag --max-rows puts its line before the text") {
  Preparation preparation = asked();
  preparation.max_rows = 20000;
  const auto request = prepare_request(script_from_text("import px\nx").value(), preparation);
  REQUIRE(request.ok());
  CHECK(request->text == "#px:set max_output_rows_per_table=20000\nimport px\nx");
  CHECK(request->lines_before == 1);
}

TEST_CASE("probes need permission") {
  const Script script = script_from_text("import pxtrace\nimport px\n").value();
  Preparation preparation = asked();
  CHECK_THAT(failure(script, preparation).hint(), Contains("--mutate"));
  preparation.allow_mutation = true;
  CHECK(prepare_request(script, preparation)->mutation);
}

TEST_CASE("script and arguments together are bounded") {
  Preparation preparation = asked();
  preparation.argument_flags = {"namespace=" + std::string(kMaxRequestBytes / 2, 'x')};
  CHECK_THAT(failure(requests(), preparation).message(), Contains("4 MiB"));
}

}  // namespace
}  // namespace pxq
