#include "fuzz/rows.h"
#include "fuzz/target.h"
#include "wire/decoder.h"

namespace pxq::fuzz {
namespace {

constexpr wire::DecodeLimits kLimits{.columns = 64, .tables = 16, .batch_bytes = 1u << 20};

// Of a batch that comes without its relation: one column of each type, as many as it has.
Schema guessed_schema(size_t columns) {
  static constexpr DataType kTypes[] = {DataType::kInt64,   DataType::kString,  DataType::kTime64Ns,
                                        DataType::kUint128, DataType::kFloat64, DataType::kBoolean};
  Schema schema;
  for (size_t i = 0; i < columns; ++i) {
    schema.columns.push_back({"c", kTypes[i % std::size(kTypes)], SemanticType::kNone, ""});
  }
  return schema;
}

void compare_rows(const wire::EncodedBatch& whole, const wire::EncodedBatch& cut) {
  const Schema schema = guessed_schema(whole.columns.size());
  RowBatch rows;
  RowBatch same;
  const Status status = wire::decode_columns(whole, schema, kLimits, rows);
  expect(status.code() == wire::decode_columns(cut, schema, kLimits, same).code(),
         "columns in pieces have the verdict of whole ones");
  if (!status.ok()) return;
  expect_fits(rows, schema);
  expect(equal_rows(rows, same), "columns in pieces have the cells of whole ones");
}

}  // namespace

// The first byte says how long the pieces are.
void fuzz_message(std::string_view input) {
  Feed feed(input);
  const size_t piece = size_t{feed.byte()} + 1;
  const std::string_view bytes = feed.rest();
  wire::Pieces pieces;
  for (size_t at = 0; at < bytes.size(); at += piece) pieces.add(bytes.substr(at, piece));
  const Result<wire::Response> whole = wire::decode_response(bytes, kLimits);
  const Result<wire::Response> cut = wire::decode_response(wire::Bytes(pieces), kLimits);
  expect(whole.status().code() == cut.status().code(),
         "a message in pieces has the verdict of a whole one");
  if (!whole.ok()) return;
  expect(whole->query_id == cut->query_id, "the query's id");
  expect(whole->metadata == cut->metadata, "the relation");
  expect(whole->batch.has_value() == cut->batch.has_value(), "whether there is a batch");
  if (whole->batch) compare_rows(*whole->batch, *cut->batch);
}

}  // namespace pxq::fuzz
