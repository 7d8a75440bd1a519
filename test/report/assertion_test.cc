#include "report/assertion.h"

#include <catch2/catch.hpp>
#include <limits>

#include "report/rows.h"

using namespace pxq;

namespace {

class Nowhere final : public ResultSink {
 public:
  void begin(const Schema&) override {}
  void rows(const Schema&, const RowBatch& batch) override { rows_seen += batch.num_rows; }
  void end(const Summary&) override {}
  size_t rows_seen = 0;
};

const Schema& all_types() {
  static const Schema schema{
      .name = "http",
      .id = "1",
      .columns = {{.name = "time_", .type = DataType::kTime64Ns, .description = ""},
                  {.name = "latency",
                   .type = DataType::kInt64,
                   .semantic = SemanticType::kDurationNs,
                   .description = ""},
                  {.name = "size",
                   .type = DataType::kInt64,
                   .semantic = SemanticType::kBytes,
                   .description = ""},
                  {.name = "cpu",
                   .type = DataType::kFloat64,
                   .semantic = SemanticType::kPercent,
                   .description = ""},
                  {.name = "ok", .type = DataType::kBoolean, .description = ""},
                  {.name = "id", .type = DataType::kUint128, .description = ""},
                  {.name = "a.b", .type = DataType::kString, .description = ""}}};
  return schema;
}

RowBatch all_types_row(double cpu = 0.5) {
  RowBatch batch;
  batch.num_rows = 2;
  batch.columns = {Time64Column{{0}, {1'795'448'700'000'000'000}},
                   Int64Column{1, 500'000'000},
                   Int64Column{0, 2048},
                   Float64Column{0, cpu},
                   BooleanColumn{0, 1},
                   Uint128Column{{0, 0}, {0x0102030405060708, 0x090a0b0c0d0e0f10}},
                   StringColumn{"", "x=y"}};
  return batch;
}

Status judge(const std::string& text, const RowBatch& batch = all_types_row()) {
  auto assertion = Assertion::parse(text);
  if (!assertion.ok()) return assertion.status();
  Nowhere nowhere;
  AssertionSink sink({*assertion}, {}, nowhere);
  sink.begin(all_types());
  sink.rows(all_types(), batch);
  sink.end({});
  // Names and values are settled before rows.
  CHECK(nowhere.rows_seen == (sink.status().code() == Code::kUsage ? 0 : batch.num_rows));
  return sink.verdict();
}

bool offends(const std::string& text) {
  const Status status = judge(text);
  INFO(text << " " << status.message());
  CHECK((status.ok() || status.code() == Code::kAssertion));
  return !status.ok();
}

}  // namespace

TEST_CASE("each type is compared as its column means") {
  CHECK(offends("http.latency >= 500ms"));
  CHECK_FALSE(offends("http.latency > 0.5s"));
  CHECK(offends("http.latency == 0.5"));  // plain numbers are seconds, as everywhere
  CHECK(offends("http.latency == 500000000ns"));
  CHECK(offends("http.latency > 100 ms"));
  CHECK_FALSE(offends("http.latency >= 1h30m"));
  CHECK_FALSE(offends("http.latency < -1s"));
  CHECK(offends("http.size = 2KiB"));
  CHECK_FALSE(offends("http.size > 3KB"));
  CHECK(offends("http.cpu >= 50%"));
  CHECK_FALSE(offends("http.cpu > 0.5"));
  CHECK(offends("http.ok == true"));
  CHECK(offends("http.id == 01020304-0506-0708-090a-0b0c0d0e0f10"));
  CHECK(offends("http.time_ >= 2026-11-23T15:45:00Z"));
  CHECK_FALSE(offends("http.time_ > 2026-11-23T15:45:00.000Z"));
  CHECK(offends("http.\"a.b\" == \"x=y\""));
  CHECK(offends("http.\"a.b\"!=x=y"));
  CHECK(offends("http.latency<2"));
}

TEST_CASE("the first row that offends is kept, with its number over all batches") {
  Nowhere nowhere;
  AssertionSink sink({*Assertion::parse("http.size > 1000")}, {}, nowhere);
  sink.begin(all_types());
  sink.rows(all_types(), all_types_row());
  sink.rows(all_types(), all_types_row());
  sink.end({});
  CHECK(sink.verdict().code() == Code::kAssertion);
  CHECK(sink.verdict().message() ==
        "--fail-if 'http.size > 1000': row 2 of http: "
        "{\"time_\":\"2026-11-23T15:45:00.000000000Z\",\"latency\":500000000,\"size\":2048,"
        "\"cpu\":0.5,\"ok\":true,\"id\":\"01020304-0506-0708-090a-0b0c0d0e0f10\",\"a.b\":\"x=y\"}");
}

TEST_CASE("a row that offends does not end the run, a check that cannot be made does") {
  for (const bool readable : {true, false}) {
    Nowhere nowhere;
    const std::string value = readable ? "1000" : "many";
    AssertionSink sink({*Assertion::parse("http.size > " + value)}, {}, nowhere);
    sink.begin(all_types());
    sink.rows(all_types(), all_types_row());
    CHECK(sink.status().ok() == readable);
    CHECK(sink.verdict().code() == (readable ? Code::kAssertion : Code::kUsage));
  }
}

TEST_CASE("NaN is neither less, greater nor equal") {
  const RowBatch batch = all_types_row(std::numeric_limits<double>::quiet_NaN());
  CHECK(judge("http.cpu > 0.1", batch).ok());
  CHECK(judge("http.cpu < -0.1", batch).ok());
  CHECK_FALSE(judge("http.cpu != 0", batch).ok());
}

TEST_CASE("row counts are judged at the end") {
  CHECK(offends("rows > 1"));
  CHECK(offends("rows(http) == 2"));
  CHECK(offends("rows(\"http\") <= 2"));
  CHECK_FALSE(offends("rows < 2"));
  CHECK_FALSE(judge("rows(other) == 0").ok());
  CHECK(judge("rows(other) == 0").code() == Code::kUsage);
  CHECK(judge("rows > 1").message() == "--fail-if 'rows > 1': 2 rows in the result");
}

TEST_CASE("an empty result fails --fail-on-empty, also without any table") {
  for (const bool table : {false, true}) {
    Nowhere nowhere;
    AssertionSink sink({Assertion::no_rows()}, {}, nowhere);
    if (table) sink.begin(all_types());
    sink.end({});
    CHECK(sink.verdict().code() == Code::kAssertion);
  }
}

TEST_CASE("an incomplete result is not judged by its rows") {
  Nowhere nowhere;
  AssertionSink sink({Assertion::no_rows()}, {}, nowhere);
  Summary summary;
  summary.status = {Code::kIncomplete, "cut"};
  sink.end(summary);
  CHECK(sink.verdict().ok());
}

TEST_CASE("what cannot be read or does not fit is a usage error") {
  for (const char* text :
       {"", "http.latency", "latency > 5", "> 5", "http.latency >", "http. > 5", ".x > 5",
        "rows > many", "rows(http) > -1", "http.latency ! 5", "\"http.latency > 5"}) {
    INFO(text);
    CHECK(Assertion::parse(text).status().code() == Code::kUsage);
  }
  for (const char* text :
       {"http.latency > fast", "http.latency > 5KB", "http.size > 5ms", "http.ok == maybe",
        "http.id == 1", "http.time_ > yesterday", "http.time_ > 2026-13-01T00:00:00Z",
        "http.nothing > 1", "dns.latency > 1", "http.latency > 5ms5"}) {
    INFO(text);
    CHECK(judge(text).code() == Code::kUsage);
  }
}
