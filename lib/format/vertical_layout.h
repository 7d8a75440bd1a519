#pragma once

#include <memory>

#include "format/layout.h"

namespace pxq {

/// One field a line, rows below one another; every value whole.
std::unique_ptr<Layout> make_vertical_layout(LayoutTable table);

}  // namespace pxq
