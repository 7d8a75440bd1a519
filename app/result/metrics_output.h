#pragma once

#include <memory>
#include <string>

#include "cli/flag_types.h"
#include "export/job_card.h"
#include "export/summary_file.h"
#include "file/atomic_file.h"

namespace pxq {

/// The file of --metrics, which a node exporter reads: replaced as a whole after each run.
class MetricsOutput {
 public:
  void declare(CLI::App& app);

  const std::string& path() const { return path_; }

  /// Refuses, before anything is asked of a server, what could not be written after it. kOutput.
  Status open();

  /// Nothing where it is not wanted. kOutput.
  Status write(const JobCard& card, const RunReport& report);

 private:
  std::string path_;
  std::unique_ptr<FileOutput> file_;
};

}  // namespace pxq
