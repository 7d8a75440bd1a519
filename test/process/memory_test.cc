// What malloc keeps of freed memory. Each case has a process of its own: mallopt() is for all of
// one.

#include "process/memory.h"

#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <thread>

#include <catch2/catch.hpp>

#include "fake/process.h"

namespace pxq {
namespace {

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // their allocators keep it

constexpr int64_t kMiB = 1 << 20;

void* touched(size_t bytes) {
  void* block = malloc(bytes);
  if (block == nullptr) throw std::bad_alloc();
  std::memset(block, 1, bytes);
  return block;
}

using Blocks = std::array<void*, size_t{48} * 16>;

/// 48 MiB in blocks that lie behind one another.
Blocks take() {
  Blocks blocks{};
  for (void*& block : blocks) block = touched(64 << 10);
  return blocks;
}

void give(const Blocks& blocks) {
  for (void* block : blocks) free(block);
}

void take_and_give() { give(take()); }

/// The same with small pieces behind them that are freed last: more than a thread keeps for itself,
/// so that they go to malloc's lists of small ones, which it does not join with what is beside
/// them. What the thread frees at its own end is kept away by something that stays.
void take_and_give_small_ones_last() {
  std::array<void*, 32> small{};
  touched(4 << 10);
  const Blocks blocks = take();
  for (void*& piece : small) piece = touched(64);
  give(blocks);
  for (void* piece : small) free(piece);
}

/// MiB that a process holds after a thread of it has done `work`, beyond what it held before.
/// A thread of a process that was just forked has another arena than the first.
int kept_after(void (*prepare)(), void (*work)()) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    prepare();
    std::thread([] {}).join();  // so that its stack is there
    const int64_t before = fake::resident_bytes(getpid());
    std::thread(work).join();
    malloc_trim(0);
    _exit(static_cast<int>((fake::resident_bytes(getpid()) - before) / kMiB));
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

void return_it() {
  keep_freed_memory();
  return_freed_memory();
}

TEST_CASE("freed memory of any thread is kept for the next messages, or goes back to the system") {
  CHECK(kept_after(keep_freed_memory, take_and_give) >= 40);
  CHECK(kept_after(return_it, take_and_give) <= 3);
}

TEST_CASE("small pieces that are freed last keep no memory from going back to the system") {
  CHECK(kept_after(keep_freed_memory, take_and_give_small_ones_last) >= 40);
  CHECK(kept_after(return_it, take_and_give_small_ones_last) <= 3);
}

#endif

}  // namespace
}  // namespace pxq
