#include "wire/decoder.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "fake/messages.h"
#include "hex.h"

namespace pxq::wire {
namespace {

namespace pb = px::api::vizierpb;
using fake::Table;

// The bytes that Pixie's own messages have.
constexpr std::string_view kMetadata =
    "12017122250a1d0a080a0161100220a0060a080a0175100320c8010a070a0173100520011201741a0169";
constexpr std::string_view kHeartbeat = "1201711a110a0f0a0212000a021a000a0232002a0169";
constexpr std::string_view kTwoRows =
    "1201711a370a350a10120e0a0cffffffffffffffffff01ac020a0e1a0c0a08087b10aa808080700a000a083206"
    "0a02ff610a001002180120012a0169";

Schema schema_of(const Table& table) {
  Result<Response> response = decode_response(table.metadata().SerializeAsString(), DecodeLimits{});
  REQUIRE(response.ok());
  return *response->metadata;
}

Status decode(const Table& table, const fake::Batch& batch, RowBatch& rows) {
  return decode_columns(*decode_envelope(batch.data().SerializeAsString(), {}), schema_of(table),
                        {}, rows);
}

Code code_of(const Table& table, const fake::Batch& batch) {
  RowBatch rows;
  return decode(table, batch, rows).code();
}

Code code_of(std::string_view message) {
  return decode_response(message, DecodeLimits{}).status().code();
}

TEST_CASE("The wire vectors decode to what they stand for") {
  const DecodeLimits limits;
  const std::string metadata = from_hex(kMetadata);
  Result<Response> announced = decode_response(metadata, limits);
  REQUIRE(announced.ok());
  CHECK(announced->query_id == "q");
  REQUIRE(announced->metadata);
  const Schema schema = *announced->metadata;
  CHECK(schema == Schema{"t",
                         "i",
                         {{"a", DataType::kInt64, SemanticType::kBytes, ""},
                          {"u", DataType::kUint128, SemanticType::kUpid, ""},
                          {"s", DataType::kString, SemanticType::kNone, ""}}});
  RowBatch batch;
  SECTION("a heartbeat") {
    const std::string message = from_hex(kHeartbeat);
    Result<Response> response = decode_response(message, limits);
    REQUIRE(response->batch);
    REQUIRE(decode_columns(*response->batch, schema, limits, batch).ok());
    CHECK(batch.num_rows == 0);
    CHECK(batch.columns.size() == 3);
    CHECK_FALSE(batch.eos);
  }
  SECTION("two rows") {
    const std::string message = from_hex(kTwoRows);
    Result<Response> response = decode_response(message, limits);
    REQUIRE(response->batch);
    REQUIRE(decode_columns(*response->batch, schema, limits, batch).ok());
    CHECK(batch.num_rows == 2);
    CHECK(batch.eow);
    CHECK(batch.eos);
    CHECK(std::get<Int64Column>(batch.columns[0]) == Int64Column{-1, 300});
    CHECK(std::get<Uint128Column>(batch.columns[1]) ==
          Uint128Column{{uint64_t{7} << 32 | 42, 123}, {0, 0}});
    CHECK(std::get<StringColumn>(batch.columns[2]) == StringColumn{"\xff"
                                                                   "a",
                                                                   ""});
  }
  SECTION("statistics") {
    const Result<Response> response =
        decode_response(from_hex("1201711a0f120d0a0608922710de0210a9231804"), limits);
    REQUIRE(response->stats);
    CHECK(response->stats->execution_time_ns == 5010);
    CHECK(response->stats->compilation_time_ns == 350);
    CHECK(response->stats->bytes_processed == 4521);
    CHECK(response->stats->records_processed == 4);
  }
  SECTION("a compile error") {
    const Result<Response> response =
        decode_response(from_hex("0a0d080322090a07080110021a0178120171"), limits);
    REQUIRE(response->status);
    CHECK(response->status->code == 3);
    REQUIRE(response->status->details.size() == 1);
    CHECK(response->status->details[0].where.line == 1);
    CHECK(response->status->details[0].where.column == 2);
    CHECK(response->status->details[0].message == "x");
  }
  SECTION("a status of code 0 with a message is an error") {
    const Result<Response> response = decode_response(from_hex("0a061204626f6f6d120171"), limits);
    CHECK(response->status->code == 0);
    CHECK(response->status->message == "boom");
    CHECK(response->status->is_error());
  }
  SECTION("a pending mutation") {
    const Result<Response> response =
        decode_response(from_hex("1201712a110a05080e12016d12080a013110011a0170"), limits);
    REQUIRE(response->mutation);
    CHECK(response->mutation->status.code == 14);
    REQUIRE(response->mutation->probes.size() == 1);
    CHECK(response->mutation->probes[0].id == "1");
    CHECK(response->mutation->probes[0].name == "p");
    CHECK(response->mutation->probes[0].state == ProbeState::State::kPending);
  }
  SECTION("bools, floats and times") {
    const std::string bytes = from_hex(
        "0a060a040a0201000a142a120a10000000000000f87f00000000000000800a1722150a13bbc0b7d2dc9c979d16"
        "ffffffffffffffffff0110022a0169");
    Schema scalars{"t", "i", {}};
    scalars.columns = {{"b", DataType::kBoolean, SemanticType::kNone, ""},
                       {"f", DataType::kFloat64, SemanticType::kNone, ""},
                       {"t", DataType::kTime64Ns, SemanticType::kNone, ""}};
    REQUIRE(decode_columns(*decode_envelope(bytes, limits), scalars, limits, batch).ok());
    CHECK(std::get<BooleanColumn>(batch.columns[0]) == BooleanColumn{1, 0});
    const auto& floats = std::get<Float64Column>(batch.columns[1]);
    CHECK(std::isnan(floats[0]));
    CHECK((floats[1] == 0 && std::signbit(floats[1])));
    CHECK(std::get<Time64Column>(batch.columns[2]) == Time64Column{{1601694759495000123}, {-1}});
  }
}

TEST_CASE("Every prefix of a message is whole or malformed, never a crash") {
  for (const std::string_view vector : {kMetadata, kHeartbeat, kTwoRows}) {
    const std::string message = from_hex(vector);
    for (size_t length = 0; length < message.size(); ++length) {
      const std::string cut = message.substr(0, length);  // of its own, so that ASan sees its end
      const Result<Response> response = decode_response(cut, DecodeLimits{});
      if (!response.ok()) CHECK(response.status().code() == Code::kIncomplete);
    }
  }
}

TEST_CASE("Any changed byte is decoded or refused, never a crash") {
  const std::string message = from_hex(kTwoRows);
  const Schema schema = schema_of(Table("t").id("i").int64("a").uint128("u").string("s"));
  for (size_t at = 0; at < message.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string changed = message;
      changed[at] = static_cast<char>(value);
      const Result<Response> response = decode_response(changed, DecodeLimits{});
      if (!response.ok() || !response->batch) continue;
      RowBatch batch;
      const Status status = decode_columns(*response->batch, schema, {}, batch);
      if (!status.ok()) continue;
      for (const Column& column : batch.columns) CHECK(column_size(column) == batch.num_rows);
    }
  }
}

TEST_CASE("Values of every kind survive to the last bit") {
  const Table table =
      Table("t").boolean("b").int64("i").uint128("u").float64("f").string("s").time("t");
  const double tiny = std::numeric_limits<double>::denorm_min();
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  RowBatch rows;
  const std::string bytes = table.batch()
                                .boolean({true, false})
                                .int64({kMin, kMax})
                                .uint128({{UINT64_MAX, UINT64_MAX}, {0, 1}})
                                .float64({tiny, -std::numeric_limits<double>::infinity()})
                                .string({std::string(1 << 20, 'x'), std::string("\0\xff", 2)})
                                .time({kMin, kMax})
                                .data()
                                .SerializeAsString();
  REQUIRE(decode_columns(*decode_envelope(bytes, {}), schema_of(table), {}, rows).ok());
  CHECK(std::get<Int64Column>(rows.columns[1]) == Int64Column{kMin, kMax});
  CHECK(std::get<Uint128Column>(rows.columns[2])[0] == Uint128{UINT64_MAX, UINT64_MAX});
  CHECK(std::get<Float64Column>(rows.columns[3])[0] == tiny);
  CHECK(std::get<StringColumn>(rows.columns[4])[0].size() == 1 << 20);
  CHECK(std::get<StringColumn>(rows.columns[4])[1] == std::string_view("\0\xff", 2));
  CHECK(std::get<Time64Column>(rows.columns[5])[0].ns == kMin);
}

TEST_CASE("Scalars that are not packed are protobuf too") {
  Schema schema{"t", "i", {{"a", DataType::kInt64, SemanticType::kNone, ""}}};
  const std::string bytes = from_hex("0a0612040801080210022a0169");
  RowBatch rows;
  REQUIRE(decode_columns(*decode_envelope(bytes, {}), schema, {}, rows).ok());
  CHECK(std::get<Int64Column>(rows.columns[0]) == Int64Column{1, 2});
}

TEST_CASE("A boolean of 255 is true") {
  Schema schema{"t", "i", {{"b", DataType::kBoolean, SemanticType::kNone, ""}}};
  const std::string bytes = from_hex("0a060a040a02ff0110012a0169");
  RowBatch rows;
  REQUIRE(decode_columns(*decode_envelope(bytes, {}), schema, {}, rows).ok());
  CHECK(std::get<BooleanColumn>(rows.columns[0]) == BooleanColumn{1});
}

TEST_CASE("A batch whose shape contradicts itself or its table is refused") {
  const Table table = Table("t").int64("a").string("s");
  const auto good = [&] { return table.batch().int64({1, 2}).string({"x", "y"}); };
  CHECK(code_of(table, good()) == Code::kOk);
  CHECK(code_of(table, table.batch().eos()) == Code::kOk);  // an end without columns
  CHECK(code_of(table, table.batch().int64({1})) == Code::kIncomplete);
  CHECK(code_of(table, good().int64({1, 2})) == Code::kIncomplete);
  CHECK(code_of(table, table.batch().string({"x"}).string({"y"})) == Code::kIncomplete);
  CHECK(code_of(table, table.batch().int64({1, 2}).unset()) == Code::kIncomplete);
  CHECK(code_of(table, table.batch().int64({1, 2}).string({"x"})) == Code::kIncomplete);
  CHECK(code_of(table, table.batch().int64({1}).string({"x", "y"})) == Code::kIncomplete);
  for (const int64_t rows : {int64_t{1}, int64_t{3}, int64_t{-1}, INT64_MIN}) {
    CHECK(code_of(table, good().rows(rows)) == Code::kIncomplete);
  }
  CHECK(code_of(table, good().rows(INT64_MAX)) == Code::kLimit);
  CHECK(code_of(Table("t"), Table("t").batch().rows(1'000'000'000'000)) == Code::kIncomplete);
}

TEST_CASE("A refusal names the table, the column and both types") {
  const Table table = Table("http").int64("latency");
  RowBatch rows;
  const Status status = decode(table, table.batch().string({"x"}), rows);
  CHECK_THAT(status.message(), Catch::Contains("latency"));
  CHECK_THAT(status.message(), Catch::Contains("http"));
  CHECK_THAT(status.message(), Catch::Contains("INT64"));
  CHECK_THAT(status.message(), Catch::Contains("STRING"));
}

TEST_CASE("Unknown data types are refused, unknown meanings are kept") {
  const Table odd = Table("t").column("a", static_cast<pb::DataType>(77));
  const Table none = Table("t").column("a", pb::DATA_TYPE_UNKNOWN);
  CHECK(code_of(odd.metadata().SerializeAsString()) == Code::kIncomplete);
  CHECK(code_of(none.metadata().SerializeAsString()) == Code::kIncomplete);
  const Schema schema = schema_of(Table("t").int64("a", static_cast<pb::SemanticType>(7700)));
  CHECK(static_cast<int>(schema.columns[0].semantic) == 7700);
}

TEST_CASE("Names need not be UTF-8") {
  CHECK(schema_of(Table("\xff").int64("\xc0\x80")).columns[0].name == "\xc0\x80");
}

TEST_CASE("Fields from a newer server are passed over") {
  const std::string sound = from_hex(
      "120171"
      "9a0603787878"
      "a1060102030405060708"
      "9806ff01");
  CHECK(decode_response(sound, DecodeLimits{}).ok());
}

TEST_CASE("Malformed messages are refused") {
  for (const std::string_view hex : {"ff", "ffffff", "00", "0aff", "1a05", "1203", "0b", "0c",
                                     "1affffffffffffffffff01", "80808080808080808080800101"}) {
    INFO(hex);
    CHECK(code_of(from_hex(hex)) == Code::kIncomplete);
  }
  CHECK(code_of(from_hex("1a0600000000"
                         "0000")) == Code::kIncomplete);
}

TEST_CASE("Two batches in one message are refused") {
  pb::ExecuteScriptResponse response = Table("t").int64("a").batch().int64({1});
  const std::string one = response.SerializeAsString();
  CHECK(code_of(one + one) == Code::kIncomplete);
}

// What a few bytes on the wire may become in memory is bounded before it is made.
TEST_CASE("Amplification is bounded") {
  DecodeLimits limits;
  const auto repeated = [](std::string_view bytes, size_t times) {
    std::string all;
    for (size_t i = 0; i < times; ++i) all += bytes;
    return all;
  };
  const auto wrapped = [](char tag, const std::string& bytes) {
    std::string length;
    for (size_t rest = bytes.size(); rest != 0 || length.empty(); rest >>= 7) {
      length += static_cast<char>((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    }
    return tag + length + bytes;
  };
  SECTION("empty columns of a batch") {
    const std::string columns = repeated(std::string_view("\x0a\x00", 2), 1'000'000);
    CHECK(decode_envelope(columns, limits).status().code() == Code::kLimit);
  }
  SECTION("empty columns of a relation") {
    const std::string columns = repeated(std::string_view("\x0a\x00", 2), 1'000'000);
    const std::string message = wrapped('\x22', wrapped('\x0a', columns));
    CHECK(decode_response(message, limits).status().code() == Code::kLimit);
  }
  SECTION("empty strings") {
    const std::string cells = repeated(std::string_view("\x0a\x00", 2), 8'000'000);
    EncodedBatch batch;
    const std::string column = wrapped('\x32', cells);
    batch.columns = {column};
    batch.num_rows = 8'000'000;
    RowBatch rows;
    const Schema schema{"t", "i", {{"s", DataType::kString, SemanticType::kNone, ""}}};
    CHECK(decode_columns(batch, schema, limits, rows).code() == Code::kLimit);
  }
  SECTION("details of a status") {
    limits.details = 1000;
    const std::string details = repeated(std::string_view("\x22\x02\x0a\x00", 4), 1'000'000);
    const Result<Response> response = decode_response(wrapped('\x0a', details), limits);
    REQUIRE(response.ok());
    CHECK(response->status->details.size() == 1000);
  }
  SECTION("a claim of many rows") {
    const Table table = Table("t").int64("a");
    RowBatch rows;
    CHECK(decode(table, table.batch().int64({1}).rows(1'000'000'000), rows).code() == Code::kLimit);
    CHECK(rows.columns.empty());
  }
}

}  // namespace
}  // namespace pxq::wire
