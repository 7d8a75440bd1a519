#include "fake/messages.h"

#include <cmath>
#include <limits>
#include <string>

#include <catch2/catch.hpp>

namespace pxq::fake {
namespace {

std::string hex(const google::protobuf::MessageLite& message) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : message.SerializeAsString()) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

std::string hex_with_query_q(const pb::ExecuteScriptResponse& response) {
  return hex(with_query_id(response, "q"));
}

Table example() { return Table("t").id("i").int64("a", pb::ST_BYTES).uint128("u").string("s"); }

// The expected bytes come from protoc and Pixie's own proto files.
TEST_CASE("Built messages have the bytes that Pixie's own would have") {
  CHECK(hex_with_query_q(example().metadata()) ==
        "12017122250a1d0a080a0161100220a0060a080a0175100320c8010a070a0173100520011201741a0169");
  CHECK(hex_with_query_q(example().heartbeat()) == "1201711a110a0f0a0212000a021a000a0232002a0169");
  CHECK(hex_with_query_q(example()
                             .batch()
                             .int64({-1, 300})
                             .uint128({{uint64_t{7} << 32U | 42U, 123}, {0, 0}})
                             .string({"\xff"
                                      "a",
                                      ""})
                             .eos()) ==
        "1201711a370a350a10120e0a0cffffffffffffffffff01ac020a0e1a0c0a08087b10aa808080700a000a08320"
        "60a02ff610a001002180120012a0169");
  CHECK(hex_with_query_q(stats()) == "1201711a0f120d0a0608922710de0210a9231804");
  CHECK(hex_with_query_q(compile_error(1, 2, "x")) == "0a0d080322090a07080110021a0178120171");
  CHECK(hex_with_query_q(status(0, "boom")) == "0a061204626f6f6d120171");
}

TEST_CASE("A batch of scalars has the bytes that Pixie's own would have") {
  const Batch batch = Batch("i")
                          .boolean({true, false})
                          .float64({std::numeric_limits<double>::quiet_NaN(), -0.0})
                          .time({1601694759495000123, -1});
  CHECK(hex(batch.data()) ==
        "0a060a040a0201000a142a120a10000000000000f87f00000000000000800a1722150a13bbc0b7d2dc9c979d16"
        "ffffffffffffffffff0110022a0169");
}

TEST_CASE("A batch may contradict itself") {
  const pb::RowBatchData data = Batch("i").int64({1, 2}).string({"a"}).unset().rows(-1).data();
  CHECK(data.num_rows() == -1);
  CHECK(data.cols(0).int64_data().data_size() == 2);
  CHECK(data.cols(1).string_data().data_size() == 1);
  CHECK(data.cols(2).col_data_case() == pb::Column::COL_DATA_NOT_SET);
}

TEST_CASE("A mutation tells the state of its probes") {
  const pb::ExecuteScriptResponse response =
      mutation(14, "probe installation in progress", {{.name = "p", .state = pb::FAILED_STATE}});
  CHECK(response.mutation_info().status().code() == 14);
  CHECK(response.mutation_info().states(0).state() == pb::FAILED_STATE);
  CHECK(response.mutation_info().states(0).name() == "p");
}

}  // namespace
}  // namespace pxq::fake
