#pragma once

#include <cstddef>

namespace pxq::local {

/// Some of the rows of a batch, the last one excluded.
struct RowRange {
  size_t begin = 0;
  size_t end = 0;
};

}  // namespace pxq::local
