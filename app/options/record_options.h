#pragma once

#include <CLI/App.hpp>
#include <string>

namespace pxq {

/// Whether and where to record a run.
struct RecordOptions {
  std::string path;  // empty: nowhere
  bool plain = false;

  void declare(CLI::App& app);
};

}  // namespace pxq
