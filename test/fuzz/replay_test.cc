#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "fuzz/target.h"
#include "places.h"

namespace pxq::fuzz {
namespace {

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("what fuzzers found before is found no more") {
  for (const Target& target : targets()) {
    size_t inputs = 0;
    for (const auto& entry : std::filesystem::directory_iterator(
             std::filesystem::path(PXQ_TEST_DATA) / "fuzz/corpus" / target.name)) {
      INFO(target.name << ": " << entry.path().filename());
      CHECK_NOTHROW(target.run(bytes_of(entry.path())));
      ++inputs;
    }
    INFO(target.name);
    CHECK(inputs > 0);
  }
}

TEST_CASE("every target takes no bytes, and any one") {
  for (const Target& target : targets()) {
    INFO(target.name);
    CHECK_NOTHROW(target.run({}));
    for (int byte = 0; byte < 256; ++byte) {
      const std::string one(1, static_cast<char>(byte));
      INFO(byte);
      CHECK_NOTHROW(target.run(one));
    }
  }
}

}  // namespace
}  // namespace pxq::fuzz
