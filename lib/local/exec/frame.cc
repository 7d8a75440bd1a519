#include "local/exec/frame.h"

#include <type_traits>
#include <utility>

namespace pxq::local {

Column gather(const Column& column, std::span<const uint32_t> rows) {
  return std::visit(
      [rows](const auto& values) -> Column {
        std::remove_cvref_t<decltype(values)> picked;
        picked.reserve(rows.size());
        for (const uint32_t row : rows) picked.push_back(values[row]);
        return picked;
      },
      column);
}

Column gather_or_default(const Column& column, std::span<const uint32_t> rows) {
  return std::visit(
      [rows](const auto& values) -> Column {
        std::remove_cvref_t<decltype(values)> picked(rows.size());
        for (size_t i = 0; i < rows.size(); ++i) {
          if (rows[i] != kNoRow) picked[i] = values[rows[i]];
        }
        return picked;
      },
      column);
}

Frame gather(const Frame& frame, std::span<const uint32_t> rows) {
  Frame picked{{}, rows.size()};
  picked.columns.reserve(frame.columns.size());
  for (const ColumnPtr& column : frame.columns) {
    picked.columns.push_back(share(gather(*column, rows)));
  }
  return picked;
}

Column slice(const Column& column, size_t begin, size_t count) {
  return std::visit(
      [begin, count](const auto& values) -> Column {
        const auto* first = values.data() + begin;
        return std::remove_cvref_t<decltype(values)>(first, first + count);
      },
      column);
}

size_t value_bytes(const Column& column) {
  return std::visit([](const auto& values) { return sizeof(values[0]); }, column);
}

uint64_t payload_bytes(const Column& column, size_t begin, size_t count) {
  const auto* texts = std::get_if<StringColumn>(&column);
  if (texts == nullptr) return uint64_t{count} * value_bytes(column);
  uint64_t bytes = 0;
  for (size_t i = begin; i < begin + count; ++i) bytes += (*texts)[i].size();
  return bytes;
}

ColumnPtr share(Column&& column) { return std::make_shared<const Column>(std::move(column)); }

}  // namespace pxq::local
