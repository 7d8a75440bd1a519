#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "format/gallery.h"
#include "format/html/page_parts.h"

namespace pxq {
namespace {

std::string page_of(const Story& story, std::shared_ptr<const chart::PagePlan> plan,
                    const Cut& cut = {}) {
  FormatOptions options;
  options.page = std::move(plan);
  Played played = play(story, *find_format("html"), options, cut);
  REQUIRE(played.status.ok());
  return std::move(played.text);
}

// For people who look at what changed: PXQ_GALLERY=DIR build/test/format_test "*gallery*"
void keep(const std::string& name, const std::string& page) {
  const char* directory = std::getenv("PXQ_GALLERY");
  if (directory == nullptr) return;
  std::ofstream(std::filesystem::path(directory) / name, std::ios::binary) << page;
}

size_t count(std::string_view text, std::string_view part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST_CASE("the gallery is a page of every display") {
  const std::string page = page_of({"gallery", gallery::tell}, gallery::plan());
  keep("gallery.html", page);
  for (const char* kind : {"rows", "lines", "bars", "boxes", "network", "flame"}) {
    INFO(kind);
    CHECK(page.find("\"kind\":\"" + std::string(kind) + "\"") != std::string::npos);
  }
  CHECK(page.find("<h1>px/shop</h1>") != std::string::npos);
  CHECK(page.find("<dt>cluster<dd>prod-eu-1") != std::string::npos);
  CHECK(page.find("<dt>run at<dd>2025-11-29 07:06:40 UTC") != std::string::npos);
  CHECK(page.find("<dt>namespace<dd>shop") != std::string::npos);
  CHECK(page.find("<p id=verdict class=ok><b>complete</b>") != std::string::npos);
  CHECK(page_of({"gallery", gallery::tell}, gallery::plan(),
                {.rows_each = 7, .interleave = true}) == page);
}

TEST_CASE("the gallery's hostile table stays data") {
  const std::string page = page_of({"hostile", gallery::hostile}, nullptr);
  keep("hostile.html", page);
  CHECK(count(page, "<script") == 3);  // the page's facts, D3, and what draws
  CHECK(count(page, "</script") == 3);
  CHECK(count(page, "<noscript") == 1);
  CHECK(count(page, "</noscript") == 1);
  CHECK(count(page, "<img") == 0);
  CHECK(page.find('\0') == std::string::npos);
  CHECK(page.find('\x1b') == std::string::npos);
  CHECK(page.find("\xe2\x80\xa8") == std::string::npos);
  CHECK(page.find("\xe2\x80\xae") == std::string::npos);
  CHECK(page.find(std::string(200'000, 'x') + "&lt;end&gt;") != std::string::npos);
  CHECK(count(page, "\n<tr>") == 7);
}

TEST_CASE("cells of a page are in one unit a column, times go on where they change") {
  const Story story{"units", [](gallery::Tables& tables) {
                      gallery::add(tables, "t")
                          .column("time_", DataType::kTime64Ns)
                          .column("latency", DataType::kInt64, SemanticType::kDurationNs)
                          .column("share", DataType::kFloat64, SemanticType::kPercent)
                          .column("rate", DataType::kFloat64, SemanticType::kThroughputPerNs)
                          .column("quantiles", DataType::kString,
                                  SemanticType::kDurationNsQuantiles)
                          .column("link", DataType::kString, SemanticType::kScriptReference)
                          .column("state", DataType::kString, SemanticType::kPodStatus)
                          .row(Time64{gallery::kMorning}, 1'250'000, 0.125, 2.5e-6,
                               R"({"p99":8e6,"p50":1250000})",
                               R"({"label":"a","script":"px/pod","args":{"pod":"x"}})",
                               R"({"phase":"Failed","reason":"OOM","message":"m"})")
                          .row(Time64{gallery::kMorning + 500'000'001}, -1, 1.0, 0.0, "broken",
                               "broken", "broken")
                          .row(Time64{gallery::kMorning + 60 * gallery::kSecond}, 7'000'000, 0.0,
                               1e-9, "{}", "{}", "{}");
                    }};
  const std::string page = page_of(story, nullptr);
  CHECK(page.find("<th>latency <small>ms</small>") != std::string::npos);
  CHECK(page.find("\n<tr><td>2025-11-29 07:06:40<td>1.25<td>12.5<td>2500<td>p50=1.25 p99=8"
                  "<td>a → px/pod pod=x<td>Failed: OOM, m\n") != std::string::npos);
  CHECK(page.find(
            "\n<tr><td>:40.500000001<td>-0.000001<td>100<td>0<td>broken<td>broken<td>broken\n") !=
        std::string::npos);
  CHECK(page.find("\n<tr><td>2025-11-29 07:07:40<td>7<td>0<td>1<td>{}<td>{}<td>{}\n") !=
        std::string::npos);
}

TEST_CASE("a page of a result that was cut says so, with the rows that came") {
  Story story{"cut", gallery::latency, Status(Code::kIncomplete, "stream <lost>")};
  const std::string page = page_of(story, nullptr);
  CHECK(page.find("<p id=verdict class=bad><b>INCOMPLETE</b>") != std::string::npos);
  CHECK(page.find("stream &lt;lost&gt;") != std::string::npos);
  CHECK(count(page, "\n<tr>") == 60);
  // A page that ends in the middle says so too: only a verdict hides that line.
  CHECK(page.find("<p class=cut><b>INCOMPLETE</b>") < page.find("id=verdict"));
}

TEST_CASE("a page without tables or rows is a page") {
  CHECK(page_of({"none"}, nullptr).find("id=verdict class=ok") != std::string::npos);
  const auto empty = [](gallery::Tables& tables) {
    gallery::add(tables, "t").column("time_", DataType::kTime64Ns).column("n", DataType::kInt64);
  };
  const std::string page = page_of({"empty", empty}, nullptr);
  CHECK(page.find("<th>time_ <small>UTC</small><th>n<tbody>\n</table>") != std::string::npos);
}

TEST_CASE("the scripts of a page can stand in one") {
  for (const std::string_view part : {html::page_style(), html::page_script(), html::d3_script()}) {
    CHECK(part.size() > 1000);
    CHECK(part.find("</script") == std::string_view::npos);
    CHECK(part.find("</style") == std::string_view::npos);
    CHECK(part.find("<!--") == std::string_view::npos);
  }
  CHECK(html::d3_script().find("Mike Bostock") != std::string_view::npos);
}

TEST_CASE("a page of fifty thousand points is small enough to be sent by mail") {
  const auto points = [](gallery::Tables& tables) {
    for (int t = 0; t < 10; ++t) {
      TableBuilder& table = gallery::add(tables, "t" + std::to_string(t))
                                .column("time_", DataType::kTime64Ns)
                                .column("p50", DataType::kFloat64, SemanticType::kDurationNs)
                                .column("p90", DataType::kFloat64, SemanticType::kDurationNs)
                                .column("p99", DataType::kFloat64, SemanticType::kDurationNs)
                                .column("rate", DataType::kFloat64, SemanticType::kThroughputPerNs)
                                .column("rss", DataType::kInt64, SemanticType::kBytes);
      for (int i = 0; i < 1000; ++i) {
        const double wave = 1 + std::sin(i / 31.0 + t);
        table.row(Time64{gallery::kMorning + i * 10 * gallery::kSecond}, 1e6 * wave, 3.1e6 * wave,
                  9.7e6 * wave, 4e-8 * wave, int64_t{i} << 20);
      }
    }
  };
  const std::string page = page_of({"points", points}, nullptr);
  keep("points.html", page);
  CHECK(page.size() < 1'500'000);
}

}  // namespace
}  // namespace pxq
