#include "result/sqlite_destination.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/digest.h"
#include "base/unique_fd.h"
#include "file/file_target.h"

namespace pxq {
namespace {

SqliteRun sqlite_run(const RunIdentity& run) {
  SqliteRun made{.key = run.key,
                 .script = run.script,
                 .script_hash = run.script_hash,
                 .cluster = run.cluster,
                 .started_ns = run.started_ns};
  if (run.window) {
    made.window_start_ns = run.window->start_ns;
    made.window_end_ns = run.window->end_ns;
  }
  if (made.key.empty()) {
    made.key = fmt::format("{} {} {} {}", run.script_hash, run.cluster, run.started_ns, ::getpid());
  }
  return made;
}

}  // namespace

Result<std::unique_ptr<SqliteDestination>> SqliteDestination::open(const OutputOptions& options,
                                                                   const PathTemplate& path,
                                                                   const RunIdentity& run,
                                                                   Context& context) {
  if (path.has("table")) {
    return Status(Code::kUsage, "a database holds all tables of a run",
                  "leave {table} out of the path");
  }
  SqliteOptions made;
  made.file.force = options.force;
  made.file.make_directories = path.has_placeholders();
  made.file.stop = context.signals.token();
  made.append = options.append;
  made.run = sqlite_run(run);
  const std::string file = path.expand(run.path_values());
  Result<FileTarget> target = resolve_file_target(file);
  if (!target.ok()) return target.status();
  auto rows = SqliteSink::open(file, made);
  if (!rows.ok()) return rows.status();
  return std::unique_ptr<SqliteDestination>(new SqliteDestination(
      file, run.hash_files, options.append && target->exists, *std::move(rows)));
}

Status SqliteDestination::conclude(const Status& run) {
  if (!run.ok() || !status().ok()) return status();
  if (Status committed = rows_->commit(); !committed.ok()) return committed;
  return hash_ ? report() : Status();
}

Status SqliteDestination::report() {
  FileReport made{.path = path_, .bytes = 0, .sha256 = {}, .appended = existed_};
  const UniqueFd file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return errno_status(Code::kOutput, "open", path_, errno);
  Sha256 sum;
  std::array<char, 1 << 16> piece;
  while (true) {
    const ssize_t count = ::read(file.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno_status(Code::kOutput, "read", path_, errno);
    if (count == 0) break;
    made.bytes += static_cast<uint64_t>(count);
    sum.update({piece.data(), static_cast<size_t>(count)});
  }
  made.sha256 = sum.hex();
  reports_.push_back(std::move(made));
  return {};
}

}  // namespace pxq
