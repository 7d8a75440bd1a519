#pragma once

#include <CLI/App.hpp>
#include <string>

#include "local/data/data_set.h"

namespace pxq {

/// How much of the past of this machine `pxq serve` keeps.
class HistoryOptions {
 public:
  void declare(CLI::App& app);

  /// Begins to keep it. kUsage for a source that has a past of its own, where flags ask for one.
  Status begin(const local::DataSet& data);

  /// What is said of it, such as "; the last 1h of this machine is kept".
  std::string told() const { return told_; }

 private:
  std::string time_;
  std::string memory_;
  std::string told_;
};

}  // namespace pxq
