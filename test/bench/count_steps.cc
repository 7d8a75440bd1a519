#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "bench/steps.h"

// pxq_steps: runs one step once, for callgrind, and prints its rows; without a name, all names.
namespace {

constexpr std::string_view kSteps[] = {"decode", "csv", "tsv", "jsonl", "table"};
constexpr std::string_view kShapes[] = {"wide", "narrow"};

}  // namespace

// Its own symbol, where callgrind begins and ends to count.
extern "C" [[gnu::noinline]] size_t pxq_measured_step(pxq::bench::Steps& steps,
                                                      const std::string& what) {
  return what == "decode" ? steps.decode() : steps.write(what);
}

int main(int argc, char** argv) {
  if (argc < 2) {
    for (const std::string_view shape : kShapes) {
      for (const std::string_view step : kSteps) std::printf("%s-%s\n", shape.data(), step.data());
    }
    return 0;
  }
  const std::string name = argv[1];
  const size_t dash = name.find('-');
  const auto spec = pxq::bench::parse_load_spec("rows=1024 shape=" + name.substr(0, dash));
  if (dash == std::string::npos || !spec.ok()) return 2;
  pxq::bench::Steps steps(*spec);
  if (pxq_measured_step(steps, name.substr(dash + 1)) == 0) return 1;
  const bool once = name.ends_with("decode");
  std::printf("%zu rows\n", steps.rows() * (once ? 1 : pxq::bench::Steps::kTimes));
  return 0;
}
