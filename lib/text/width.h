#pragma once

#include <cstddef>
#include <string_view>

#include "base/text_buffer.h"

namespace pxq {

/// What a terminal draws as one sign: its bytes and the cells it takes (0, 1 or 2).
struct Cluster {
  size_t bytes = 0;
  size_t width = 0;
};

/// The grapheme cluster at the front of `utf8`. A broken byte counts as one cell of its own.
/// REQUIRES: !utf8.empty().
Cluster first_cluster(std::string_view utf8);

/// Terminal cells that `utf8` takes: East Asian wide signs two, combining marks none.
size_t display_width(std::string_view utf8);

/// Cuts what `out` holds from `start` on, so that it takes at most `limit` cells, the last of them
/// an ellipsis; leaves it alone if it fits. Gives the cells it takes. Never splits a cluster.
size_t cut_to_width(TextBuffer& out, size_t start, size_t limit);

}  // namespace pxq
