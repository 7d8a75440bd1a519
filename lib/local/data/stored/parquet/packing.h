#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace pxq::local::parquet {

/// kUsage for a codec that pxq does not read.
Status check_codec(int64_t codec);

/// Unpacks a page, which must come out at `size` bytes. `codec` is a number of the format.
/// Damage is kIncomplete.
Result<std::string> unpack(int64_t codec, std::string_view packed, size_t size);

}  // namespace pxq::local::parquet
