#pragma once

#include <string>

#include "cli/flag_types.h"

namespace pxq {

/// Whether and where to record a run.
struct RecordOptions {
  std::string path;  // empty: nowhere
  bool plain = false;

  void declare(CLI::App& app);
};

}  // namespace pxq
