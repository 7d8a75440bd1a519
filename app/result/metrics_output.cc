#include "result/metrics_output.h"

#include <sys/stat.h>
#include <CLI/App.hpp>

#include <CLI/Option.hpp>
#include <cerrno>

#include "export/metrics_text.h"

namespace pxq {
namespace {

// A node exporter is another user.
constexpr mode_t kForAll = 0644;

}  // namespace

void MetricsOutput::declare(CLI::App& app) {
  app.add_option("--metrics", path_, "how the job is, for a node exporter's textfile collector")
      ->type_name("FILE.prom")
      ->group("Talk");
}

Status MetricsOutput::open() {
  if (path_.empty()) return {};
  if (!path_.ends_with(".prom")) {
    return {Code::kUsage, "--metrics '" + path_ + "' does not end in .prom",
            "a node exporter reads no other files of its directory"};
  }
  auto file =
      FileOutput::open(path_, {.force = true, .make_directories = true, .temp_tag = "metrics"});
  if (!file.ok()) return file.status();
  file_ = *std::move(file);
  const std::string temp = file_->temp_path();
  struct stat old = {};
  if (temp.empty() || ::stat(path_.c_str(), &old) == 0) return {};  // its mode is kept
  return ::chmod(temp.c_str(), kForAll) == 0 ? Status()
                                             : errno_status(Code::kOutput, "chmod", temp, errno);
}

Status MetricsOutput::write(const JobCard& card, const RunReport& report) {
  if (!file_) return {};
  file_->text().append(metrics_text(card, report));
  file_->commit();
  return file_->save();
}

}  // namespace pxq
