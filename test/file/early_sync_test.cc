#include "file/early_sync.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <thread>

#include "base/unique_fd.h"

namespace pxq {
namespace {

constexpr int kNoDescriptor = -1;  // whose sync fails

TEST_CASE("a file that grew by little is not synced early") {
  EarlySync early(kNoDescriptor, 4);
  early.grew_by(3);
  early.end();
  CHECK(early.failure() == 0);
}

TEST_CASE("a sync that fails early is told, whatever comes after it") {
  EarlySync early(kNoDescriptor, 4);
  early.grew_by(3);
  early.grew_by(1);
  while (early.failure() == 0) std::this_thread::yield();
  early.grew_by(100);
  early.end();
  early.grew_by(100);
  CHECK(early.failure() == EBADF);
}

TEST_CASE("what cannot be synced is no failure") {
  int ends[2] = {};
  REQUIRE(::pipe(ends) == 0);
  const UniqueFd reader(ends[0]);
  const UniqueFd writer(ends[1]);
  EarlySync early(writer.get(), 1);
  early.grew_by(1);
  early.end();
  CHECK(early.failure() == 0);
}

}  // namespace
}  // namespace pxq
