#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "export/summary_file.h"
#include "report/rows.h"
#include "report/schema_file.h"
#include "report/table_facts.h"

using namespace pxq;
using Json = nlohmann::json;

namespace {

class Nowhere final : public ResultSink {
 public:
  void begin(const Schema&) override { ++calls; }
  void rows(const Schema&, const RowBatch&) override { ++calls; }
  void end(const Summary&) override { ++calls; }
  int calls = 0;
};

}  // namespace

TEST_CASE("the schema file tells types, meanings and units") {
  Nowhere nowhere;
  SchemaFile file(nowhere);
  Schema schema = fake::small_schema("http\xff");
  schema.columns[1].semantic = SemanticType::kDurationNs;
  file.begin(schema);
  file.rows(schema, fake::small_batch({}));
  file.end({});
  CHECK(nowhere.calls == 3);
  const Json document = Json::parse(file.text());
  CHECK(document["version"] == 1);
  CHECK(document["tables"].size() == 1);
  const Json column = document["tables"][0]["columns"][1];
  CHECK(column["name"] == "count");
  CHECK(column["type"] == "INT64");
  CHECK(column["semantic_type"] == "DURATION_NS");
  CHECK(column["unit"] == "ns");
  CHECK(document["tables"][0]["columns"][0]["unit"] == "");
}

TEST_CASE("table facts count rows and span time_") {
  Nowhere nowhere;
  TableFactsSink facts(nowhere);
  const Schema timed{
      .name = "t",
      .id = "1",
      .columns = {{.name = "time_", .type = DataType::kTime64Ns, .description = ""}}};
  const Schema plain = fake::small_schema("u");
  facts.begin(timed);
  facts.begin(plain);
  RowBatch batch;
  batch.num_rows = 3;
  batch.columns.emplace_back(Time64Column{{5}, {-7}, {2}});
  facts.rows(timed, batch);
  facts.rows(plain, fake::small_batch({{"a", 1}}));
  facts.end({});
  CHECK(facts.tables().at("1").rows == 3);
  CHECK(facts.tables().at("1").first_ns == -7);
  CHECK(facts.tables().at("1").last_ns == 5);
  CHECK_FALSE(facts.tables().at("u-id").first_ns.has_value());
}

TEST_CASE("the summary holds what a reader is promised") {
  RunReport report;
  report.version = "1.2.3";
  report.command = "export";
  report.script = "px/http\xff";
  report.error_name = "incomplete";
  report.verdict = Status(Code::kIncomplete, "stream lost\x1b", "again").with_retryable(true);
  report.exit_code = 8;
  report.summary.cluster = "prod";
  report.summary.query_id = "q";
  report.summary.tables = {
      {.name = "http", .id = "1", .rows = 10, .bytes = 99, .complete = true, .capped = true}};
  report.summary.stats = ExecutionStats{.execution_time_ns = 1'500'000'000};
  report.facts["1"] = {.rows = 10, .first_ns = 0, .last_ns = 1};
  report.files = {{.path = "a.csv", .bytes = 3, .sha256 = "ab", .appended = true}};
  report.window = Window{.query_start_ns = 1, .start_ns = 2, .end_ns = 3};
  report.gaps = {{.table = "http", .from_ns = 0, .to_ns = 1, .certain = true}};
  const Json document = Json::parse(summary_text(report));
  CHECK(document["exit"] == 8);
  CHECK(document["verdict"] == "incomplete");
  CHECK(document["error"]["retryable"] == true);
  CHECK(document["cluster"] == "prod");
  CHECK(document["query_id"] == "q");
  const Json table = document["tables"][0];
  CHECK(table["name"] == "http");
  CHECK(table["rows"] == 10);
  CHECK(table["bytes"] == 99);
  CHECK(table["complete"] == true);
  CHECK(table["capped"] == true);
  CHECK(table["first_time"] == "1970-01-01T00:00:00.000000000Z");
  CHECK(table["last_time"] == "1970-01-01T00:00:00.000000001Z");
  CHECK(document["timings"]["server_run_s"] == 1.5);
  CHECK(document["files"][0]["sha256"] == "ab");
  CHECK(document["window"]["end"] == "1970-01-01T00:00:00.000000003Z");
  CHECK(document["gaps"][0]["certain"] == true);
}

TEST_CASE("a summary of a good run has no error and nulls for what is unknown") {
  const Json document = Json::parse(summary_text({}));
  CHECK(document["verdict"] == "complete");
  CHECK(document["error"].is_null());
  CHECK(document["cluster"].is_null());
  CHECK(document["tables"].is_array());
  CHECK_FALSE(document.contains("window"));
}
