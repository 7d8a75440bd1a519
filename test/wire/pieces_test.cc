#include <cstring>
#include <initializer_list>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "hex.h"
#include "wire/decoder.h"
#include "wire/wire_reader.h"

namespace pxq::wire {
namespace {

// Bytes, uint128 and int64 of two rows; the last string ends the message's longest field.
constexpr std::string_view kTwoRows =
    "1201711a370a350a10120e0a0cffffffffffffffffff01ac020a0e1a0c0a08087b10aa808080700a000a083206"
    "0a02ff610a001002180120012a0169";
constexpr std::string_view kScalars =
    "1201711a3e0a3c0a060a040a0201000a142a120a10000000000000f87f00000000000000800a1722150a13bbc0b7d2"
    "dc9c979d16ffffffffffffffffff0110022a0169";

Schema schema_of(std::initializer_list<DataType> types) {
  Schema schema{"t", "i", {}};
  for (const DataType type : types) schema.columns.push_back({"c", type, SemanticType::kNone, ""});
  return schema;
}

// A message in pieces of one size, each in memory of its own, so that ASan sees its end.
class Cut {
 public:
  Cut(std::string_view message, size_t size) {
    for (size_t at = 0; at < message.size(); at += size) {
      const std::string_view part = message.substr(at, size);
      parts_.emplace_back(part.begin(), part.end()).shrink_to_fit();
      pieces_.add({parts_.back().data(), parts_.back().size()});
    }
  }
  Bytes bytes() { return Bytes(pieces_); }
  const std::vector<char>& part(size_t index) const { return parts_[index]; }

 private:
  std::vector<std::vector<char>> parts_;
  Pieces pieces_;
};

struct Decoded {
  Status status;
  std::string query_id;
  RowBatch batch;
};

Decoded decode(const Bytes& message, const Schema& schema) {
  Result<Response> response = decode_response(message, DecodeLimits{});
  if (!response.ok()) return {response.status(), {}, {}};
  Decoded decoded{{}, std::string(response->query_id), {}};
  if (response->batch) {
    decoded.status = decode_columns(*response->batch, schema, {}, decoded.batch);
  }
  return decoded;
}

void check_alike(const std::string& message, const Schema& schema) {
  const Decoded whole = decode(message, schema);
  for (size_t size = 1; size <= message.size(); ++size) {
    Cut cut(message, size);
    const Decoded pieces = decode(cut.bytes(), schema);
    INFO("pieces of " << size);
    REQUIRE(pieces.status.message() == whole.status.message());
    CHECK(pieces.query_id == whole.query_id);
    if (!whole.status.ok()) continue;
    CHECK(pieces.batch.num_rows == whole.batch.num_rows);
    CHECK(pieces.batch.eos == whole.batch.eos);
    // Floats by their bits, as one of them is no number.
    REQUIRE(pieces.batch.columns.size() == whole.batch.columns.size());
    for (size_t i = 0; i < whole.batch.columns.size(); ++i) {
      const auto* floats = std::get_if<Float64Column>(&whole.batch.columns[i]);
      if (floats == nullptr) {
        CHECK(pieces.batch.columns[i] == whole.batch.columns[i]);
      } else {
        const auto& others = std::get<Float64Column>(pieces.batch.columns[i]);
        REQUIRE(others.size() == floats->size());
        CHECK(std::memcmp(others.data(), floats->data(), floats->size() * sizeof(double)) == 0);
      }
    }
  }
}

const Schema kSchema = schema_of({DataType::kInt64, DataType::kUint128, DataType::kString});

TEST_CASE("A message decodes alike in whatever pieces it comes") {
  REQUIRE(decode(from_hex(kTwoRows), kSchema).batch.num_rows == 2);
  check_alike(from_hex(kTwoRows), kSchema);
  const Schema scalars = schema_of({DataType::kBoolean, DataType::kFloat64, DataType::kTime64Ns});
  REQUIRE(decode(from_hex(kScalars), scalars).batch.num_rows == 2);
  check_alike(from_hex(kScalars), scalars);
}

TEST_CASE("A message cut short is refused alike in whatever pieces it comes") {
  const std::string message = from_hex(kTwoRows);
  for (size_t length = 0; length < message.size(); ++length) {
    check_alike(message.substr(0, length), kSchema);
  }
}

TEST_CASE("A changed byte is decoded or refused alike in whatever pieces it comes") {
  for (size_t at = 0; at < from_hex(kTwoRows).size(); ++at) {
    for (const int value : {0x00, 0x01, 0x0a, 0x7f, 0x80, 0xff}) {
      std::string message = from_hex(kTwoRows);
      message[at] = static_cast<char>(value);
      check_alike(message, kSchema);
    }
  }
}

TEST_CASE("Only a value that lies across two pieces is copied") {
  const std::string message = std::string("\x0a\x03") + "one" + "\x0a\x03" + "two";
  Cut cut(message, 8);  // the second value has one of its bytes in the first piece
  WireReader reader(cut.bytes());
  REQUIRE(reader.next_field());
  CHECK(reader.bytes().data() == cut.part(0).data() + 2);
  REQUIRE(reader.next_field());
  const std::string_view two = reader.bytes();
  CHECK(two == "two");
  CHECK(two.data() != cut.part(0).data() + 7);
  CHECK_FALSE(reader.next_field());
  CHECK(reader.ok());
}

TEST_CASE("Bytes in one piece are whole without a copy") {
  const std::string text = "text";
  CHECK(Bytes(text).whole().data() == text.data());
  Cut one(text, text.size());
  CHECK(one.bytes().whole().data() == one.part(0).data());
  Cut two(text, 3);
  CHECK(two.bytes().whole() == text);
}

TEST_CASE("A number that says more bytes than all pieces have is malformed") {
  Cut cut(std::string("\x0a\x7f") + "abc", 2);
  WireReader reader(cut.bytes());
  REQUIRE(reader.next_field());
  SECTION("as a value") { CHECK(reader.bytes().empty()); }
  SECTION("as a range") { CHECK(reader.range().empty()); }
  SECTION("passed over") { reader.skip(); }
  CHECK_FALSE(reader.ok());
  CHECK(reader.at_end());
}

}  // namespace
}  // namespace pxq::wire
