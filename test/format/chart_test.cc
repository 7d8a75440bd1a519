// Pictures for a terminal as an SRE sees them, at three widths, with and without colours and signs.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "format/gallery.h"
#include "places.h"
#include "text/width.h"

namespace pxq {
namespace {

std::string golden_path(const std::string& name) {
  return std::string(PXQ_TEST_DATA) + "/golden/screens/" + name;
}

std::string golden(const std::string& name) {
  std::ifstream file(golden_path(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string without_colors(std::string text) {
  for (size_t at = text.find('\x1b'); at != std::string::npos; at = text.find('\x1b', at)) {
    text.erase(at, text.find('m', at) + 1 - at);
  }
  return text;
}

std::string drawn(const Story& story, FormatOptions options, const Cut& cut = {}) {
  return play(story, *find_format("chart"), options, cut).text;
}

void check_widths(const std::string& text, size_t width) {
  const std::string plain = without_colors(text);
  for (size_t start = 0; start < plain.size();) {
    const size_t end = plain.find('\n', start);
    INFO(plain.substr(start, end - start));
    CHECK(display_width(plain.substr(start, end - start)) <= width);
    start = end + 1;
  }
}

void check_golden(const std::string& name, const std::string& text) {
  if (std::getenv("PXQ_APPROVE") != nullptr) {
    std::ofstream(golden_path(name), std::ios::binary) << text;
  }
  INFO(name);
  CHECK(text == golden(name));
}

TEST_CASE("the gallery in a terminal of 80, 100 and 200 columns") {
  for (const int width : {80, 100, 200}) {
    FormatOptions options;
    options.page = gallery::plan();
    options.width = width;
    const std::string text = drawn({"gallery", gallery::tell}, options);
    check_golden("gallery_" + std::to_string(width) + ".txt", text);
    check_widths(text, static_cast<size_t>(width));
    CHECK(text.find('\x1b') == std::string::npos);
  }
}

// In the Live UI each has a card of its own.
TEST_CASE("widgets that show rows have their names above them, and the second of a table too") {
  const auto tell = [](gallery::Tables& tables) {
    gallery::add(tables, "pods").column("pod", DataType::kString).row("cart").row("mail");
  };
  auto plan = std::make_shared<chart::PagePlan>();
  plan->widgets = {{.title = "All\x1b[2J pods", .table = "pods", .kind = "Table"},
                   {.title = "Table", .table = "pods", .kind = "Table"}};
  FormatOptions options;
  options.page = plan;
  options.width = 80;
  CHECK(drawn({"rows", tell}, options) ==
        "All\\x1b[2J pods\npods: 2 rows, 1 column\npod\nstring\ncart\nmail\n\nTable: the same "
        "rows\n");
  plan->widgets.erase(plan->widgets.begin());
  CHECK(drawn({"rows", tell}, options) == "pods: 2 rows, 1 column\npod\nstring\ncart\nmail\n");
}

TEST_CASE("several columns over time have no column's name beside the title") {
  const auto tell = [](gallery::Tables& tables) {
    auto& table = gallery::add(tables, "t").column("time_", DataType::kTime64Ns);
    table.column("p50", DataType::kFloat64).column("p99", DataType::kFloat64);
    for (int i = 0; i < 5; ++i) table.row(Time64{i * 1'000'000'000LL}, 1.0, 2.0);
  };
  auto plan = std::make_shared<chart::PagePlan>();
  const std::string series = R"("timeseries": [{"value": "p50"}, {"value": "p99"}])";
  plan->widgets = {
      {.title = "Latency", .table = "t", .kind = "TimeseriesChart", .spec = "{" + series + "}"}};
  FormatOptions options;
  options.page = plan;
  options.width = 80;
  CHECK(drawn({"lines", tell}, options).starts_with("Latency\n"));
  plan->widgets[0].spec = "{" + series + R"(, "yAxis": {"label": "all quantiles"}})";
  CHECK(drawn({"lines", tell}, options).starts_with("Latency: all quantiles\n"));
}

TEST_CASE("the gallery in colours, and with ASCII alone") {
  FormatOptions options;
  options.page = gallery::plan();
  options.width = 100;
  options.color = true;
  const std::string colored = drawn({"gallery", gallery::tell}, options);
  check_golden("gallery_color.txt", colored);
  check_widths(colored, 100);
  options.color = false;
  options.ascii = true;
  options.page = nullptr;
  const auto charts = [](gallery::Tables& tables) {
    gallery::latency(tables);
    gallery::pods(tables);
  };
  check_golden("charts_ascii.txt", drawn({"charts", charts}, options));
  options.page = gallery::plan();
  const std::string text = drawn({"gallery",
                                  [](gallery::Tables& tables) {
                                    gallery::latency(tables);
                                    gallery::requests(tables);
                                    gallery::flow(tables);
                                    gallery::stacks(tables);
                                    gallery::sizes(tables);
                                    gallery::by_service(tables);
                                  }},
                                 options);
  CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c >= 0; }));
}

TEST_CASE("pictures do not show how rows came") {
  FormatOptions options;
  options.page = gallery::plan();
  const std::string whole = drawn({"gallery", gallery::tell}, options);
  CHECK(drawn({"gallery", gallery::tell}, options, {.rows_each = 1, .interleave = true}) == whole);
}

TEST_CASE("hostile cells drive no terminal in pictures") {
  const auto hostile = [](gallery::Tables& tables) {
    TableBuilder& table = gallery::add(tables, "t\x1b[2J")
                              .column("time_", DataType::kTime64Ns)
                              .column("service\x07", DataType::kString, SemanticType::kServiceName)
                              .column("n\x1b[31m", DataType::kFloat64);
    table.row(Time64{INT64_MIN}, "\x1b]0;owned\x07", -1e308)
        .row(Time64{INT64_MAX}, std::string(100'000, 'x'), 1e308)
        .row(Time64{0}, "\xff\xe2\x80\xae", std::nan(""))
        .row(Time64{1}, "", 5e-324);
  };
  FormatOptions options;
  options.width = 60;
  const std::string text = drawn({"hostile", hostile}, options);
  check_widths(text, 60);
  for (const char c : text) CHECK((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
}

TEST_CASE("what was cut is said and drawn") {
  const std::string text = drawn({"cut", gallery::latency, Status(Code::kIncomplete, "lost")}, {});
  CHECK(text.starts_with("INCOMPLETE: "));
  CHECK(text.find("latency_p99") != std::string::npos);
}

}  // namespace
}  // namespace pxq
