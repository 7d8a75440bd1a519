// The entry that libFuzzer calls: one program a target, which PXQ_FUZZED names.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pxq::fuzz::PXQ_FUZZED(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
