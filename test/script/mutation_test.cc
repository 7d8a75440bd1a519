#include "script/mutation.h"

#include <catch2/catch.hpp>
#include <string>

#include "script/tokens.h"

namespace pxq {
namespace {

using Catch::Contains;

TEST_CASE("imports of probe modules are seen in any spelling") {
  for (const std::string text :
       {"import pxtrace", "import pxtrace\r\n", "import pxtrace # why", "import pxtrace as t",
        "from pxtrace import kprobe", "from pxtrace import (kprobe)", "import pxconfig",
        "import  \t pxtrace ;", "import px; import pxtrace", "import px, pxtrace",
        "import px as p, pxtrace as t", "import \\\n pxtrace", "\xEF\xBB\xBFimport pxtrace",
        "def f():\n    import pxtrace\n", "'''doc'''\nimport pxtrace",
        "x = 1;from pxconfig import y"}) {
    INFO(text);
    CHECK(find_effects(text).mutates());
  }
}

TEST_CASE("comments, strings and other names are not imports") {
  for (const std::string text :
       {"# import pxtrace", "x = 'import pxtrace'", "'''\nimport pxtrace\n'''", "import pxtraces",
        "import px\npxtrace = 1", "df.import_pxtrace", "x = r'\\'\nimport px", "import px\npxtrace",
        "x = \"a\\\"\\\nimport pxtrace\"", "import", "from", "import px as", "from px import"}) {
    INFO(text);
    CHECK_FALSE(find_effects(text).mutates());
  }
}

TEST_CASE("exports are seen under every name that px and export have") {
  for (const std::string text :
       {"px.export(df, x)", "import px as p\np.export(df, x)", "px . export (df)",
        "from px import export\nexport(df, x)", "from px import display, export as send\nsend(df)",
        "e = px.export\ne(df)"}) {
    INFO(text);
    CHECK(find_effects(text).exports());
    CHECK_FALSE(find_effects(text).repeatable());
  }
  for (const std::string text : {"# px.export(df)", "x = 'px.export(df)'", "df.export = 1",
                                 "export = 1", "df = df[df.export > 3]", "px.exports(df)"}) {
    INFO(text);
    CHECK_FALSE(find_effects(text).exports());
    CHECK(find_effects(text).repeatable());
  }
}

TEST_CASE("the first place is told, and permission asked") {
  const ScriptEffects effects =
      find_effects("import px\n'''\n\n'''\nimport pxtrace\nimport pxtrace\n");
  CHECK(effects.probes_line == 5);
  const Status refused = check_mutation(effects, false, "probe.pxl");
  CHECK(refused.code() == Code::kUsage);
  CHECK_THAT(refused.hint(), Contains("--mutate"));
  REQUIRE(refused.diagnostics().size() == 1);
  CHECK(refused.diagnostics()[0].where.line == 5);
  CHECK(check_mutation(effects, true, "probe.pxl").ok());
  CHECK(check_mutation(find_effects("import px"), false, "a.pxl").ok());
}

TEST_CASE("px.plugin asks for a window") {
  CHECK(find_effects("import px\ns = px.plugin.start_time").plugin_window);
  CHECK_FALSE(find_effects("import px\ndf.plugin = 1").plugin_window);
}

TEST_CASE("hostile texts do not end the tokenizer") {
  for (const std::string text :
       {"'", "'''", "\"abc", "r", "\\", "((((", "))))", "'\\", "#", "\r"}) {
    CHECK(tokenize(text).size() <= text.size());
  }
  CHECK(tokenize(std::string(100000, '(')).size() == 100000);
}

TEST_CASE("a docstring is the first string and nothing else") {
  CHECK(docstring("'''a\nb'''\nimport px") == "a\nb");
  CHECK(docstring("\n# c\n\"one\"\n") == "one");
  CHECK(docstring("r'''x'''") == "x");
  CHECK(docstring("import px\n'''a'''").empty());
  CHECK(docstring("'''never closed").empty());
  CHECK(docstring("").empty());
  CHECK(docstring("''").empty());
}

}  // namespace
}  // namespace pxq
