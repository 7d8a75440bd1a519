// What a server sends, beside what protobuf's own classes make of the same rows.

#include "local/server/encode.h"

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace pxq::local {
namespace {

namespace pb = px::api::vizierpb;

/// The response as the generated classes have it.
pb::ExecuteScriptResponse expected(const RowBatch& batch, const std::string& id) {
  pb::ExecuteScriptResponse response;
  response.set_query_id("query-1");
  pb::RowBatchData& data = *response.mutable_data()->mutable_batch();
  struct Add {
    pb::Column& to;
    void operator()(const BooleanColumn& values) const {
      auto& data = *to.mutable_boolean_data();
      for (const uint8_t value : values) data.add_data(value != 0);
    }
    void operator()(const Int64Column& values) const {
      auto& data = *to.mutable_int64_data();
      for (const int64_t value : values) data.add_data(value);
    }
    void operator()(const Uint128Column& values) const {
      auto& data = *to.mutable_uint128_data();
      for (const Uint128& value : values) {
        pb::UInt128& one = *data.add_data();
        one.set_low(value.low);
        one.set_high(value.high);
      }
    }
    void operator()(const Float64Column& values) const {
      auto& data = *to.mutable_float64_data();
      for (const double value : values) data.add_data(value);
    }
    void operator()(const StringColumn& values) const {
      auto& data = *to.mutable_string_data();
      for (const std::string_view value : values) data.add_data(value.data(), value.size());
    }
    void operator()(const Time64Column& values) const {
      auto& data = *to.mutable_time64ns_data();
      for (const Time64 value : values) data.add_data(value.ns);
    }
  };
  for (const Column& column : batch.columns) std::visit(Add{*data.add_cols()}, column);
  data.set_num_rows(static_cast<int64_t>(batch.num_rows));
  data.set_eow(batch.eow);
  data.set_eos(batch.eos);
  data.set_table_id(id);
  return response;
}

void check(const RowBatch& batch, const std::string& id) {
  const pb::ExecuteScriptResponse response = expected(batch, id);
  const QueryMessage message = encode_batch(batch, id, "query-1");
  CHECK(message.text() == response.SerializeAsString());
  CHECK(message.batch() == response.data().batch().SerializeAsString());
  CHECK(message.table_id == id);
  CHECK(message.ends_table == batch.eos);
  CHECK_FALSE(message.announced);
}

RowBatch every_type(size_t rows) {
  // Of every length that a varint can have, and both ends of each type.
  const auto spread = [](size_t row) { return ~uint64_t{0} >> (row * 7 % 64); };
  RowBatch batch;
  batch.num_rows = rows;
  BooleanColumn truths;
  Int64Column numbers;
  Uint128Column ids;
  Float64Column floats;
  StringColumn texts;
  Time64Column times;
  static const std::string kText(100'000, 'x');
  for (size_t row = 0; row < rows; ++row) {
    truths.push_back(row % 3 == 0 ? 1 : 0);
    numbers.push_back(static_cast<int64_t>(spread(row)) * (row % 2 == 0 ? 1 : -1));
    ids.push_back({row % 5 == 0 ? 0 : spread(row), row % 4 == 0 ? 0 : spread(row + 1)});
    floats.push_back(row % 7 == 0 ? 0.0 : 1.5 / static_cast<double>(row));
    texts.push_back(std::string_view(kText).substr(0, row % 2 == 0 ? row : row * row % 100'000));
    times.push_back({static_cast<int64_t>(spread(row + 3))});
  }
  if (rows > 1) numbers[1] = std::numeric_limits<int64_t>::min();
  if (rows > 2) floats[2] = std::numeric_limits<double>::quiet_NaN();
  batch.columns = {truths, numbers, ids, floats, texts, times};
  return batch;
}

}  // namespace

TEST_CASE("a server's rows are the bytes that protobuf makes of them") {
  // Around what a length in one, two and three bytes can say, packed numbers with it.
  for (const size_t rows : {0U, 1U, 2U, 13U, 14U, 15U, 16U, 126U, 127U, 128U, 129U, 1024U}) {
    RowBatch batch = every_type(rows);
    CAPTURE(rows);
    check(batch, "table-0");
    batch.eow = batch.eos = true;
    check(batch, std::string(200, 't'));
  }
}

TEST_CASE("a server's batch may have no columns") {
  RowBatch batch;
  check(batch, "table-7");
  batch.eos = true;
  check(batch, "table-7");
}

TEST_CASE("a server knows which message announces a table") {
  pb::ExecuteScriptResponse response;
  response.set_query_id("query-1");
  response.mutable_meta_data()->set_id("table-0");
  const QueryMessage message = encode_response(response);
  CHECK(message.text() == response.SerializeAsString());
  REQUIRE(message.announced);
  CHECK(message.announced->id() == "table-0");
  CHECK(message.batch().empty());
  CHECK_FALSE(message.ends_table);
}

}  // namespace pxq::local
