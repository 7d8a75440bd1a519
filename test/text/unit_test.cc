#include "text/unit.h"

#include <catch2/catch.hpp>
#include <string>

namespace pxq {
namespace {

ColumnInfo column(DataType type, SemanticType semantic) {
  return {.name = "c", .type = type, .semantic = semantic, .description = ""};
}

TEST_CASE("the unit is that of the value as it came, the word says what people see") {
  const auto check = [](DataType type, SemanticType semantic, std::string_view unit,
                        std::string_view word) {
    CHECK(unit_of(column(type, semantic)) == unit);
    CHECK(unit_word(type, semantic) == word);
  };
  check(DataType::kInt64, SemanticType::kDurationNs, "ns", "duration");
  check(DataType::kString, SemanticType::kDurationNsQuantiles, "ns", "duration");
  check(DataType::kInt64, SemanticType::kBytes, "bytes", "bytes");
  check(DataType::kFloat64, SemanticType::kPercent, "fraction", "percent");
  check(DataType::kFloat64, SemanticType::kThroughputPerNs, "1/ns", "rate");
  check(DataType::kFloat64, SemanticType::kThroughputBytesPerNs, "bytes/ns", "bytes/s");
  check(DataType::kTime64Ns, SemanticType::kNone, "ns since 1970-01-01T00:00:00Z", "time");
  check(DataType::kInt64, SemanticType::kTimeNs, "ns since 1970-01-01T00:00:00Z", "time");
  check(DataType::kUint128, SemanticType::kUpid, "", "upid");
  check(DataType::kInt64, SemanticType::kNone, "", "int64");
  check(DataType::kString, SemanticType::kNone, "", "string");
}

}  // namespace
}  // namespace pxq
