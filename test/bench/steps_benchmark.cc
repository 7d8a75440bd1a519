// Debian's prebuilt main has no benchmarks in it.
#define CATCH_CONFIG_MAIN
#define CATCH_CONFIG_ENABLE_BENCHMARKING
#include <catch2/catch.hpp>

#include "bench/steps.h"
#include "text/csv.h"
#include "text/json.h"
#include "text/number.h"
#include "text/text_kernels.h"

// pxq_benchmark: nanoseconds of each step on a batch of 1024 rows, and of the loops below them.
namespace pxq::bench {
namespace {

TEST_CASE("decode and write a batch") {
  for (const std::string shape : {"wide", "narrow"}) {
    Steps steps(*parse_load_spec("rows=1024 shape=" + shape));
    BENCHMARK(shape + " decode") { return steps.decode(); };
    for (const std::string format : {"csv", "tsv", "jsonl", "table"}) {
      BENCHMARK(shape + " " + format) { return steps.write(format); };
    }
  }
}

TEST_CASE("text cells by each kernel") {
  const std::string plain(512, 'x');
  std::string quoted;
  while (quoted.size() < 218) quoted += R"("key":"value",)";
  std::string room(4096, ' ');
  for (const TextKernels* kernels : all_text_kernels()) {
    const std::string name(kernels->name);
    BENCHMARK(name + " csv, 512 plain bytes") {
      return kernels->copy_csv_plain(plain.data(), plain.size(), room.data());
    };
    BENCHMARK(name + " json, 512 plain bytes") {
      return kernels->copy_json(plain.data(), plain.size(), room.data()).taken;
    };
    BENCHMARK(name + " json, headers full of quotes") {
      return kernels->copy_json(quoted.data(), quoted.size(), room.data()).taken;
    };
  }
}

}  // namespace
}  // namespace pxq::bench
