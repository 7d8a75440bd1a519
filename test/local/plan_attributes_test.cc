#include <catch2/catch.hpp>

#include "local/plan_story.h"

// What a script may hang on objects, and what documentation it can read.

namespace pxq::local::test {
namespace {

std::string tables_of(const std::string& lines) {
  const Story story = compile_line(lines);
  return story.result.ok() ? story.tables() : story.error();
}

}  // namespace

TEST_CASE("a script gives attributes to modules, and all names of the module see them") {
  CHECK(tables_of("px.my = 'a'\nimport px as other\npx.display(df, other.my)") == "a");
  CHECK(tables_of("px.my = 'a'\nfrom px import my\npx.display(df, my)") == "a");
  CHECK(tables_of("px.vis.name = 'b'\npx.display(df, px.vis.name)") == "b");
  CHECK(tables_of("x = px.other") == "3:7 'px' object has no attribute 'other'");
}

TEST_CASE("an attribute of a module is replaced, a function of it is not") {
  CHECK(tables_of("px.Pod = str\ndef f(a: px.Pod):\n    return a\npx.display(df, f('c'))") == "c");
  CHECK(tables_of("px.DataFrame = 'd'\npx.display(df, px.DataFrame)") == "d");
  CHECK(tables_of("px.now = 'e'\npx.display(df.head(px.now() - px.now() + 1), 'f')") == "f");
  CHECK(tables_of("px.mean = 1\npx.display(df.agg(a=('latency', px.mean)), 'g')") == "g");
}

TEST_CASE("attributes belong to the object, whatever it is called") {
  CHECK(tables_of("a = [1]\na.x = 'h'\nb = a\npx.display(df, b.x)") == "h");
  CHECK(tables_of("a = 1\na.x = 'i'\nb = 1\npx.display(df, b.x)") ==
        "6:17 'Int' object has no attribute 'x'");
  CHECK(tables_of("def f():\n    return 1\nf.x = 'j'\npx.display(df, f.x)") == "j");
  CHECK(tables_of("str.x = 'k'\npx.display(df, str.x)") == "k");
}

TEST_CASE("None takes no attributes") {
  CHECK(tables_of("a = None\na.x = 1") == "4:2 Cannot assign attribute x to object of type None");
}

TEST_CASE("the text at the start of a module or function can be read") {
  CHECK(compile_script("'module'\nimport px\npx.display(px.DataFrame('dns_events'), __doc__)\n")
            .tables() == "module");
  CHECK(compile_script("import px\npx.display(px.DataFrame('dns_events'), 'a' + __doc__)\n")
            .tables() == "a");
  CHECK(tables_of("def f():\n    'function'\n    return 1\npx.display(df, f.__doc__)") ==
        "function");
}

TEST_CASE("px.plugin tells what it has not") {
  const TableSet tables = story_tables();
  CompileRequest request;
  request.text = "import px\nx = px.plugin.other\n";
  request.plugin_window = PluginWindow{5, 9};
  CHECK(Story{compile(request, tables)}.error() ==
        "2:14 plugin does not contain attribute 'other'");
}

TEST_CASE("merge() compares how many keys there are, and no keys meet all rows") {
  const Story story = compile_line(
      "o = px.DataFrame('dns_events', select=['latency'])\n"
      "d = df[['req_path']].merge(o, how='inner', left_on=[], right_on=[])\npx.display(d, 't')");
  CHECK(story.columns("t") == "req_path s, latency i/DURATION_NS");
  CHECK(compile_line("d = df.merge(df, how='inner', left_on=[], right_on=['latency'])").error() ==
        "3:13 'left_on' and 'right_on' must contain the same number of elements.");
}

}  // namespace pxq::local::test
