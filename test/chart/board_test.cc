// What the pictures of a result show, told by what vis.json asks for and what Pixie's page does.
#include "chart/board.h"

#include <catch2/catch.hpp>

#include "fake/batch_builder.h"

namespace pxq::chart {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kStart = 1'764'400'000 * kSecond;

WidgetPlan plan_of(std::string kind, std::string spec, std::string table = "t") {
  return {.title = "a widget",
          .table = std::move(table),
          .kind = std::move(kind),
          .spec = std::move(spec),
          .grid = {.x = 0, .y = 0, .width = 6, .height = 3}};
}

std::vector<Picture> draw(const PagePlan& plan, const std::vector<const TableBuilder*>& tables,
                          size_t rows_each = 3, Besides besides = Besides::kPicturesAndRows) {
  Board board(&plan, besides);
  for (const TableBuilder* table : tables) {
    board.begin(table->schema(), table->schema().name);
    for (const RowBatch& batch : table->batches(rows_each)) board.rows(table->schema(), batch);
  }
  return board.finish();
}

Picture draw_one(const std::string& kind, const std::string& spec, const TableBuilder& table) {
  const PagePlan plan{.widgets = {plan_of(kind, spec)}};
  std::vector<Picture> pictures = draw(plan, {&table});
  REQUIRE(pictures.size() == 1);
  INFO(pictures[0].note);
  CHECK(pictures[0].kind == kind);
  return pictures[0];
}

TEST_CASE("a time series by a column is one line a value, without the first and last step") {
  TableBuilder table("t");
  table.column("time_", DataType::kTime64Ns)
      .column("service", DataType::kString)
      .column("rate", DataType::kFloat64, SemanticType::kThroughputPerNs);
  for (int i = 0; i < 5; ++i) {
    table.row(Time64{kStart + i * kSecond}, "cart", 1.0 * i)
        .row(Time64{kStart + i * kSecond}, "shop", 9.0);
  }
  const Picture picture = draw_one(
      "TimeseriesChart",
      R"({"timeseries":[{"value":"rate","series":"service","mode":"MODE_AREA","stackBySeries":true}],
          "yAxis":{"label":"requests"},"title":"By service"})",
      table);
  CHECK(picture.title == "By service");
  const Lines lines = std::get<Lines>(picture.drawing);
  CHECK(lines.stacked);
  CHECK(lines.y.label == "requests");
  CHECK(lines.y.quantity == Quantity::kRate);
  REQUIRE(lines.series.size() == 2);
  CHECK(lines.series[0].name == "cart");  // the larger one stands on top of the stack
  CHECK(lines.series[1].name == "shop");
  CHECK(lines.series[0].mode == Lines::Mode::kArea);
  REQUIRE(lines.series[0].points.size() == 3);
  CHECK(lines.series[0].points.front().ns == kStart + kSecond);
  CHECK(lines.series[0].points.back().value == 3.0);
  CHECK(lines.from == kStart + kSecond);
  CHECK(lines.to == kStart + 3 * kSecond);
}

TEST_CASE("a time series of several columns is a line each; two steps are both kept") {
  TableBuilder table("t");
  table.column("time_", DataType::kTime64Ns)
      .column("p50", DataType::kInt64, SemanticType::kDurationNs)
      .column("p99", DataType::kInt64, SemanticType::kDurationNs);
  table.row(Time64{kStart + kSecond}, 5, 50).row(Time64{kStart}, 4, 40);
  const Picture picture = draw_one(
      "TimeseriesChart",
      R"({"timeseries":[{"value":"p50","mode":"MODE_LINE"},{"value":"outputs[0].p99","mode":"MODE_POINT"}]})",
      table);
  const Lines lines = std::get<Lines>(picture.drawing);
  REQUIRE(lines.series.size() == 2);
  CHECK(lines.series[1].name == "p99");
  CHECK(lines.series[1].mode == Lines::Mode::kPoint);
  REQUIRE(lines.series[0].points.size() == 2);
  CHECK(lines.series[0].points[0].value == 4);  // in the order of time
}

TEST_CASE("a time series of any length is kept in bounded memory and keeps its shape") {
  TableBuilder table("t");
  table.column("time_", DataType::kTime64Ns).column("n", DataType::kFloat64);
  constexpr int kRows = 700'000;
  for (int i = 0; i < kRows; ++i) table.row(Time64{kStart + i * 1000}, i < kRows / 2 ? 1.0 : 3.0);
  const PagePlan plan{.widgets = {plan_of("TimeseriesChart", R"({"timeseries":[{"value":"n"}]})")}};
  const Lines lines = std::get<Lines>(draw(plan, {&table}, 4096)[0].drawing);
  CHECK(lines.thinned);
  CHECK(lines.series[0].points.size() < 530'000);
  CHECK(lines.series[0].points.size() > 1000);
  CHECK(lines.series[0].points.front().value == Approx(1));
  CHECK(lines.series[0].points.back().value == Approx(3));
  CHECK(lines.series[0].mean == Approx(2).margin(0.001));
}

TEST_CASE("a histogram joins counted bins to fewer, of a nice width") {
  TableBuilder table("t");
  table.column("latency_ms", DataType::kInt64).column("count", DataType::kInt64);
  for (int i = 0; i < 20; ++i) table.row(i * 50, 2);
  const Picture picture = draw_one(
      "HistogramChart",
      R"({"histogram":{"value":"latency_ms","prebinCount":"count","maxbins":"10","minstep":100}})",
      table);
  const Bars bars = std::get<Bars>(picture.drawing);
  CHECK(bars.bins);
  REQUIRE(bars.bars.size() == 10);
  CHECK(bars.bars[0].from == 0);
  CHECK(bars.bars[0].to == 100);
  CHECK(bars.bars[9].to == 1000);
  for (const Bars::Bar& bar : bars.bars) CHECK(bar.value == 4);
}

TEST_CASE("a histogram of values counts them") {
  TableBuilder table("t");
  table.column("n", DataType::kFloat64);
  for (int i = 0; i < 10; ++i) table.row(0.1 * i);
  const Bars bars =
      std::get<Bars>(draw_one("HistogramChart", R"({"histogram":{"value":"n"}})", table).drawing);
  CHECK(bars.bars.size() == 10);
  CHECK(bars.bars[7].value == 1);
}

TEST_CASE("bars add up what has one label, and lie unless asked to stand") {
  TableBuilder table("t");
  table.column("service", DataType::kString)
      .column("n", DataType::kInt64)
      .column("code", DataType::kString);
  table.row("b", 1, "x").row("a", 2, "x").row("b", 4, "x").row("b", 8, "y");
  const Picture plain = draw_one("BarChart", R"({"bar":{"value":"n","label":"service"}})", table);
  const Bars bars = std::get<Bars>(plain.drawing);
  CHECK(bars.horizontal);
  REQUIRE(bars.bars.size() == 2);
  CHECK(bars.bars[0].label == "a");
  CHECK(bars.bars[1].value == 13);
  const Bars stacked = std::get<Bars>(
      draw_one("BarChart",
               R"({"bar":{"value":"n","label":"service","stackBy":"code","horizontal":false}})",
               table)
          .drawing);
  CHECK_FALSE(stacked.horizontal);
  REQUIRE(stacked.bars.size() == 3);
  CHECK(stacked.bars[2].stack == "y");
  CHECK(stacked.bars[2].value == 8);
}

TEST_CASE("a flame graph folds stacks below their pod and process") {
  TableBuilder table("t");
  table.column("stack_trace", DataType::kString)
      .column("count", DataType::kInt64)
      .column("percent", DataType::kFloat64)
      .column("pod", DataType::kString)
      .column("cmdline", DataType::kString);
  table.row("main;work;[k] read", 60, 30.0, "shop/cart", "cart")
      .row("main;work", 30, 15.0, "shop/cart", "cart")
      .row("main;idle", 10, 5.0, "shop/cart", "cart")
      .row("", 1, 1.0, "", "");
  const Picture picture = draw_one(
      "StackTraceFlameGraph",
      R"({"stacktraceColumn":"stack_trace","countColumn":"count","percentageColumn":"percent",
          "podColumn":"pod","pidColumn":"cmdline","namespaceColumn":"namespace"})",
      table);
  const Flame flame = std::get<Flame>(picture.drawing);
  CHECK(flame.has_percent);
  CHECK(flame.root.count == 101);
  REQUIRE(flame.root.children.size() == 2);
  const Flame::Frame& pod = flame.root.children[0];
  CHECK(pod.name == "shop/cart");
  CHECK(pod.family == Flame::Family::kCluster);
  const Flame::Frame& main = pod.children.at(0).children.at(0);
  CHECK(main.name == "main");
  CHECK(main.count == 100);
  CHECK(main.percent == 50);
  CHECK(main.self == 0);
  const Flame::Frame& work = main.children.at(0);
  CHECK(work.self == 30);
  CHECK(work.children.at(0).family == Flame::Family::kKernel);
}

TEST_CASE("frames with few samples are hidden only where there are many") {
  TableBuilder table("t");
  table.column("stack", DataType::kString).column("n", DataType::kInt64);
  table.row("a", 2000).row("b", 5).row("c", 6);
  const std::string spec = R"({"stacktraceColumn":"stack","countColumn":"n"})";
  const Flame flame = std::get<Flame>(draw_one("StackTraceFlameGraph", spec, table).drawing);
  CHECK(flame.root.children.size() == 2);
  CHECK(flame.frames_left_out == 1);
}

TEST_CASE("a graph has an edge a row, coloured by its thresholds, the heaviest first") {
  TableBuilder table("t");
  table.column("src", DataType::kString)
      .column("dst", DataType::kString)
      .column("bytes", DataType::kInt64, SemanticType::kBytes);
  table.row("a", "b", 1).row("b", "c", 60).row("a", "b", 7).row("c", "c", 50);
  const Picture picture =
      draw_one("Graph",
               R"({"adjacencyList":{"fromColumn":"src","toColumn":"dst"},"edgeWeightColumn":"bytes",
          "edgeColorColumn":"bytes","edgeThresholds":{"mediumThreshold":"5","highThreshold":"50"},
          "edgeHoverInfo":["bytes","gone"],"enableDefaultHierarchy":true})",
               table);
  const Network network = std::get<Network>(picture.drawing);
  CHECK(network.hierarchy);
  CHECK(network.weight.quantity == Quantity::kBytes);
  REQUIRE(network.views.size() == 1);
  const Network::View& view = network.views[0];
  CHECK(view.nodes == std::vector<std::string>{"b", "c", "a"});
  REQUIRE(view.edges.size() == 4);
  CHECK(view.edges[0].weight == 60);
  CHECK(view.edges[0].level == Network::Level::kHigh);
  CHECK(view.edges[1].level == Network::Level::kMedium);
  CHECK(view.edges[3].level == Network::Level::kLow);
  REQUIRE(view.edges[0].facts.size() == 1);
  CHECK(view.edges[0].facts[0].value == 60);
}

TEST_CASE("a request graph joins the rows of an edge, by service and by pod") {
  TableBuilder table("t");
  for (const char* name :
       {"requestor_pod", "responder_pod", "requestor_service", "responder_service"}) {
    table.column(name, DataType::kString);
  }
  table.column("p50", DataType::kFloat64, SemanticType::kDurationNs)
      .column("errors", DataType::kFloat64, SemanticType::kPercent)
      .column("rps", DataType::kFloat64, SemanticType::kThroughputPerNs)
      .column("in", DataType::kFloat64, SemanticType::kThroughputBytesPerNs);
  table.row("a-1", "b-1", "a", "b", 5.0, 0.0, 3.0, 10.0)
      .row("a-2", "b-1", "a", "b", 9.0, 0.4, 1.0, 1.0)
      .row("a-1", "", "a", "", 1.0, 0.0, 1.0, 2.0);
  const Picture picture =
      draw_one("RequestGraph",
               R"({"requestorPodColumn":"requestor_pod","responderPodColumn":"responder_pod",
          "requestorServiceColumn":"requestor_service","responderServiceColumn":"responder_service",
          "p50Column":"p50","errorRateColumn":"errors","requestsPerSecondColumn":"rps",
          "inboundBytesPerSecondColumn":"in"})",
               table);
  const Network network = std::get<Network>(picture.drawing);
  REQUIRE(network.views.size() == 2);
  const Network::View& services = network.views[0];
  CHECK(services.name == "services");
  REQUIRE(services.edges.size() == 2);
  const Network::Edge& first = services.edges[0];
  CHECK(services.nodes[first.from] == "a");
  CHECK(services.nodes[first.to] == "b");
  CHECK(first.weight == 11);
  CHECK(first.level == Network::Level::kHigh);
  REQUIRE(first.facts.size() == 4);
  CHECK(first.facts[0].value == 4);            // requests add up
  CHECK(first.facts[1].value == Approx(0.1));  // errors are those of all requests
  CHECK(first.facts[2].value == 9);            // the worst latency
  CHECK(services.nodes[services.edges[1].to] == "unknown");
  CHECK(network.views[1].edges.size() == 3);
}

TEST_CASE("a display that does not fit its table shows the rows and says why") {
  TableBuilder table("t");
  table.column("time_", DataType::kTime64Ns).column("name", DataType::kString).row(Time64{1}, "x");
  const struct {
    const char* kind;
    const char* spec;
    const char* note;
  } kCases[] = {
      {"TimeseriesChart", R"({"timeseries":[{"value":"gone"}]})", "column 'gone'"},
      {"TimeseriesChart", R"({"timeseries":[{"value":"name"}]})", "no numbers"},
      {"TimeseriesChart", "{}", "no timeseries"},
      {"TimeseriesChart", "not json", "no timeseries"},
      {"HistogramChart", R"({"histogram":7})", "no value"},
      {"BarChart", "{}", "no value"},
      {"Graph", "{}", "no fromColumn"},
      {"RequestGraph", "{}", "no pod"},
      {"StackTraceFlameGraph", R"({"stacktraceColumn":"name"})", "no countColumn"},
      {"VegaChart", "{}", "draws no VegaChart"},
  };
  for (const auto& each : kCases) {
    INFO(each.kind << " " << each.spec);
    const PagePlan plan{.widgets = {plan_of(each.kind, each.spec)}};
    const std::vector<Picture> pictures = draw(plan, {&table});
    REQUIRE(pictures.size() == 1);
    CHECK(pictures[0].kind == "Table");
    CHECK(pictures[0].note.find(each.note) != std::string::npos);
    CHECK(std::holds_alternative<Rows>(pictures[0].drawing));
  }
}

TEST_CASE("widgets come in the order of vis.json, then tables that none shows, each with a place") {
  TableBuilder first("zebra"), second("flow[0]"), third("flow[1]");
  for (TableBuilder* table : {&first, &second, &third}) table->column("n", DataType::kInt64).row(1);
  PagePlan plan{.widgets = {plan_of("Table", R"({"gutterColumn":"n"})", "flow"),
                            plan_of("Table", "{}", "zebra"), plan_of("Table", "{}", "missing")}};
  plan.widgets[1].grid = {};
  plan.widgets[2].grid.x = 6;
  const std::vector<Picture> pictures = draw(plan, {&first, &third, &second});
  REQUIRE(pictures.size() == 4);
  CHECK(pictures[0].table == "flow[0]");
  CHECK(std::get<Rows>(pictures[0].drawing).gutter == 0);
  CHECK(pictures[1].table == "zebra");
  CHECK(pictures[1].grid == Grid{.x = 0, .y = 3, .width = 12, .height = 2});  // one row
  CHECK(pictures[2].note == "the result has no table 'missing'");
  CHECK(pictures[3].table == "flow[1]");
  CHECK(pictures[3].grid.y == 5);
}

TEST_CASE("widgets move up into gaps and none covers another") {
  TableBuilder table("t");
  table.column("n", DataType::kInt64).row(1);
  PagePlan plan{
      .widgets = {plan_of("Table", "{}"), plan_of("Table", "{}"), plan_of("Table", "{}")}};
  plan.widgets[0].grid = {.x = 0, .y = 2, .width = 6, .height = 3};
  plan.widgets[1].grid = {.x = 4, .y = 3, .width = 8, .height = 2};
  plan.widgets[2].grid = {.x = 0, .y = 12, .width = 12, .height = 9};
  const std::vector<Picture> pictures = draw(plan, {&table});
  CHECK(pictures[0].grid.y == 0);
  CHECK(pictures[1].grid.y == 3);
  CHECK(pictures[2].grid.y == 5);
}

TEST_CASE("without vis.json a table with times and numbers is drawn over time") {
  TableBuilder events("http_events");
  events.column("time_", DataType::kTime64Ns)
      .column("remote_port", DataType::kInt64, SemanticType::kPort)
      .column("req_method", DataType::kString, SemanticType::kHttpReqMethod)
      .column("resp_status", DataType::kInt64, SemanticType::kHttpRespStatus)
      .column("resp_body_size", DataType::kInt64, SemanticType::kBytes)
      .column("latency", DataType::kInt64, SemanticType::kDurationNs)
      .column("pod", DataType::kString, SemanticType::kPodName)
      .row(Time64{1}, 80, "GET", 200, 7, 12, "a")
      .row(Time64{2}, 80, "GET", 200, 7, 13, "b");
  TableBuilder plain("plain");
  plain.column("name", DataType::kString).column("n", DataType::kInt64).row("x", 1);
  const PagePlan none;
  std::vector<Picture> pictures = draw(none, {&plain, &events});
  REQUIRE(pictures.size() == 3);
  CHECK(pictures[0].kind == "TimeseriesChart");
  const Lines lines = std::get<Lines>(pictures[0].drawing);
  CHECK(lines.y.label == "latency");
  REQUIRE(lines.series.size() == 2);  // by pod
  CHECK(lines.series[0].mode == Lines::Mode::kPoint);
  CHECK(pictures[1].kind == "Table");
  CHECK(pictures[1].table == "http_events");
  CHECK(pictures[2].table == "plain");
  pictures = draw(none, {&plain, &events}, 3, Besides::kPictures);
  REQUIRE(pictures.size() == 2);
  CHECK(pictures[0].kind == "TimeseriesChart");
  CHECK(pictures[1].kind == "Table");
}

TEST_CASE("without vis.json quantiles are boxes") {
  TableBuilder table("services");
  table.column("service", DataType::kString, SemanticType::kServiceName)
      .column("latency", DataType::kString, SemanticType::kDurationNsQuantiles)
      .row("cart", R"({"p01":1,"p10":2,"p25":3,"p50":4,"p75":5,"p90":6,"p99":9})")
      .row("shop", R"({"p50":40,"p99":90})")
      .row("none", "broken");
  const std::vector<Picture> pictures = draw({}, {&table}, 2, Besides::kPictures);
  REQUIRE(pictures.size() == 1);
  const Boxes boxes = std::get<Boxes>(pictures[0].drawing);
  CHECK(boxes.value.quantity == Quantity::kDuration);
  REQUIRE(boxes.boxes.size() == 2);
  CHECK(boxes.boxes[0].label == "cart");
  CHECK(boxes.boxes[0].low == 1);
  CHECK(boxes.boxes[0].box_low == 3);
  CHECK(boxes.boxes[0].middle == 4);
  CHECK(boxes.boxes[0].box_high == 5);
  CHECK(boxes.boxes[0].high == 9);
  CHECK(boxes.boxes[1].low == 40);
}

}  // namespace
}  // namespace pxq::chart
