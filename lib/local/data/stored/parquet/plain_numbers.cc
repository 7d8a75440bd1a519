#include "local/data/stored/parquet/plain_numbers.h"

#include <cstring>
#include <type_traits>
#include <variant>

namespace pxq::local::parquet {
namespace {

// Numbers of the format: https://parquet.apache.org/docs/file-format/
enum Physical : int64_t { kInt32 = 1, kInt64 = 2, kFloat = 4, kDouble = 5, kFixedBytes = 7 };

constexpr size_t kUuidBytes = 16;

Status cut() { return {Code::kIncomplete, "values are cut"}; }

template <typename Number>
Number number_at(std::string_view bytes, size_t at) {
  Number value{};
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

uint64_t big_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes.substr(0, 8)) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

template <typename Cells>
auto* room_for(size_t count, Cells& cells) {
  const size_t before = cells.size();
  cells.resize(before + count);
  return cells.data() + before;
}

template <typename Number>
Status moments(std::string_view bytes, size_t count, int64_t unit_ns, Time64* out) {
  bool beyond = false;
  for (size_t i = 0; i < count; ++i) {
    beyond |= __builtin_mul_overflow(int64_t{number_at<Number>(bytes, i * sizeof(Number))}, unit_ns,
                                     &out[i].ns);
  }
  if (!beyond) return {};
  return {Code::kUsage, "a moment is beyond what nanoseconds since 1970 can be"};
}

template <typename Number>
Status natural(std::string_view bytes, size_t count, int64_t* out) {
  for (size_t i = 0; i < count; ++i) {
    out[i] = static_cast<int64_t>(number_at<Number>(bytes, i * sizeof(Number)));
    if (out[i] < 0) return {Code::kUsage, "a number is beyond what INT64 can be"};
  }
  return {};
}

template <typename Number>
Status whole(std::string_view bytes, size_t count, const ColumnForm& form, Column& to) {
  if (auto* const times = std::get_if<Time64Column>(&to)) {
    return moments<Number>(bytes, count, form.unit_ns, room_for(count, *times));
  }
  int64_t* const out = room_for(count, std::get<Int64Column>(to));
  if (form.is_unsigned) return natural<std::make_unsigned_t<Number>>(bytes, count, out);
  for (size_t i = 0; i < count; ++i) out[i] = number_at<Number>(bytes, i * sizeof(Number));
  return {};
}

template <typename Number>
Status real(std::string_view bytes, size_t count, Column& to) {
  double* const out = room_for(count, std::get<Float64Column>(to));
  for (size_t i = 0; i < count; ++i) out[i] = number_at<Number>(bytes, i * sizeof(Number));
  return {};
}

Status uuids(std::string_view bytes, size_t count, Column& to) {
  auto& values = std::get<Uint128Column>(to);
  for (size_t i = 0; i < count; ++i) {
    const std::string_view uuid = bytes.substr(i * kUuidBytes, kUuidBytes);
    values.push_back({big_endian(uuid), big_endian(uuid.substr(8))});
  }
  return {};
}

Status flags(std::string_view bytes, size_t count, Column& to) {
  if (bytes.size() < (count + 7) / 8) return cut();
  auto& values = std::get<BooleanColumn>(to);
  for (size_t i = 0; i < count; ++i) {
    values.push_back(static_cast<uint8_t>(bytes[i / 8]) >> (i % 8) & 1);
  }
  return {};
}

}  // namespace

size_t plain_bytes(const ColumnForm& form) {
  switch (form.physical) {
    case kInt32:
    case kFloat: return 4;
    case kInt64:
    case kDouble: return 8;
    case kFixedBytes: return kUuidBytes;
    default: return 0;
  }
}

Status add_plain_numbers(std::string_view bytes, size_t count, const ColumnForm& form, Column& to) {
  if (form.physical == kBooleans) return flags(bytes, count, to);
  const size_t size = plain_bytes(form);
  if (size == 0 || bytes.size() / size < count) return cut();
  switch (form.physical) {
    case kInt32: return whole<int32_t>(bytes, count, form, to);
    case kInt64: return whole<int64_t>(bytes, count, form, to);
    case kFloat: return real<float>(bytes, count, to);
    case kDouble: return real<double>(bytes, count, to);
    default: return uuids(bytes, count, to);
  }
}

}  // namespace pxq::local::parquet
