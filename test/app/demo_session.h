#pragma once

#include <string>
#include <utility>
#include <vector>

#include "session.h"

namespace pxq::app {

/// A moment of the made-up cluster, for whoever needs the same rows each time.
inline constexpr const char* kMoment = "2026-03-04T05:06:07Z";

/// pxq with these arguments, run to its end, with the manners of every run.
inline fake::ProcessResult run(const Session& session, std::vector<std::string> words) {
  fake::ProcessResult result = fake::run(session.command(std::move(words)));
  session.check_manners(result);
  return result;
}

}  // namespace pxq::app
