#pragma once

#include "local/pxl/ast.h"

namespace pxq::local {

/// The module pxviews: views over Pixie's tables by service, pod and container, written in PxL.
/// Lives for ever.
const pxl::Module& views_module();

}  // namespace pxq::local
