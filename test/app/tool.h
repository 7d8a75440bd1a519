#pragma once

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "fake/process.h"

namespace pxq::app {

/// What another program of this machine prints, which must find all well.
inline std::string tool(const std::string& program, std::vector<std::string> arguments) {
  const fake::ProcessResult result =
      fake::run({.arguments = std::move(arguments), .program = program});
  INFO(result.err);
  CHECK(result.status() == 0);
  return result.out;
}

}  // namespace pxq::app
