#include "script/shipped.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "places.h"
#include "script/mutation.h"
#include "script/preparation.h"
#include "script/row_limits.h"
#include "script/tokens.h"

namespace pxq {
namespace {

ScriptLibrary shipped() {
  const Bundle bundle = bundle_of(shipped_files());
  CHECK(bundle.skipped.empty());
  ScriptLibrary library;
  library.add(bundle);
  return library;
}

// Parameter names of `def NAME(...)`; of `a: T` the a.
std::vector<std::string> parameters(const std::string& text, const std::string& function) {
  const std::vector<Token> tokens = tokenize(text);
  std::vector<std::string> names;
  for (size_t i = 2; i < tokens.size(); ++i) {
    if (tokens[i - 2].text != "def" || tokens[i - 1].text != function) continue;
    for (; i + 1 < tokens.size() && tokens[i].text != ")"; ++i) {
      const bool first = tokens[i].text == "(" || tokens[i].text == ",";
      if (first && tokens[i + 1].is_name) names.emplace_back(tokens[i + 1].text);
    }
  }
  return names;
}

TEST_CASE("the shipped scripts answer the questions people ask first") {
  const ScriptLibrary library = shipped();
  std::vector<std::string> names;
  for (const BundleScript* script : library.list()) {
    if (!script->name.starts_with("pxq/export/")) names.push_back(script->name);
  }
  CHECK(names == std::vector<std::string>{"connections", "host_overview", "network",
                                          "pxq/connections_by_peer", "pxq/dns_failures",
                                          "pxq/http_by_service", "pxq/resources_by_pod",
                                          "pxq/resources_by_process", "pxq/slow_requests",
                                          "pxq/sql_by_query", "top_memory", "top_processes"});
}

TEST_CASE("there is a script to export each table by, and nothing in it limits or links rows") {
  const ScriptLibrary library = shipped();
  size_t found = 0;
  for (const BundleScript* entry : library.list("pxq/export/*")) {
    INFO(entry->name);
    ++found;
    const ScriptEffects effects = find_effects(entry->text);
    CHECK(effects.plugin_window);
    CHECK(effects.repeatable());
    CHECK(literal_heads(entry->text).empty());
    CHECK(entry->text.find(".agg(") == std::string::npos);
    CHECK(entry->text.find("px.script_reference") == std::string::npos);
    CHECK(entry->text.find("px.plugin.end_time") != std::string::npos);
    CHECK(entry->text.find("px.display(df, '" + entry->name.substr(11) + "')") !=
          std::string::npos);
  }
  CHECK(found == 19);
}

TEST_CASE("what is shipped are the files of the source tree, byte for byte") {
  const std::filesystem::path root = PXQ_SOURCE_DIR "/scripts/pxl";
  size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) ++files;
  }
  CHECK(shipped_files().size() == files);
  for (const ShippedFile& file : shipped_files()) {
    INFO(file.path);
    std::ifstream stream(root / file.path, std::ios::binary);
    CHECK(file.bytes == std::string(std::istreambuf_iterator<char>(stream), {}));
    CHECK_FALSE(file.bytes.empty());
  }
}

TEST_CASE("every shipped script is documented and runs without an argument") {
  const ScriptLibrary library = shipped();
  for (const BundleScript* entry : library.list()) {
    INFO(entry->name);
    CHECK_FALSE(docstring(entry->text).empty());
    CHECK_FALSE(entry->short_doc.empty());
    CHECK(entry->long_doc.size() > entry->short_doc.size());
    const auto script = library.load(entry->name);
    REQUIRE(script.ok());
    const auto request = prepare_request(*script, {});
    INFO(request.status().message());
    REQUIRE(request.ok());
    CHECK(request->text == entry->text);
    CHECK(request->functions.empty() == !script->vis.has_value());
  }
}

TEST_CASE("vis.json of every shipped script fits its functions") {
  const ScriptLibrary library = shipped();
  for (const BundleScript* entry : library.list("pxq/*")) {
    if (entry->name.starts_with("pxq/export/")) continue;
    const Script script = library.load(entry->name).value();
    REQUIRE(script.vis.has_value());
    for (const Variable& variable : script.vis->variables) {
      INFO(entry->name << ": " << variable.name);
      CHECK(variable.type != PxType::kUnknown);
      CHECK_FALSE(variable.description.empty());
    }
    for (const Widget& widget : script.vis->widgets) {
      REQUIRE(widget.function.has_value());
      INFO(entry->name << ": " << widget.function->name);
      std::vector<std::string> passed;
      for (const VisArgument& argument : widget.function->arguments)
        passed.push_back(argument.name);
      CHECK(parameters(script.text, widget.function->name) == passed);
    }
  }
}

}  // namespace
}  // namespace pxq
