#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "local/data/stored/parquet/file.h"

namespace pxq::local::parquet {

/// The format's number of the type of flags, which alone have an encoding of their own.
inline constexpr int64_t kBooleans = 0;

/// How many bytes each plain value of a column takes; 0 where that differs, or is less than one.
size_t plain_bytes(const ColumnForm& form);

/// Adds values, of whatever is not text, to a column of their type. kIncomplete where the bytes end
/// before, kUsage for values that PxL's types cannot hold.
Status add_plain_numbers(std::string_view bytes, size_t count, const ColumnForm& form, Column& to);

}  // namespace pxq::local::parquet
