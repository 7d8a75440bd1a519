#include "script/vis.h"

#include <catch2/catch.hpp>
#include <string>

#include "text/odd_numbers.h"

namespace pxq {
namespace {

using Catch::Contains;

Vis parsed(const std::string& json) {
  auto vis = parse_vis(json, "vis.json");
  INFO(vis.status().message());
  REQUIRE(vis.ok());
  return *vis;
}

std::string refused(const std::string& json) {
  const auto vis = parse_vis(json, "vis.json");
  CHECK_FALSE(vis.ok());
  CHECK(vis.status().code() == Code::kUsage);
  return vis.status().message();
}

TEST_CASE("no default is required, an empty one is optional, null is none") {
  const Vis vis = parsed(R"({"variables": [
    {"name": "a", "type": "PX_STRING"},
    {"name": "b", "type": "PX_STRING", "defaultValue": ""},
    {"name": "c", "type": "PX_INT64", "defaultValue": null},
    {"name": "d", "type": "PX_INT64", "default_value": 7, "valid_values": ["7", 8],
     "description": "A number."}]})");
  REQUIRE(vis.variables.size() == 4);
  CHECK(vis.variables[0].required());
  CHECK_FALSE(vis.variables[1].required());
  CHECK(vis.variables[2].required());
  CHECK(vis.variables[3].default_value == "7");
  CHECK(vis.variables[3].valid_values == std::vector<std::string>{"7", "8"});
  CHECK(vis.variables[3].description == "A number.");
  CHECK(vis.find_variable("b") == &vis.variables[1]);
  CHECK(vis.find_variable("x") == nullptr);
}

TEST_CASE("types are known by name and by number; unknown ones are kept") {
  const Vis vis = parsed(R"({"variables": [
    {"name": "a", "type": "PX_POD"}, {"name": "b", "type": 1003},
    {"name": "c", "type": "PX_COLOUR"}, {"name": "d"}, {"name": "e", "type": 4711}]})");
  CHECK(vis.variables[0].type == PxType::kPod);
  CHECK(vis.variables[1].type == PxType::kNamespace);
  CHECK(vis.variables[1].type_name == "PX_NAMESPACE");
  CHECK(vis.variables[2].type == PxType::kUnknown);
  CHECK(vis.variables[2].type_name == "PX_COLOUR");
  CHECK(vis.variables[3].type_name == "PX_UNKNOWN");
  CHECK(vis.variables[4].type_name == "4711");
}

TEST_CASE("functions and widgets are read in both spellings, unknown fields skipped") {
  const Vis vis = parsed(R"({"future": [1],
    "global_funcs": [{"output_name": "g", "func": {"name": "f", "args": [
        {"name": "x", "value": ""}, {"name": "y", "variable": "v", "note": 1}]}}],
    "widgets": [
      {"name": "W", "global_func_output_name": "g",
       "display_spec": {"@type": "types.px.dev/px.vispb.RequestGraph"}},
      {"func": {"name": "h"}, "displaySpec": {"@type": 3}}]})");
  REQUIRE(vis.global_functions.size() == 1);
  const VisFunction& function = vis.global_functions[0].function;
  CHECK(function.arguments[0].value == "");
  CHECK_FALSE(function.arguments[0].variable.has_value());
  CHECK(function.arguments[1].variable == "v");
  CHECK(vis.widgets[0].display == "RequestGraph");
  CHECK(vis.widgets[0].global_output == "g");
  CHECK_FALSE(vis.widgets[0].function.has_value());
  CHECK(vis.widgets[1].function->name == "h");
  CHECK(vis.widgets[1].display.empty());
}

TEST_CASE("an empty vis.json is a script without arguments") {
  CHECK(parsed("").variables.empty());
  CHECK(parsed(" \n").widgets.empty());
  CHECK(parsed("{}").global_functions.empty());
  CHECK(parsed(R"({"variables": null})").variables.empty());
}

TEST_CASE("another shape is told with its path") {
  CHECK_THAT(refused("[]"), Contains("not a JSON object"));
  CHECK_THAT(refused("{\"a\": \xFF}"), Contains("not valid JSON"));
  CHECK_THAT(refused(R"({"variables": 7})"), Contains("variables is not a list"));
  CHECK_THAT(refused(R"({"variables": [7]})"), Contains("variables[0] is not an object"));
  CHECK_THAT(refused(R"({"variables": [{"type": "PX_POD"}]})"),
             Contains("variables[0] has no name"));
  CHECK_THAT(refused(R"({"variables": [{"name": "a", "defaultValue": []}]})"),
             Contains("variables[0].defaultValue is not a text"));
  CHECK_THAT(refused(R"({"variables": [{"name": "a"}, {"name": "a"}]})"), Contains("'a'"));
  CHECK_THAT(refused(R"({"globalFuncs": [{"func": {"name": "f"}}]})"), Contains("outputName"));
  CHECK_THAT(refused(R"({"globalFuncs": [{"outputName": "o"}]})"), Contains("has no func"));
  CHECK_THAT(refused(R"({"widgets": [{"func": {"args": []}}]})"),
             Contains("widgets[0].func has no name"));
}

TEST_CASE("deeply nested JSON does not overflow the stack") {
  CHECK_THAT(refused(std::string(100000, '[')), Contains("not valid JSON"));
  CHECK_THAT(refused(std::string(20000, '[') + std::string(20000, ']')),
             Contains("not a JSON object"));
}

TEST_CASE("tables are named by output or widget, unnamed widgets by their place") {
  const Vis vis = parsed(R"({
    "globalFuncs": [{"outputName": "g", "func": {"name": "f"}}],
    "widgets": [{"name": "First", "globalFuncOutputName": "g",
                 "displaySpec": {"@type": "a/b.Table"}},
                {"func": {"name": "h"}},
                {"name": "Named", "func": {"name": "h"}},
                {"name": "Again", "globalFuncOutputName": "g"},
                {"name": "Lost", "globalFuncOutputName": "nowhere"}]})");
  const std::vector<VisTable> tables = vis_tables(vis);
  REQUIRE(tables.size() == 3);
  CHECK(tables[0].name == "g");
  CHECK(tables[0].widgets == std::vector<std::string>{"First", "Again"});
  CHECK(tables[0].displays == std::vector<std::string>{"Table", ""});
  CHECK(tables[1].name == "widget_1");
  CHECK(tables[1].function == "h");
  CHECK(tables[2].name == "Named");
}

TEST_CASE("a place whose numbers are no whole ones, or too large for a page, is none") {
  const std::string text =
      R"({"widgets":[{"func":{"name":"f"},"position":{"x":1,"y":2,"w":3,"h":4}}]})";
  REQUIRE(parsed(text).widgets[0].grid == chart::Grid{.x = 1, .y = 2, .width = 3, .height = 4});
  for (const char* name : {"x", "y", "w", "h"}) {
    for (const char* odd : {"1e300", "1.5", "-1", "18446744073709551616", "9223372036854775807",
                            "18446744073709551615", "\"1\""}) {
      INFO(name << " " << odd);
      const std::string place = std::string("/widgets/0/position/") + name;
      CHECK(parsed(fake::with_value(text, place, odd)).widgets[0].grid == chart::Grid{});
    }
  }
}

TEST_CASE("widgets keep their place and display spec for whoever draws them") {
  const Vis vis = parsed(R"({
    "globalFuncs": [{"outputName": "g", "func": {"name": "f"}}],
    "widgets": [{"name": "First", "globalFuncOutputName": "g",
                 "position": {"x": 4, "y": 3, "w": 8, "h": 2},
                 "displaySpec": {"@type": "a/b.Table", "gutterColumn": "status"}},
                {"func": {"name": "h"}, "position": {"w": 13, "h": 1}},
                {"func": {"name": "h"}, "position": {"x": -1, "w": 2, "h": 1}},
                {"func": {"name": "h"}, "position": {"x": "a", "w": 2.5, "h": 1}},
                {"func": {"name": "h"}, "position": 7}]})");
  const std::vector<chart::WidgetPlan> plans = widget_plans(vis);
  REQUIRE(plans.size() == 5);
  CHECK(plans[0].title == "First");
  CHECK(plans[0].table == "g");
  CHECK(plans[0].kind == "Table");
  CHECK(plans[0].spec == R"({"@type":"a/b.Table","gutterColumn":"status"})");
  CHECK(plans[0].grid == chart::Grid{.x = 4, .y = 3, .width = 8, .height = 2});
  for (size_t i = 1; i < 5; ++i) CHECK(plans[i].grid == chart::Grid{});
  CHECK(plans[1].table == "widget_1");
  CHECK(plans[1].spec.empty());
}

TEST_CASE("a default in protobuf's wrapper is read as the value in it") {
  const Vis vis = parsed(R"({"variables": [
    {"name": "start_time", "type": "PX_STRING", "defaultValue": {"value": "-5m"}},
    {"name": "pod", "type": "PX_STRING", "defaultValue": {"value": ""}}]})");
  CHECK(vis.variables[0].default_value == "-5m");
  CHECK(vis.variables[1].default_value == "");
  CHECK_THAT(refused(R"({"variables": [{"name": "a", "defaultValue": {"value": {"value": 1}}}]})"),
             Contains("is not a text"));
}

}  // namespace
}  // namespace pxq
