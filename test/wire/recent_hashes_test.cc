#include "wire/recent_hashes.h"

#include <catch2/catch.hpp>
#include <deque>
#include <random>
#include <set>

namespace pxq::wire {
namespace {

TEST_CASE("Of hashes that arrive the last so many are known again, and none before") {
  const size_t most = GENERATE(size_t{1}, size_t{2}, size_t{64}, size_t{4096});
  const size_t range = GENERATE(
      size_t{3}, size_t{100}, size_t{6000});  // small ones come again often, and lie close together
  RecentHashes hashes(most);
  std::set<size_t> known;
  std::deque<size_t> arrived;
  std::mt19937_64 chance(most + range);
  size_t wrong = 0;
  for (int i = 0; i < 30'000; ++i) {
    const size_t hash = 1 + chance() % range;
    const bool is_new = known.insert(hash).second;
    if (hashes.insert(hash) != is_new) ++wrong;
    if (!is_new) continue;
    arrived.push_back(hash);
    if (arrived.size() <= most) continue;
    known.erase(arrived.front());
    arrived.pop_front();
  }
  CHECK(wrong == 0);
}

TEST_CASE("Hashes of any bits are known again") {
  RecentHashes hashes(1u << 16);
  std::mt19937_64 chance(1);
  for (int i = 0; i < 200'000; ++i) {
    const size_t hash = chance();
    if (!hashes.insert(hash) || hashes.insert(hash)) FAIL("at hash " << i);
  }
  CHECK(hashes.insert(0));
  CHECK_FALSE(hashes.insert(0));
}

}  // namespace
}  // namespace pxq::wire
