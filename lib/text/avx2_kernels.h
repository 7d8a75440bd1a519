#pragma once

#include <vector>

#include "text/text_kernels.h"

namespace pxq {

/// Adds the kernels for processors with AVX2 and BMI2, where this is one.
void add_avx2_kernels(std::vector<const TextKernels*>& all);

#if defined(__x86_64__)
// Also for the machines that have more than AVX2: what TextKernels has by these names.
size_t decode_base64url_avx2(const char* in, size_t size, char* out);
bool is_utf8_avx2(const char* in, size_t size);
#endif

}  // namespace pxq
