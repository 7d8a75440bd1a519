#pragma once

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "session.h"

namespace pxq::app {

/// The command with another file in the place of a system's one, as only it and its kin see it.
inline fake::Command with_file(fake::Command command, const std::string& place,
                               const std::string& file) {
  std::vector<std::string> words = {
      "-m", "/bin/sh", "-c",  "mount --bind \"$1\" \"$2\" || exit 125; shift 2; exec \"$@\"",
      "sh", file,      place, command.program};
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  command.program = "/usr/bin/unshare";
  command.arguments = std::move(words);
  return command;
}

// Whether files can be put in place of others; without a word in `err` when they can.
inline bool can_mount(const fake::TempDir& dir) {
  fake::Command nothing;
  nothing.program = "/bin/true";
  const std::string file = dir.write("empty", "");
  const fake::ProcessResult result = fake::run(with_file(nothing, "/etc/hosts", file));
  if (result.status() != 0) WARN("not tested: no mounts of one's own here: " << result.err);
  return result.status() == 0;
}

}  // namespace pxq::app
