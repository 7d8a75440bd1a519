#pragma once

#include <memory>

#include "format/format.h"

namespace pxq {

// The constant of each line of formats.def; it stands in the file that bears the format's name.
#define PXQ_FORMAT(constant) extern const Format constant;
#include "format/formats.def"
#undef PXQ_FORMAT

}  // namespace pxq
