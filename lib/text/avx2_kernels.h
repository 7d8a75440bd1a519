#pragma once

#include <vector>

#include "text/text_kernels.h"

namespace pxq {

/// Adds the kernels for processors with AVX2 and BMI2, where this is one.
void add_avx2_kernels(std::vector<const TextKernels*>& all);

}  // namespace pxq
