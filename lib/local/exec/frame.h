#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "local/functions/function.h"
#include "model/row_batch.h"
#include "model/schema.h"

namespace pxq::local {

/// A column that several operators' outputs may share; it never changes.
using ColumnPtr = std::shared_ptr<const Column>;

/// Keeps the strings of frames: those that functions made, and what others keep.
struct FrameMemory {
  StringArena arena;
  std::vector<std::shared_ptr<const void>> others;
};

/// Some rows on their way between two operators: every column has `rows` values. `memory` keeps
/// their strings; whoever holds on to a string without it copies the string.
struct Frame {
  std::vector<ColumnPtr> columns;
  size_t rows = 0;
  std::shared_ptr<FrameMemory> memory = nullptr;
};

/// No row of the other side: gather_or_default() puts the type's default there.
inline constexpr uint32_t kNoRow = UINT32_MAX;

/// Row numbers are 32 bits wide and one value is taken.
inline constexpr size_t kMaxRows = UINT32_MAX - size_t{1};

Column gather(const Column& column, std::span<const uint32_t> rows);
Column gather_or_default(const Column& column, std::span<const uint32_t> rows);
Frame gather(const Frame& frame, std::span<const uint32_t> rows);

/// REQUIRES: begin + count <= the column's size.
Column slice(const Column& column, size_t begin, size_t count);
Frame slice(const Frame& frame, size_t begin, size_t count);

/// Appends values of the same type. REQUIRES: begin + count <= the size of `from`.
void append(Column& to, const Column& from, size_t begin, size_t count);

/// All rows of frames that have the same column types, at least one; their memories stay alive.
Frame concatenate(std::span<const Frame> frames);

/// Copies the column's strings into `arena` and points it there.
void move_strings(Column& column, StringArena& arena);

/// What one value takes in a column, a string's text left out.
size_t value_bytes(const Column& column);

/// The bytes of values begin to begin + count, with the texts of strings but not their views.
uint64_t payload_bytes(const Column& column, size_t begin, size_t count);

/// What holding the frame costs.
size_t held_bytes(const Frame& frame);

ColumnPtr share(Column&& column);

}  // namespace pxq::local
