#include "local/exec/frame.h"

#include <cstddef>
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
  Frame picked{{}, rows.size(), frame.memory};
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

Frame slice(const Frame& frame, size_t begin, size_t count) {
  if (begin == 0 && count == frame.rows) return frame;
  Frame part{{}, count, frame.memory};
  part.columns.reserve(frame.columns.size());
  for (const ColumnPtr& column : frame.columns) {
    part.columns.push_back(share(slice(*column, begin, count)));
  }
  return part;
}

void append(Column& to, const Column& from, size_t begin, size_t count) {
  std::visit(
      [&](auto& values) {
        const auto& source = std::get<std::remove_reference_t<decltype(values)>>(from);
        const auto first = source.begin() + static_cast<ptrdiff_t>(begin);
        values.insert(values.end(), first, first + static_cast<ptrdiff_t>(count));
      },
      to);
}

Frame concatenate(std::span<const Frame> frames) {
  if (frames.size() == 1) return frames.front();
  Frame all{{}, 0, std::make_shared<FrameMemory>()};
  for (const Frame& frame : frames) {
    all.rows += frame.rows;
    all.memory->others.push_back(frame.memory);
  }
  for (size_t i = 0; i < frames.front().columns.size(); ++i) {
    Column column = make_column(column_type(*frames.front().columns[i]));
    std::visit([&all](auto& values) { values.reserve(all.rows); }, column);
    for (const Frame& frame : frames) append(column, *frame.columns[i], 0, frame.rows);
    all.columns.push_back(share(std::move(column)));
  }
  return all;
}

void move_strings(Column& column, StringArena& arena) {
  auto* texts = std::get_if<StringColumn>(&column);
  if (texts == nullptr) return;
  for (std::string_view& text : *texts) text = arena.keep(text);
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

size_t held_bytes(const Frame& frame) {
  size_t bytes = frame.memory == nullptr ? 0 : frame.memory->arena.bytes();
  for (const ColumnPtr& column : frame.columns) {
    bytes += frame.rows * value_bytes(*column);
    if (std::holds_alternative<StringColumn>(*column)) {
      bytes += payload_bytes(*column, 0, frame.rows);
    }
  }
  return bytes;
}

ColumnPtr share(Column&& column) { return std::make_shared<const Column>(std::move(column)); }

}  // namespace pxq::local
