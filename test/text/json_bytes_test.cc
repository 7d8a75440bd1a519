#include "text/json_bytes.h"

#include <catch2/catch.hpp>
#include <limits>

#include "text/odd_numbers.h"

namespace pxq {
namespace {

using Json = nlohmann::ordered_json;

template <typename Number>
std::optional<Number> read(const std::string& text) {
  return whole_number<Number>(Json::parse(text));
}

TEST_CASE("a whole number is read as it stands") {
  CHECK(read<int>("0") == 0);
  CHECK(read<int>("-0") == 0);
  CHECK(read<int>("-5") == -5);
  CHECK(read<uint64_t>("18446744073709551615") == std::numeric_limits<uint64_t>::max());
  CHECK(read<int64_t>("9223372036854775807") == std::numeric_limits<int64_t>::max());
  CHECK(read<int64_t>("-9223372036854775808") == std::numeric_limits<int64_t>::min());
  CHECK(read<uint16_t>("65535") == 65535);
  CHECK(whole_number<int>(nlohmann::json(7)) == 7);  // the other kind of document
}

TEST_CASE("what is no whole number, or too large for where it goes, is none") {
  for (const std::string& odd : fake::odd_numbers()) {
    INFO(odd);
    CHECK_FALSE(read<int>(odd));
    CHECK_FALSE(read<int64_t>(odd));
    CHECK_FALSE(read<uint64_t>(odd));
    CHECK_THROWS_AS(whole<int64_t>(Json::parse(odd)), Json::exception);
    CHECK_THROWS_AS(whole_member<int64_t>(Json::parse(R"({"n":)" + odd + "}"), "n"),
                    Json::exception);
    CHECK_THROWS_AS(whole_member_if_there<int64_t>(Json::parse(R"({"n":)" + odd + "}"), "n"),
                    Json::exception);
  }
  CHECK_FALSE(read<uint64_t>("-1"));
  CHECK_FALSE(read<int64_t>("9223372036854775808"));
  CHECK_FALSE(read<int>("2147483648"));
  CHECK_FALSE(read<uint16_t>("65536"));
}

TEST_CASE("a member that may lack is none where it does, one that may not is refused") {
  const Json object = Json::parse(R"({"n":3})");
  CHECK(whole_member<int>(object, "n") == 3);
  CHECK(whole_member_if_there<int>(object, "n") == 3);
  CHECK(whole_member_if_there<int>(object, "m") == std::nullopt);
  CHECK_THROWS_AS(whole_member<int>(object, "m"), Json::exception);
  CHECK_THROWS_AS(whole_member<int>(Json::parse("[1]"), "n"), Json::exception);
}

}  // namespace
}  // namespace pxq
