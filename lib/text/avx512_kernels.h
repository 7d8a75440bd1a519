#pragma once

#include <vector>

#include "text/text_kernels.h"

namespace pxq {

/// Adds the kernels for processors with AVX-512 and its VBMI2 part, where this is one.
void add_avx512_kernels(std::vector<const TextKernels*>& all);

}  // namespace pxq
