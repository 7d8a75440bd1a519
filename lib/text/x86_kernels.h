#pragma once

#include <vector>

#include "text/text_kernels.h"

namespace pxq {

/// Adds the kernels that this x86 processor can run, the fastest last; none on other processors.
void add_x86_kernels(std::vector<const TextKernels*>& all);

}  // namespace pxq
