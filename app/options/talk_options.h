#pragma once

#include <string>

#include "cli/command.h"
#include "cli/flag_types.h"

namespace pxq {

/// What is said on stderr and how.
struct TalkOptions {
  bool quiet = false;
  int verbosity = 0;
  bool stats = false;
  std::string errors = "text";
  std::string color = "auto";
  bool no_pager = false;

  void declare(CLI::App& app);
  ColorChoice color_choice() const;
  /// Makes context.console speak as asked.
  void apply(Context& context) const;
};

}  // namespace pxq
