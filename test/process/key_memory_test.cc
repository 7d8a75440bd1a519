#include "connect/key_memory.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

#include "base/digest.h"
#include "base/wall_clock.h"
#include "file/scratch_dir.h"
#include "text/odd_numbers.h"

namespace pxq {
namespace {

TEST_CASE("what was asked at a time that is none, or that has not come, is asked again") {
  const fake::ScratchDir dir;
  ::setenv("XDG_STATE_HOME", dir.path().c_str(), 1);
  const KeyMemory memory("server", "1");
  CHECK_FALSE(memory.wants_rsa());
  memory.remember_rsa();
  CHECK(memory.wants_rsa());
  const std::string name = "pxq/keys/" + sha256_hex("server").substr(0, 16) + ".json";
  const std::string text = dir.get(name);
  const auto wants = [&](const std::string& asked_ns) {
    dir.put(name, fake::with_value(text, "/asked_ns", asked_ns));
    return memory.wants_rsa();
  };
  for (const std::string& odd : fake::odd_numbers()) {
    INFO(odd);
    CHECK_FALSE(wants(odd));
  }
  for (const char* never :
       {"-9223372036854775808", "9223372036854775807", "18446744073709551615", "-1"}) {
    INFO(never);
    CHECK_FALSE(wants(never));
  }
  CHECK(wants(std::to_string(wall_clock_ns() - 1)));
  ::unsetenv("XDG_STATE_HOME");
}

}  // namespace
}  // namespace pxq
