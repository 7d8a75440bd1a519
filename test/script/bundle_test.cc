#include "script/bundle.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "places.h"
#include "script/bounded_file.h"
#include "script/shipped.h"

namespace pxq {
namespace {

using Catch::Contains;
using Strings = std::vector<std::string>;

const std::string kData = PXQ_TEST_DATA "/script/data/";

Bundle bundle_with(const std::string& name, const std::string& text, const std::string& origin) {
  Bundle bundle;
  bundle.scripts.push_back(
      {.name = name, .text = text, .vis = {}, .short_doc = {}, .long_doc = {}, .origin = origin});
  return bundle;
}

ScriptLibrary library() {
  ScriptLibrary all;
  all.add(read_bundle(kData + "bundle.json").value());
  return all;
}

Strings names(const ScriptLibrary& all, std::string_view pattern, bool hidden = false) {
  Strings found;
  for (const BundleScript* script : all.list(pattern, hidden)) found.push_back(script->name);
  return found;
}

TEST_CASE("a bundle that is written is read as the same scripts") {
  const Bundle before = bundle_of(shipped_files());
  std::vector<const BundleScript*> scripts;
  for (const BundleScript& script : before.scripts) scripts.push_back(&script);
  const auto after = parse_bundle(write_bundle(scripts), "built in");
  REQUIRE(after.ok());
  REQUIRE(after->scripts.size() == before.scripts.size());
  for (const BundleScript& script : before.scripts) {
    const auto found = std::ranges::find(after->scripts, script.name, &BundleScript::name);
    REQUIRE(found != after->scripts.end());
    CHECK(found->text == script.text);
    CHECK(found->vis == script.vis);
    CHECK(found->short_doc == script.short_doc);
    CHECK(found->long_doc == script.long_doc);
    CHECK(found->hidden == script.hidden);
  }
  // Bytes that JSON cannot carry do not cost the others.
  const BundleScript broken{
      .name = "x", .text = "#\xff", .vis = {}, .short_doc = {}, .long_doc = {}, .origin = {}};
  CHECK(parse_bundle(write_bundle({&broken}), "x")->scripts.size() == 1);
}

TEST_CASE("a bundle in px's form is read; entries without PxL are named and skipped") {
  const auto bundle = read_bundle(kData + "bundle.json");
  REQUIRE(bundle.ok());
  CHECK(bundle->scripts.size() == 4);
  CHECK(bundle->skipped == Strings{"shop/broken"});
}

TEST_CASE("scripts are listed by name, hidden ones only on request") {
  const ScriptLibrary all = library();
  CHECK(names(all, "") == Strings{"shop/bad_vis", "shop/dns_data", "shop/http_data"});
  CHECK(names(all, "", true).size() == 4);
  CHECK(names(all, "DATA") == Strings{"shop/dns_data", "shop/http_data"});
  CHECK(names(all, "dns req") == Strings{"shop/dns_data"});  // the short text
  CHECK(names(all, "shop/*_data") == Strings{"shop/dns_data", "shop/http_data"});
  CHECK(names(all, "*http????a*") == Strings{"shop/http_data"});
  CHECK(names(all, "http*").empty());
  CHECK(names(all, "none").empty());
}

TEST_CASE("a script of a bundle comes with its arguments and its name") {
  const auto script = library().load("shop/http_data");
  REQUIRE(script.ok());
  CHECK(script->name == "shop/http_data");
  CHECK(script->source == "shop/http_data");
  CHECK(script->text.ends_with("start_time=start_time)\n"));
  CHECK(script->short_doc == "HTTP requests");
  CHECK(script->long_doc == "Every HTTP request that was seen.");
  REQUIRE(script->vis.has_value());
  CHECK(script->vis->variables[0].default_value == "-5m");
  CHECK_FALSE(library().load("shop/dns_data")->vis.has_value());
  CHECK(library().load("shop/secret").ok());
}

TEST_CASE("unknown names suggest, broken entries tell why") {
  CHECK(library().load("shop/htp_data").status().hint() == "did you mean 'shop/http_data'?");
  CHECK(library().load("http_data").status().hint() == "did you mean 'shop/http_data'?");
  CHECK_THAT(library().load("nothing/alike").status().hint(), Contains("pxq scripts"));
  CHECK_THAT(library().load("shop/bad_vis").status().message(),
             Contains("vis.json of shop/bad_vis"));
}

TEST_CASE("the bundle that is added first wins a name") {
  ScriptLibrary all;
  all.add(bundle_with("px/pods", "mine", "own"));
  all.add(bundle_with("px/pods", "theirs", "cache"));
  all.add(bundle_with("px/other", "theirs", "cache"));
  CHECK((*all.find("px/pods"))->text == "mine");
  CHECK((*all.find("px/other"))->origin == "cache");
}

TEST_CASE("other files are refused by name") {
  CHECK_THAT(parse_bundle("{", "b.json").status().message(), Contains("b.json: not valid JSON"));
  for (const std::string text : {"[]", "{}", "{\"scripts\": []}", "7", "null"}) {
    CHECK_THAT(parse_bundle(text, "b.json").status().message(), Contains("not a script bundle"));
  }
  CHECK(parse_bundle("{\"scripts\": {}}", "b.json")->scripts.empty());
  CHECK_THAT(read_bundle(kData + "missing.json").status().message(), Contains("No such file"));
  const auto url = read_bundle("https://example.com/bundle.json");
  CHECK(url.status().code() == Code::kUsage);
  CHECK_THAT(url.status().hint(), Contains("pxq scripts update"));
}

TEST_CASE("a name on the command line is a path before it is a script's name") {
  const ScriptLibrary all = library();
  CHECK(open_script(kData + "tree/first.pxl", all)->name.empty());
  CHECK(open_script(kData + "tree/shop/requests", all)->vis.has_value());
  CHECK(open_script("shop/http_data", all)->name == "shop/http_data");
  CHECK_THAT(open_script("missing.pxl", all).status().message(), Contains("No such file"));
  CHECK_THAT(open_script("./shop/http_data", all).status().message(), Contains("No such file"));
  const auto typo = open_script("shop/htp_data", all);
  CHECK(typo.status().message() == "no file and no script 'shop/htp_data'");
  CHECK(typo.status().hint() == "did you mean 'shop/http_data'?");
  CHECK_THAT(open_script("shop/bad_vis", all).status().message(), Contains("variables"));
}

TEST_CASE("files by their folders are a bundle") {
  std::vector<std::string> texts;  // that the files point into
  std::vector<ShippedFile> files;
  const Strings paths = {"first.pxl",
                         "shop/flow/flow.pxl",
                         "shop/flow/vis.json",
                         "shop/plain/manifest.yaml",
                         "shop/plain/plain.pxl",
                         "shop/requests/manifest.yaml",
                         "shop/requests/requests.pxl",
                         "shop/requests/vis.json"};
  for (const std::string& path : paths) {
    texts.push_back(read_bounded_file(kData + "tree/" + path, 1 << 20).value());
  }
  for (size_t i = 0; i < paths.size(); ++i) files.push_back({paths[i], texts[i]});
  const Bundle bundle = bundle_of(files);
  CHECK(bundle.skipped.empty());
  ScriptLibrary all;
  all.add(bundle);
  CHECK(names(all, "", true) == Strings{"first", "shop/flow", "shop/plain", "shop/requests"});
  CHECK(names(all, "") == Strings{"first", "shop/flow", "shop/requests"});
  CHECK((*all.find("first"))->short_doc == "One file that is a script.");
  CHECK_THAT((*all.find("first"))->long_doc, Contains("no manifest"));
  CHECK((*all.find("shop/requests"))->short_doc == "Requests of a namespace");
  CHECK(all.load("shop/requests")->vis->widgets.size() == 5);
}

TEST_CASE("a folder that is no script is left out of a bundle, a broken one named") {
  const std::vector<ShippedFile> files = {{"a/manifest.yaml", "short: no script"},
                                          {"b/one.pxl", "import px"},
                                          {"b/two.pxl", "import px"},
                                          {"c/c.pxl", "import px"},
                                          {"c/manifest.yaml", "short: ["}};
  const Bundle bundle = bundle_of(files);
  CHECK(bundle.scripts.empty());
  CHECK(bundle.skipped == Strings{"c"});
}

}  // namespace
}  // namespace pxq
