// Pages as a browser shows them: Debian's Chromium draws them and tells what became of the
// document.
#include <unistd.h>
#include <catch2/catch.hpp>

#include <fstream>

#include "fake/process.h"
#include "fake/temp_dir.h"
#include "format/gallery.h"
#include "format/html/page_parts.h"

namespace pxq {
namespace {

constexpr const char* kChromium = "/usr/bin/chromium";

std::string page_of(const Story& story, std::shared_ptr<const chart::PagePlan> plan) {
  FormatOptions options;
  options.page = std::move(plan);
  return play(story, *find_format("html"), options).text;
}

struct Shown {
  std::string document;  // as it stands after all scripts ran
  std::string console;   // what the browser had to say
};

Shown show(const std::string& page) {
  const fake::TempDir home;
  const std::string path = home.write("page.html", page);
  fake::Command command;
  command.program = kChromium;
  command.environment["HOME"] = home.path();
  command.arguments = {"--headless",
                       "--no-sandbox",
                       "--disable-gpu",
                       "--disable-dev-shm-usage",
                       "--window-size=1400,1600",
                       "--enable-logging=stderr",
                       "--v=0",
                       "--virtual-time-budget=5000",
                       "--dump-dom",
                       "file://" + path};
  fake::ProcessResult result = fake::run(command);
  std::string console;
  for (size_t at = 0; (at = result.err.find("CONSOLE", at)) != std::string::npos; ++at) {
    console += result.err.substr(at, result.err.find('\n', at) - at) + '\n';
  }
  return {std::move(result.out), std::move(console)};
}

// With a script of ours that acts as a person would and tells by data-seen what it saw. The page's
// own policy lets nothing of the kind in, so it is taken out first.
std::string acted_on(std::string page, const std::string& script) {
  const std::string policy = html::content_policy();
  page.replace(page.find(policy), policy.size(), "script-src 'unsafe-inline'");
  return page + "<script>const seen = (() => {" + script +
         "})(); document.documentElement.dataset.seen = seen;</script>";
}

size_t count(std::string_view text, std::string_view part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

std::vector<std::string> widgets_of(const std::string& document) {
  std::vector<std::string> widgets;
  size_t at = document.find("<section class=\"widget");
  while (at != std::string::npos) {
    const size_t next = document.find("<section class=\"", at + 1);
    widgets.push_back(document.substr(at, next - at));
    at = document.find("<section class=\"widget", at + 1);
  }
  return widgets;
}

bool no_browser() {
  if (::access(kChromium, X_OK) == 0) return false;
  WARN("not tested: no Chromium here");
  return true;
}

TEST_CASE("every widget of the gallery has its marks and the console is silent") {
  if (no_browser()) return;
  const Shown shown = show(page_of({"gallery", gallery::tell}, gallery::plan()));
  CHECK(shown.console.empty());
  INFO(shown.console);
  const std::vector<std::string> widgets = widgets_of(shown.document);
  REQUIRE(widgets.size() == gallery::plan()->widgets.size());
  const size_t kMarks[] = {3, 4, 6 + 7, 20, 20, 10, 10, 9 + 8, 24, 20};
  for (size_t i = 0; i < widgets.size(); ++i) {
    INFO(gallery::plan()->widgets[i].title);
    CHECK(widgets[i].find(gallery::plan()->widgets[i].title) != std::string::npos);
    CHECK(count(widgets[i], "mark") >= kMarks[i]);
    CHECK(widgets[i].find("NaN") == std::string::npos);
  }
}

TEST_CASE("hostile cells are shown and do nothing") {
  if (no_browser()) return;
  const Shown shown = show(page_of({"hostile", gallery::hostile}, nullptr));
  CHECK(shown.console.empty());
  INFO(shown.console);
  CHECK(shown.document.find("<title>pxq</title>") != std::string::npos);
  CHECK(shown.document.find("&lt;/script&gt;&lt;script&gt;document.title = 'owned'") !=
        std::string::npos);
  CHECK(count(shown.document, "<tr class=\"mark\">") == 7);
  CHECK(shown.document.find("&amp;lt;not decoded twice&amp;gt;") != std::string::npos);
}

TEST_CASE("a page without rows, and one that was cut, are drawn") {
  if (no_browser()) return;
  const auto empty = [](gallery::Tables& tables) {
    gallery::add(tables, "t").column("time_", DataType::kTime64Ns).column("n", DataType::kInt64);
  };
  Shown shown = show(page_of({"empty", empty}, nullptr));
  CHECK(shown.console.empty());
  CHECK(shown.document.find("No values") != std::string::npos);
  shown =
      show(page_of({"cut", gallery::latency, Status(Code::kIncomplete, "lost")}, gallery::plan()));
  CHECK(shown.console.empty());
  CHECK(count(shown.document, "class=\"note\">the result has no table") == 9);
  CHECK(shown.document.find("INCOMPLETE") != std::string::npos);
}

TEST_CASE("a table is sorted by its column, filtered and opened") {
  if (no_browser()) return;
  const std::string page = page_of({"gallery", gallery::tell}, gallery::plan());
  const Shown shown = show(acted_on(page, R"(
    const card = [...document.querySelectorAll('.widget')].find((one) => one.textContent.startsWith('Pods'));
    const first = () => card.querySelector('tr.mark').textContent;
    const heads = [...card.querySelectorAll('th button')];
    heads.find((head) => head.textContent.startsWith('rss')).click();
    const largest = first();
    heads.find((head) => head.textContent.startsWith('rss')).click();
    const least = first();
    const filter = card.querySelector('input');
    filter.value = '1259';
    filter.dispatchEvent(new Event('input'));
    const found = card.querySelectorAll('tr.mark').length + ' ' + card.querySelector('.count').textContent;
    card.querySelector('tr.mark').click();
    const detail = document.querySelector('dialog[open]').textContent;
    return [largest.includes('290 MiB'), least.includes('37.0 MiB'), found, detail.includes('OOMKilled')].join('|');
  )"));
  CHECK(shown.document.find("data-seen=\"true|true|1 1 of 24 rows|true\"") != std::string::npos);
  CHECK(shown.console.empty());
}

TEST_CASE("time series tell their values, leave one series alone and zoom together") {
  if (no_browser()) return;
  const std::string page = page_of({"gallery", gallery::tell}, gallery::plan());
  const Shown shown = show(acted_on(page, R"(
    const [latency, requests] = document.querySelectorAll('.widget.lines');
    const box = latency.querySelector('.overlay').getBoundingClientRect();
    const over = new MouseEvent('mousemove', { bubbles: true, clientX: box.left + box.width / 2, clientY: box.top + 20, view: window });
    latency.querySelector('.overlay').dispatchEvent(over);
    const tip = document.querySelector('.tip').textContent;
    const rules = document.querySelectorAll('.rule[visibility=visible]').length;
    latency.querySelector('.legend button').click();
    const alone = latency.querySelectorAll('.line.mark').length;
    latency.querySelector('.legend button').click();
    const all = latency.querySelectorAll('.line.mark').length;
    const path = () => requests.querySelector('.area.mark').getAttribute('d').split('L')[5];
    const before = path();
    const at = (type, x, target) => target.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, clientX: x, clientY: box.top + 20, view: window, button: 0 }));
    at('mousedown', box.left + 50, latency.querySelector('.overlay'));
    at('mousemove', box.left + 150, window);
    at('mouseup', box.left + 150, window);
    const zoomed = path() !== before;
    at('dblclick', box.left + 60, latency.querySelector('.overlay'));
    return [/latency_p99\d+\.?\d* ms/.test(tip), rules, alone, all, zoomed, path() === before].join('|');
  )"));
  CHECK(shown.document.find("data-seen=\"true|2|1|3|true|true\"") != std::string::npos);
  CHECK(shown.console.empty());
}

TEST_CASE(
    "no time along a chart is cut at its edge, and boxes in cells leave room for their figures") {
  if (no_browser()) return;
  const auto tell = [](gallery::Tables& tables) {
    auto& table = gallery::add(tables, "t").column("time_", DataType::kTime64Ns);
    table.column("n", DataType::kInt64);
    table.column("latency", DataType::kString, SemanticType::kDurationNsQuantiles);
    for (int64_t i = 0; i <= 300; ++i) {
      table.row(Time64{i * 1'000'000'000}, i, R"({"p01":1,"p50":111300000,"p99":2111000000})");
    }
  };
  const Shown shown = show(acted_on(page_of({"edge", tell}, nullptr), R"(
    const labels = [...document.querySelectorAll('.widget.lines .axis .tick text')];
    const card = document.querySelector('.widget.lines svg').getBoundingClientRect();
    const inside = labels.every((one) => one.getBoundingClientRect().right <= card.right + 0.5);
    const cells = [...document.querySelectorAll('tr.mark td')].filter((one) => one.textContent.includes('p99'));
    const whole = cells.every((one) => one.scrollWidth <= one.clientWidth);
    return [labels.length > 5, inside, cells.length > 3, whole].join('|');
  )"));
  CHECK(shown.document.find("data-seen=\"true|true|true|true\"") != std::string::npos);
  CHECK(shown.console.empty());
}

TEST_CASE("graphs change what they tell of, and a flame graph goes into a frame") {
  if (no_browser()) return;
  const std::string page = page_of({"gallery", gallery::tell}, gallery::plan());
  const Shown shown = show(acted_on(page, R"(
    const graph = document.querySelector('.widget.network');
    const services = graph.querySelectorAll('.edge').length;
    [...graph.querySelectorAll('button')].find((one) => one.textContent === 'By pods').click();
    const pods = graph.querySelectorAll('.edge').length;
    [...graph.querySelectorAll('button')].find((one) => one.textContent === 'Layers').click();
    const places = new Set([...graph.querySelectorAll('.node')].map((node) => node.getAttribute('transform'))).size;
    const flame = document.querySelector('.widget.flame');
    const frames = flame.querySelectorAll('.frame').length;
    const gc = [...flame.querySelectorAll('.frame')].find((one) => one.textContent.startsWith('runtime'));
    gc.dispatchEvent(new MouseEvent('click', { bubbles: true, view: window }));
    const inside = flame.querySelectorAll('.frame').length;
    const search = flame.querySelector('input');
    search.value = 'sweep';
    search.dispatchEvent(new Event('input'));
    return [services, pods, places > 6, frames > 20, inside < frames, flame.querySelectorAll('.found').length].join('|');
  )"));
  CHECK(shown.document.find("data-seen=\"6|12|true|true|true|1\"") != std::string::npos);
  CHECK(shown.console.empty());
}

TEST_CASE("a hundred thousand rows are in the page and only those in sight in the document") {
  if (no_browser()) return;
  const auto many = [](gallery::Tables& tables) {
    TableBuilder& table =
        gallery::add(tables, "http_events")
            .column("time_", DataType::kTime64Ns)
            .column("service", DataType::kString, SemanticType::kServiceName)
            .column("req_path", DataType::kString)
            .column("resp_status", DataType::kInt64, SemanticType::kHttpRespStatus)
            .column("latency", DataType::kInt64, SemanticType::kDurationNs);
    for (int i = 0; i < 100'000; ++i) {
      table.row(Time64{gallery::kMorning + i * 3'000'000LL},
                i % 3 == 0 ? "shop/cart" : "shop/front", "/api/v1/items/" + std::to_string(i),
                i % 50 == 0 ? 503 : 200, 1'000'000 + i * 37);
    }
  };
  const std::string page = page_of({"many", many}, nullptr);
  CHECK(page.size() < 9'000'000);
  const Shown shown = show(page);
  CHECK(shown.console.empty());
  CHECK(shown.document.find("100,000 rows") != std::string::npos);
  CHECK(count(shown.document, "<tr class=\"mark\">") < 60);
  CHECK(count(shown.document, "class=\"dots mark\"") == 2);
}

}  // namespace
}  // namespace pxq
