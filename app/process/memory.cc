#include "process/memory.h"

#include <malloc.h>

namespace pxq {
namespace {

// gRPC's read buffers are of one size for a whole stream: given back to the kernel and taken again,
// they cost half of the system time. What is kept at most shows in docs/performance.md.
constexpr int kLargestReused = 8 << 20;
constexpr int kMostKeptFree = 64 << 20;
constexpr int kGrowth = 1 << 20;
constexpr int kArenas = 2;  // one for gRPC's threads together: each keeps as much as that

// Twice the growth, so that an arena does not shrink and grow with every message.
constexpr int kLittleKeptFree = 2 << 20;

}  // namespace

void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, kLargestReused);
  mallopt(M_TRIM_THRESHOLD, kMostKeptFree);
  mallopt(M_TOP_PAD, kGrowth);
  mallopt(M_ARENA_MAX, kArenas);
}

void return_freed_memory() {
  // malloc_trim() gives back the free end of the first arena only. That of another one shrinks when
  // something beside it is freed, and then only from this size on.
  mallopt(M_TRIM_THRESHOLD, kLittleKeptFree);
  // And when malloc_trim() joins the small pieces that are free with what is beside them, such an
  // end may grow without being looked at. So they are joined at once.
  mallopt(M_MXFAST, 0);
}

}  // namespace pxq
