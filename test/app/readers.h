#pragma once

#include <sys/stat.h>

#include <cstdlib>
#include <string>

#include <catch2/catch.hpp>

namespace pxq::app {

/// The interpreter that has pyarrow, duckdb, pandas, polars, ClickHouse as a library and the client
/// of Kubernetes; empty where nobody has set them up, which is said.
inline std::string readers_python() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
  };
  const std::string cache = variable("XDG_CACHE_HOME");
  const std::string directory =
      (cache.empty() ? variable("HOME") + "/.cache" : cache) + "/pxq-bench/tools";
  struct stat info {};
  if (::stat((directory + "/ready").c_str(), &info) == 0) return directory + "/bin/python";
  WARN("not tested: duckdb, pandas and their like are not set up; scripts/interop does it");
  return {};
}

}  // namespace pxq::app
