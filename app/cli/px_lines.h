#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pxq {

/// A line of px and what pxq has for it, as `pxq help px` lists them.
struct PxLine {
  std::string_view px;
  std::string_view pxq;
};

std::span<const PxLine> px_lines();

/// The words of a command line as px's users type it, in pxq's own words: `get viziers` becomes
/// `clusters`, `run --list` becomes `scripts`. Other lines are left as they are. `words` end before
/// `--`, and the command stands first.
std::vector<std::string> from_px(std::vector<std::string> words);

/// For a command of px that pxq does not have: what does its work. Empty for any other word.
std::string_view instead_of_px(std::string_view command);

}  // namespace pxq
