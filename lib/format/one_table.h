#pragma once

#include <string_view>

#include "base/status.h"

namespace pxq {

/// Why a file of a format that holds one table cannot take `second` beside `first`.
Status two_tables(std::string_view format, std::string_view extension, std::string_view first,
                  std::string_view second);

}  // namespace pxq
