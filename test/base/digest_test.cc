#include "base/digest.h"

#include <openssl/crypto.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>
#include <string>

namespace pxq {
namespace {

// How many allocations of OpenSSL still succeed; negative: all.
int left = -1;

void* take(size_t size, const char*, int) {
  if (left == 0) return nullptr;
  if (left > 0) --left;
  return std::malloc(size);
}
void* take_again(void* old, size_t size, const char*, int) { return std::realloc(old, size); }
void give_back(void* memory, const char*, int) { std::free(memory); }

// OpenSSL takes them before its first allocation only.
const bool taken = CRYPTO_set_mem_functions(take, take_again, give_back) == 1;

TEST_CASE("R04 a sum that memory lacks for is none, and never another one") {
  REQUIRE(taken);
  const std::string right = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  REQUIRE(sha256_hex("abc") == right);
  int refused = 0;
  for (int succeed = 0; succeed < 20; ++succeed) {
    left = succeed;
    std::string sum;
    try {
      sum = sha256_hex("abc");
    } catch (const std::bad_alloc&) {
      ++refused;
    }
    left = -1;
    CHECK((sum.empty() || sum == right));
  }
  CHECK(refused > 0);
  CHECK(refused < 20);
}

}  // namespace
}  // namespace pxq
