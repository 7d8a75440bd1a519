#include "job/retention.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/wall_clock.h"
#include "export/file_log.h"
#include "export/window_plan.h"
#include "file/file_bytes.h"

namespace pxq {
namespace {

constexpr const char* kHint = "the rows are written and stay; old files are removed by a later run";

bool is_rows(const FileReport& file, const ExportJob& job) {
  const std::string& schema = job.output.schema;
  return schema.empty() || absolute_path(schema) != absolute_path(file.path);
}

// One that cannot be looked at any more was moved away already.
void note_files(const ExportJob& job, const RunReport& report, std::vector<MadeFile>& made) {
  if (!report.window) return;
  for (const FileReport& file : report.files) {
    struct stat info = {};
    if (!is_rows(file, job) || ::stat(file.path.c_str(), &info) != 0) continue;
    made.push_back({.path = absolute_path(file.path),
                    .end_ns = report.window->end_ns,
                    .bytes = static_cast<uint64_t>(info.st_size),
                    .inode = info.st_ino});
  }
}

}  // namespace

Status keep_files(const ExportJob& job, int64_t keep_ns, RunReport& report) {
  const std::string path = file_log_path(job.state);
  auto made = load_file_log(path);
  if (!made.ok()) return made.status();
  note_files(job, report, *made);
  const Status removed = remove_old_files(*made, earlier(wall_clock_ns(), keep_ns),
                                          job.path().directory(), report.removed);
  Status saved = save_file_log(*made, path);
  if (!removed.ok()) return Status(removed).with_hint(kHint);
  return saved.ok() ? Status() : std::move(saved).with_hint(kHint);
}

size_t removed_at_once(const RunReport& report) {
  return static_cast<size_t>(std::ranges::count_if(report.files, [&](const FileReport& file) {
    return std::ranges::find(report.removed, absolute_path(file.path)) != report.removed.end();
  }));
}

}  // namespace pxq
