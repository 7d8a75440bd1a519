// What is kept of the past of tables that are read at the moment of asking.

#include "local/data/history/history.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "local/data/row_builder.h"
#include "local/functions/function.h"

namespace pxq::local {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

TableSamplePtr sample_at(int64_t time_ns, size_t bytes) {
  auto sample = std::make_shared<TableSample>();
  sample->time_ns = time_ns;
  sample->bytes = bytes;
  return sample;
}

std::vector<int64_t> times(const std::vector<TableSamplePtr>& samples) {
  std::vector<int64_t> all;
  for (const TableSamplePtr& sample : samples) all.push_back(sample->time_ns);
  return all;
}

/// A counter that grows by one at each reading, and the name of the reading.
class Counter final : public TableSource {
 public:
  explicit Counter(std::string name) : name_(std::move(name)) {}

  std::string_view name() const override { return name_; }
  std::string_view description() const override { return "a counter"; }
  const std::vector<ColumnInfo>& relation() const override {
    static const std::vector<ColumnInfo> relation{
        {"time_", DataType::kTime64Ns, SemanticType::kNone, ""},
        {"count", DataType::kInt64, SemanticType::kNone, ""},
        {"text", DataType::kString, SemanticType::kNone, ""}};
    return relation;
  }
  Status scan(const ScanRequest& request, RowReceiver& receiver) const override {
    const auto arena = std::make_shared<StringArena>();
    const int64_t count = ++readings;
    if (fails) return {Code::kServer, "no such file"};
    RowBatch all;
    RowBuilder rows{relation()};
    rows.add(Time64{request.now_ns}).add(count);
    rows.add(arena->keep("reading " + std::to_string(count)));
    all = std::move(rows).finish();
    RowBatch asked;
    asked.num_rows = all.num_rows;
    asked.storage = arena;
    for (const size_t column : request.columns) asked.columns.push_back(all.columns[column]);
    receiver.rows(std::move(asked));
    return {};
  }

  mutable std::atomic<int64_t> readings = 0;
  std::atomic<bool> fails = false;

 private:
  const std::string name_;
};

/// A history under a clock of its own, of the table `counter`.
struct Story {
  explicit Story(History::Keeper keeper, const HistoryLimits& limits = {})
      : history(std::make_shared<History>([this] { return now.load(); })) {
    history->set_keeper(keeper, limits);
    auto made = std::make_unique<Counter>("counter");
    counter = made.get();
    table = History::keep(history, std::move(made));
  }

  void sample_at(int64_t second) {
    now = second * kSecond;
    history->sample();
  }

  /// "second:count" of each row, and its text where it was asked for.
  std::vector<std::string> rows(TimeWindow window = {},
                                std::vector<size_t> columns = {0, 1}) const {
    class Texts final : public RowReceiver {
     public:
      bool rows(RowBatch&& batch) override {
        const auto& seconds = std::get<Time64Column>(batch.columns[0]);
        for (size_t row = 0; row < batch.num_rows; ++row) {
          std::string text = std::to_string(seconds[row].ns / kSecond) + ":";
          if (const auto* ints = std::get_if<Int64Column>(&batch.columns[1])) {
            text += std::to_string((*ints)[row]);
          } else {
            text += std::get<StringColumn>(batch.columns[1])[row];
          }
          all.push_back(std::move(text));
        }
        return true;
      }
      std::vector<std::string> all;
    };
    Texts texts;
    const ScanRequest request{.columns = columns, .window = window, .now_ns = now};
    CHECK(table->scan(request, texts).ok());
    return texts.all;
  }

  std::atomic<int64_t> now = 100 * kSecond;
  std::shared_ptr<History> history;
  Counter* counter = nullptr;
  std::unique_ptr<TableSource> table;
};

using Rows = std::vector<std::string>;
const std::vector<std::string> kCounter{"counter"};

TEST_CASE("samples are found by their time, both ends included") {
  SampleLog log{HistoryLimits{}};
  const size_t one = log.add_table();
  const size_t other = log.add_table();
  for (const int64_t time : {10, 20, 30}) log.add(one, sample_at(time, 1));
  log.add(other, sample_at(15, 1));
  CHECK(times(log.find(one, {10, 20})) == std::vector<int64_t>{10, 20});
  CHECK(times(log.find(one, {11, 19})).empty());
  CHECK(times(log.find(one, {})) == std::vector<int64_t>{10, 20, 30});
  CHECK(times(log.find(other, {})) == std::vector<int64_t>{15});
  CHECK(log.oldest(one) == 10);
  CHECK(log.newest(one) == 30);
}

TEST_CASE("what is too old or too much goes, oldest first, whatever table it is of") {
  SampleLog log({.bytes = 100, .time = Duration(50)});
  const size_t one = log.add_table();
  const size_t other = log.add_table();
  log.add(one, sample_at(0, 40));
  log.add(other, sample_at(1, 40));
  log.add(one, sample_at(2, 40));
  CHECK(times(log.find(one, {})) == std::vector<int64_t>{2});
  CHECK(log.has_dropped(one));
  // The only sample of a table stays, though it is the oldest.
  log.add(one, sample_at(3, 40));
  CHECK(times(log.find(one, {})) == std::vector<int64_t>{3});
  CHECK(times(log.find(other, {})) == std::vector<int64_t>{1});
  CHECK_FALSE(log.has_dropped(other));
  CHECK(log.bytes() == 80);
  // By time: 50 is not too long ago, 51 is.
  log.add(other, sample_at(53, 1));
  CHECK(times(log.find(one, {})) == std::vector<int64_t>{3});
  CHECK(times(log.find(other, {})) == std::vector<int64_t>{53});
  log.add(one, sample_at(53, 1));
  CHECK(times(log.find(one, {})) == std::vector<int64_t>{3, 53});
  log.add(one, sample_at(54, 1));
  CHECK(times(log.find(one, {})) == std::vector<int64_t>{53, 54});
}

TEST_CASE("memory stays within its limit however long samples are taken") {
  Story story(History::Keeper::kServer, {.bytes = 20'000, .time = std::chrono::hours(24)});
  story.history->use_on(kCounter);
  for (int64_t second = 101; second < 2100; ++second) story.sample_at(second);
  const Rows rows = story.rows();
  CHECK(rows.size() > 10);
  CHECK(rows.size() < 300);
  CHECK(rows.back().starts_with("2099:"));
}

TEST_CASE("without a past a table is read when it is asked, each time anew") {
  const Story story(History::Keeper::kNobody);
  CHECK(story.rows() == Rows{"100:1"});
  CHECK(story.rows() == Rows{"100:2"});
  CHECK(story.table->name() == "counter");
  CHECK(story.table->relation().size() == 3);
  CHECK(story.table->is_sample());
}

TEST_CASE("what was sampled is the table's past, and no query reads beside it") {
  Story story(History::Keeper::kSampler);
  story.history->use_on(kCounter);
  story.sample_at(101);
  story.sample_at(102);
  CHECK(story.rows() == Rows{"100:1", "101:2", "102:3"});
  CHECK(story.rows({101 * kSecond, 101 * kSecond}) == Rows{"101:2"});
  CHECK(story.rows({}, {0, 2}) == Rows{"100:reading 1", "101:reading 2", "102:reading 3"});
  CHECK(story.table->whole_until(500 * kSecond) == 102 * kSecond);
  // A query sees nothing that is younger than itself.
  story.now = 101 * kSecond;
  CHECK(story.rows() == Rows{"100:1", "101:2"});
}

TEST_CASE("a table that nobody uses is not read") {
  Story story(History::Keeper::kSampler);
  story.sample_at(101);
  CHECK(story.counter->readings == 0);
  {
    const History::Use use = story.history->use(kCounter);
    CHECK(story.counter->readings == 1);
    const History::Use again = story.history->use(kCounter);
    CHECK(story.counter->readings == 1);  // it is read already
    story.sample_at(102);
    CHECK(story.counter->readings == 2);
  }
  story.sample_at(103);
  CHECK(story.counter->readings == 2);
  CHECK(story.rows() == Rows{"101:1", "102:2"});
  const std::vector<std::string> others{"px.GetTables()"};
  const History::Use none = story.history->use(others);
  story.sample_at(104);
  CHECK(story.counter->readings == 2);
}

TEST_CASE("a clock that is set back does not mix up the order of rows") {
  Story story(History::Keeper::kSampler);
  story.history->use_on(kCounter);
  story.sample_at(50);
  story.now = 200 * kSecond;
  CHECK(story.rows() == Rows{"100:1", "100:2"});
}

TEST_CASE("a moment at which a table cannot be read is missing, and a query finds out why") {
  Story story(History::Keeper::kServer);
  story.counter->fails = true;
  story.history->use_on(kCounter);
  class Nobody final : public RowReceiver {
    bool rows(RowBatch&&) override { return true; }
  };
  Nobody nobody;
  CHECK(story.table->scan({.columns = {}, .window = {}, .now_ns = story.now}, nobody).message() ==
        "no such file");
  story.counter->fails = false;
  story.sample_at(101);
  CHECK(story.rows() == Rows{"101:3"});
}

TEST_CASE("who watches gets the present anew, and the past of what it has asked for") {
  Story story(History::Keeper::kWatcher);
  CHECK(story.history->is_watched());
  CHECK(story.rows() == Rows{"100:1"});
  story.history->before_query(kCounter);
  story.sample_at(101);
  story.now = 102 * kSecond;
  CHECK(story.rows() == Rows{"100:2", "101:3", "102:4"});
  CHECK(story.rows({102 * kSecond, 110 * kSecond}) == Rows{"102:5"});
  CHECK(story.rows({90 * kSecond, 101 * kSecond}) == Rows{"100:2", "101:3"});
  // A second query of the same table begins nothing anew.
  story.history->before_query(kCounter);
  CHECK(story.counter->readings == 5);
}

TEST_CASE("only a watcher's queries begin to keep a past") {
  const auto keeper = GENERATE(History::Keeper::kNobody, History::Keeper::kServer);
  Story story(keeper);
  story.history->before_query(kCounter);
  CHECK(story.counter->readings == 0);
}

TEST_CASE("a window that begins before the past is told, in words that help") {
  using Keeper = History::Keeper;
  const auto gap = [](Story& story, int64_t ago) {
    const int64_t now = story.now;
    return story.history->gap("counter", now - ago * kSecond, now);
  };
  Story once(Keeper::kNobody);
  CHECK_THAT(gap(once, 300), Catch::Contains("asks for the last 300 s") &&
                                 Catch::Contains("read once") && Catch::Contains("--sample 10s") &&
                                 Catch::Contains("pxq serve"));
  CHECK(gap(once, 1).empty());
  CHECK(once.history->gap("px.GetTables()", 0, once.now).empty());

  Story nothing_kept(Keeper::kServer);
  CHECK_THAT(gap(nothing_kept, 300), Catch::Contains("keeps no past"));

  Story server(Keeper::kServer, {.time = std::chrono::seconds(10)});
  server.history->use_on(kCounter);
  server.sample_at(104);
  CHECK_THAT(gap(server, 300), Catch::Contains("last 4 s are there") &&
                                   Catch::Contains("nothing is kept from before"));
  CHECK(gap(server, 4).empty());
  server.sample_at(112);
  CHECK_THAT(gap(server, 300), Catch::Contains("last 8 s are there") && Catch::Contains("dropped"));

  // Whoever said for how long knows it, until something was dropped.
  Story sampled(Keeper::kSampler, {.time = std::chrono::seconds(10)});
  sampled.history->use_on(kCounter);
  sampled.sample_at(104);
  CHECK(gap(sampled, 300).empty());
  sampled.sample_at(112);
  CHECK_THAT(gap(sampled, 300), Catch::Contains("dropped"));
}

}  // namespace
}  // namespace pxq::local
