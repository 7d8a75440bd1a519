// The model of pxq live: keys and rows in, lines out, with no terminal and no server.

#include "live/screen.h"

#include <cmath>
#include <limits>
#include <string>

#include <catch2/catch.hpp>

#include "fake/batch_builder.h"
#include "live/row_order.h"

namespace pxq::live {
namespace {

const TableBuilder& people() {
  static TableBuilder table("people");
  if (table.num_rows() != 0) return table;
  table.column("name", DataType::kString).column("size", DataType::kFloat64);
  table.row("Ann", 2.0).row("bob", 3.0).row("\x1b[2Jeve", 1.0);
  return table;
}

TEST_CASE("Rows are ordered by value, NaN last in both directions, and new ones take their place") {
  TableBuilder table("t");
  table.column("x", DataType::kFloat64);
  table.row(2.0).row(std::nan("")).row(10.0).row(1.0);
  const TimeZone zone;
  TableRows rows(table.schema(), "t", zone);
  rows.add(table.batch(0, 3));
  RowOrder order(rows);
  const auto values = [&] {
    std::string text;
    for (size_t i = 0; i < order.size(); ++i) {
      const double value =
          std::get<Float64Column>(rows.batch(order[i].batch).columns[0])[order[i].row];
      text += std::isnan(value) ? "nan " : std::to_string(static_cast<int>(value)) + " ";
    }
    return text;
  };
  order.update();
  order.set_sort(Sort{0, true});
  CHECK(values() == "10 2 nan ");
  rows.add(table.batch(3, 1));
  order.update();
  CHECK(values() == "10 2 1 nan ");
  order.set_sort(Sort{0, false});
  CHECK(values() == "1 2 10 nan ");
  order.set_sort({});
  CHECK(values() == "2 nan 10 1 ");
}

TEST_CASE("The oldest rows of a stream go, and are seen no more") {
  TableBuilder table("t");
  table.column("n", DataType::kInt64);
  for (int64_t i = 0; i < 100; ++i) table.row(i);
  const TimeZone zone;
  TableRows rows(table.schema(), "t", zone, 30);
  RowOrder order(rows);
  for (size_t first = 0; first < 100; first += 10) {
    rows.add(table.batch(first, 10));
    order.update();
  }
  CHECK(rows.total() == 100);
  CHECK(order.size() == 30);
  TextBuffer text;
  rows.write(order[0], 0, text);
  CHECK(text.view() == "70");
}

TEST_CASE(
    "What is asked of rows after they went, and before the next look, is answered without them") {
  TableBuilder table("t");
  table.column("n", DataType::kInt64);
  for (int64_t i = 0; i < 100; ++i) table.row(i);
  const TimeZone zone;
  TableRows rows(table.schema(), "t", zone, 30);
  RowOrder order(rows);
  rows.add(table.batch(0, 30));
  order.update();
  for (size_t first = 30; first < 100; first += 10) rows.add(table.batch(first, 10));
  SECTION("sorted") { order.set_sort(Sort{0, true}); }
  SECTION("filtered") { order.set_filter("9"); }
  SECTION("searched") { CHECK_FALSE(order.find("5", 3, GENERATE(false, true))); }
  CHECK(order.size() == 0);
  order.set_filter("");
  order.set_sort(Sort{0, true});
  order.update();
  REQUIRE(order.size() == 30);
  TextBuffer text;
  rows.write(order[0], 0, text);
  CHECK(text.view() == "99");
}

struct Stage {
  const TimeZone zone{};
  const Surface surface{};
  Screen screen{surface, zone, std::chrono::seconds(5)};
  TimePoint now{std::chrono::hours(1)};

  void run(const TableBuilder& table) {
    screen.run_begins(now);
    screen.describe(nullptr, "prod", "-5m to now");
    screen.table(0, table.schema());
    screen.rows(0, table.batch(), now);
    screen.run_ended({.verdict = "complete", .good = true, .clock = "12:00:00"}, now);
  }
  void type(std::u32string_view keys) {
    for (const Key key : keys) screen.key(key, now);
  }
  std::string text(size_t width, size_t height) {
    std::string text;
    for (const Line& line : screen.draw(width, height, now).lines) text += line.text() + '\n';
    return text;
  }
};

TEST_CASE("A screen of any size has its lines, none of them too wide, on every page") {
  const std::u32string keys =
      GENERATE(as<std::u32string>(), U"", U"?", U"a", U"e", U"&bo", U"x", U"c", U"w", U"s", U"i");
  Stage stage;
  stage.screen.open(
      "px/people",
      {{.name = "who", .type = "PX_STRING", .about = {}, .value = "x", .choices = {}}});
  const TableBuilder& table = people();
  stage.run(table);
  stage.type(keys);
  for (const size_t width : {1u, 2u, 5u, 10u, 40u, 80u, 200u}) {
    for (const size_t height : {1u, 2u, 3u, 5u, 6u, 24u, 60u}) {
      CAPTURE(width, height);
      const Frame frame = stage.screen.draw(width, height, stage.now);
      CHECK(frame.lines.size() == height);
      for (const Line& line : frame.lines) {
        CHECK(line.width() <= width);
        CHECK(line.text().find('\x1b') == std::string::npos);
      }
      if (frame.cursor) CHECK((frame.cursor->x < width && frame.cursor->y < height));
    }
  }
}

TEST_CASE("The next run is seen as the one before: filter, order and column stay") {
  Stage stage;
  stage.screen.open("px/people", {});
  const TableBuilder& table = people();
  stage.run(table);
  stage.text(80, 24);
  stage.type(std::u32string{kRight, U's'});
  stage.type(U"&b\r");
  CHECK_THAT(stage.text(80, 24), Catch::Contains("bob") && !Catch::Contains("Ann"));
  stage.run(table);
  CHECK_THAT(stage.text(80, 24),
             Catch::Contains("bob") && !Catch::Contains("Ann") && Catch::Contains("size▼"));
}

TEST_CASE("It runs again when it is time, not while it is paused") {
  Stage stage;
  stage.screen.open("px/people", {});
  const TableBuilder& table = people();
  stage.run(table);
  CHECK(stage.screen.tick(stage.now).kind == Request::Kind::kNone);
  stage.now += std::chrono::seconds(6);
  CHECK(stage.screen.tick(stage.now).kind == Request::Kind::kRun);
  stage.run(table);
  stage.type(U"p");
  stage.now += std::chrono::seconds(60);
  CHECK(stage.screen.tick(stage.now).kind == Request::Kind::kNone);
  CHECK_THAT(stage.text(80, 24), Catch::Contains("paused"));
}

TEST_CASE("A failed run keeps the rows of the one before and says what went wrong") {
  Stage stage;
  stage.screen.open("px/people", {});
  const TableBuilder& table = people();
  stage.run(table);
  stage.screen.run_begins(stage.now);
  stage.screen.say(Tone::kError, "pxq: error: no way\n  hint: none\n");
  stage.screen.run_ended({.verdict = "failed (connect)", .good = false, .clock = "12:00:09"},
                         stage.now);
  const std::string text = stage.text(80, 24);
  CHECK_THAT(text, Catch::Contains("bob") && Catch::Contains("error: no way  (e: all)") &&
                       Catch::Contains("failed (connect) 12:00:09"));
  stage.type(U"e");
  CHECK_THAT(stage.text(80, 24), Catch::Contains("hint: none"));
}

}  // namespace
}  // namespace pxq::live
