#include "bench/load_rows.h"

#include <array>
#include <string>
#include <vector>

namespace pxq::bench {
namespace {

namespace pb = px::api::vizierpb;

constexpr int64_t kStartNs = 1'795'446'000'000'000'000;  // 2026-11-23T15:00:00Z

/// A row's own stream of random numbers (splitmix64).
class Dice {
 public:
  explicit Dice(uint64_t row) : state_(row * 0x9e3779b97f4a7c15 + 1) {}

  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  uint64_t below(uint64_t limit) { return next() % limit; }
  double fraction() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  template <size_t kSize>
  std::string_view one_of(const std::array<std::string_view, kSize>& values) {
    return values[below(kSize)];
  }

 private:
  uint64_t state_;
};

constexpr std::array<std::string_view, 8> kServices = {
    "default/checkout", "default/frontend", "default/cartsvc1", "default/payments",
    "default/currency", "default/shipping", "default/emailsvc", "default/adserver"};
constexpr std::array<std::string_view, 4> kMethods = {"GET", "GET", "POST", "PUT"};
constexpr std::array<std::string_view, 4> kPaths = {"/api/v1/products/", "/api/v2/cart/items/",
                                                    "/checkout/", "/healthz?probe="};
constexpr std::array<std::string_view, 8> kWords = {
    "the quick brown fox, ",       "total=1204.50, ",
    "lorem ipsum dolor sit amet ", "\"status\": \"ok\" ",
    "line one of a text\n",        "caf\xc3\xa9 au lait, ",
    "user 4711 of tenant 7",       "a plain run of words without anything special "};

std::string hex(uint64_t value, size_t digits) {
  std::string text(digits, '0');
  for (size_t i = digits; i-- != 0; value >>= 4) text[i] = "0123456789abcdef"[value & 15];
  return text;
}

std::string pod(Dice& dice) {
  return std::string(dice.one_of(kServices)) + "-" + hex(dice.next(), 10) + "-" +
         hex(dice.next(), 5);
}

// Always 218 bytes, 28 of them quotes.
std::string headers(Dice& dice) {
  std::string text = R"({"Accept":"*/*","Content-Type":"application/json","Host":"shop.example",)"
                     R"("User-Agent":"Go-http-client/1.1","X-Request-Id":")";
  text += hex(dice.next(), 16) + hex(dice.next(), 16);
  text += R"(","X-B3-Sampled":"1","X-Trace":")";
  while (text.size() < 216) text += hex(dice.next(), 1);
  return text + "\"}";
}

// 0 to 1024 bytes; one in eight is empty, one in sixteen has a byte that is not UTF-8.
std::string body(Dice& dice) {
  const uint64_t roll = dice.below(16);
  if (roll < 2) return {};
  const uint64_t size = dice.below(1025);
  std::string text;
  while (text.size() < size) text += dice.one_of(kWords);
  text.resize(size);
  if (roll == 2 && size != 0) text[dice.below(size)] = '\xff';
  return text;
}

/// Names a column and gives it a message to fill; the two must stay in step.
struct Columns {
  explicit Columns(pb::RowBatchData& batch) : batch_(batch) {}

  pb::StringColumn& string() { return *batch_.add_cols()->mutable_string_data(); }
  pb::Int64Column& int64() { return *batch_.add_cols()->mutable_int64_data(); }
  pb::Float64Column& float64() { return *batch_.add_cols()->mutable_float64_data(); }
  pb::Time64NSColumn& time() { return *batch_.add_cols()->mutable_time64ns_data(); }
  pb::UInt128Column& uint128() { return *batch_.add_cols()->mutable_uint128_data(); }

 private:
  pb::RowBatchData& batch_;
};

int64_t time_of(uint64_t row) { return kStartNs + static_cast<int64_t>(row * 1'234'567); }

void wide_rows(uint64_t first, uint64_t count, pb::RowBatchData& batch) {
  Columns columns(batch);
  auto& time = columns.time();
  auto& upid = columns.uint128();
  auto& pods = columns.string();
  auto& service = columns.string();
  auto& method = columns.string();
  auto& path = columns.string();
  auto& header = columns.string();
  auto& status = columns.int64();
  auto& bodies = columns.string();
  auto& latency = columns.int64();
  auto& cpu = columns.float64();
  auto& error = columns.string();
  for (uint64_t row = first; row < first + count; ++row) {
    Dice dice(row);
    time.add_data(time_of(row));
    auto& id = *upid.add_data();
    id.set_high(uint64_t{12} << 32 | (1000 + dice.below(5000)));
    id.set_low(987'654'321 + dice.below(1'000'000));
    pods.add_data(pod(dice));
    service.add_data(std::string(dice.one_of(kServices)));
    method.add_data(std::string(dice.one_of(kMethods)));
    path.add_data(std::string(dice.one_of(kPaths)) + std::to_string(dice.below(100'000)));
    header.add_data(headers(dice));
    status.add_data(dice.below(20) == 0 ? 500 : 200);
    bodies.add_data(body(dice));
    latency.add_data(static_cast<int64_t>(dice.below(50'000'000)));
    cpu.add_data(dice.fraction());
    error.add_data(dice.below(20) == 0 ? "upstream reset" : "");
  }
}

void narrow_rows(uint64_t first, uint64_t count, pb::RowBatchData& batch) {
  Columns columns(batch);
  auto& time = columns.time();
  auto& service = columns.string();
  auto& latency = columns.int64();
  auto& cpu = columns.float64();
  for (uint64_t row = first; row < first + count; ++row) {
    Dice dice(row);
    time.add_data(time_of(row));
    service.add_data(std::string(dice.one_of(kServices)));
    latency.add_data(static_cast<int64_t>(dice.below(2'000'000)));
    cpu.add_data(dice.fraction());
  }
}

void number_rows(uint64_t width, uint64_t first, uint64_t count, pb::RowBatchData& batch) {
  Columns columns(batch);
  for (uint64_t column = 0; column < width; ++column) {
    auto& values = columns.int64();
    for (uint64_t row = first; row < first + count; ++row) {
      values.add_data(static_cast<int64_t>(Dice(row + column).below(1'000'000)));
    }
  }
}

void string_rows(const LoadSpec& spec, uint64_t first, uint64_t count, pb::RowBatchData& batch) {
  Columns columns(batch);
  for (uint64_t column = 0; column < spec.columns; ++column) {
    auto& values = columns.string();
    for (uint64_t row = first; row < first + count; ++row) {
      Dice dice(row + column);
      std::string& cell = *values.add_data();
      while (cell.size() < spec.cell) cell += dice.one_of(kWords);
      cell.resize(spec.cell);
    }
  }
}

struct Name {
  std::string_view name;
  pb::DataType type;
  pb::SemanticType semantic = pb::ST_NONE;
};

constexpr Name kWideNames[] = {{"time_", pb::TIME64NS, pb::ST_TIME_NS},
                               {"upid", pb::UINT128, pb::ST_UPID},
                               {"pod", pb::STRING, pb::ST_POD_NAME},
                               {"service", pb::STRING, pb::ST_SERVICE_NAME},
                               {"req_method", pb::STRING},
                               {"req_path", pb::STRING},
                               {"req_headers", pb::STRING},
                               {"resp_status", pb::INT64, pb::ST_HTTP_RESP_STATUS},
                               {"resp_body", pb::STRING},
                               {"latency", pb::INT64, pb::ST_DURATION_NS},
                               {"cpu", pb::FLOAT64, pb::ST_PERCENT},
                               {"error", pb::STRING}};
constexpr Name kNarrowNames[] = {{"time_", pb::TIME64NS, pb::ST_TIME_NS},
                                 {"service", pb::STRING, pb::ST_SERVICE_NAME},
                                 {"latency", pb::INT64, pb::ST_DURATION_NS},
                                 {"cpu", pb::FLOAT64, pb::ST_PERCENT}};

void add_column(pb::QueryMetadata& metadata, const Name& column) {
  auto& info = *metadata.mutable_relation()->add_columns();
  info.set_column_name(std::string(column.name));
  info.set_column_type(column.type);
  info.set_column_semantic_type(column.semantic);
}

}  // namespace

pb::QueryMetadata load_metadata(const LoadSpec& spec, std::string_view table_name,
                                std::string_view table_id) {
  pb::QueryMetadata metadata;
  metadata.set_name(std::string(table_name));
  metadata.set_id(std::string(table_id));
  switch (spec.shape) {
    case LoadSpec::Shape::kWide:
      for (const Name& column : kWideNames) add_column(metadata, column);
      break;
    case LoadSpec::Shape::kNarrow:
      for (const Name& column : kNarrowNames) add_column(metadata, column);
      break;
    case LoadSpec::Shape::kNumbers:
    case LoadSpec::Shape::kStrings: {
      const auto type = spec.shape == LoadSpec::Shape::kNumbers ? pb::INT64 : pb::STRING;
      for (uint64_t i = 0; i < spec.columns; ++i) {
        const std::string name = "column_" + std::to_string(i);
        add_column(metadata, {name, type});
      }
    }
  }
  return metadata;
}

pb::RowBatchData load_rows(const LoadSpec& spec, uint64_t first, uint64_t count) {
  pb::RowBatchData batch;
  switch (spec.shape) {
    case LoadSpec::Shape::kWide: wide_rows(first, count, batch); break;
    case LoadSpec::Shape::kNarrow: narrow_rows(first, count, batch); break;
    case LoadSpec::Shape::kNumbers: number_rows(spec.columns, first, count, batch); break;
    case LoadSpec::Shape::kStrings: string_rows(spec, first, count, batch); break;
  }
  batch.set_num_rows(static_cast<int64_t>(count));
  return batch;
}

}  // namespace pxq::bench
