#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <utility>

#include "base/digest.h"
#include "base/unique_fd.h"
#include "file/file_target.h"
#include "output/beside_schema.h"
#include "output/output_plan.h"
#include "output/sqlite.h"

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
  // Outside of an export every run is one of its own, and adds its rows.
  if (made.key.empty()) {
    made.key = fmt::format("{} {} {} {}", run.script_hash, run.cluster, run.started_ns, ::getpid());
  }
  return made;
}

Result<FileReport> read_report(const std::string& path) {
  FileReport made{.path = path, .bytes = 0, .sha256 = {}};
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return errno_status(Code::kOutput, "open", path, errno);
  Sha256 sum;
  std::array<char, 1 << 16> piece;
  while (true) {
    const ssize_t count = ::read(file.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno_status(Code::kOutput, "read", path, errno);
    if (count == 0) break;
    made.bytes += static_cast<uint64_t>(count);
    sum.update({piece.data(), static_cast<size_t>(count)});
  }
  made.sha256 = sum.hex();
  return made;
}

/// Rows in an SQLite database, all of a run or none.
class SqliteDestination final : public Destination {
 public:
  SqliteDestination(std::string path, bool hash, bool existed, std::unique_ptr<SqliteSink> rows)
      : path_(std::move(path)), hash_(hash), existed_(existed), rows_(std::move(rows)) {}

  const Status& status() const override { return rows_->status(); }

  Status conclude(const Status& run) override {
    if (!run.ok() || !status().ok()) return status();
    if (Status committed = rows_->commit(); !committed.ok()) return committed;
    if (!hash_) return {};
    // The rows are there whether or not they can be read back for the summary.
    Result<FileReport> report = read_report(path_);
    if (!report.ok()) return {};
    report->appended = existed_;
    reports_.push_back(*std::move(report));
    return {};
  }

  std::vector<FileReport> files() const override { return reports_; }

  Status keep_state(const RunState& state) override {
    for (const auto& [job, text] : state.found) {
      auto there = rows_->state(job);
      if (!there.ok()) return there.status();
      if (*there != text) {
        return {Code::kLocked, "another run of the job has just added to " + path_,
                "this one has added nothing; the next run goes on from there"};
      }
      if (text) rows_->drop_state(job);
    }
    rows_->set_state(state.job, state.text);
    return rows_->status();
  }

 private:
  ResultSink& sink() override { return *rows_; }

  std::string path_;
  bool hash_;
  bool existed_;
  std::unique_ptr<SqliteSink> rows_;
  std::vector<FileReport> reports_;
};

class SqlitePlace final : public OutputPlace {
 public:
  SqlitePlace(const OutputPlan& plan, OutputHost& host) : plan_(plan), host_(host) {}

  Result<std::unique_ptr<Destination>> open(const RunIdentity& run) override {
    SqliteOptions made;
    made.file.force = plan_.force;
    made.file.make_directories = plan_.path->has_placeholders();
    made.file.stop = host_.stop();
    if (run.window) made.file.exists_hint = kExportedHint;
    // A job's database grows from run to run.
    made.append = plan_.append || run.window.has_value();
    made.run = sqlite_run(run);
    const std::string file = plan_.path->expand(run.path_values());
    Result<FileTarget> target = resolve_file_target(file);
    if (!target.ok()) return target.status();
    auto rows = SqliteSink::open(file, made);
    if (!rows.ok()) return rows.status();
    return beside_schema(std::make_unique<SqliteDestination>(
                             file, run.hash_files, made.append && target->exists, *std::move(rows)),
                         plan_, run, host_);
  }

 private:
  const OutputPlan& plan_;
  OutputHost& host_;
};

Result<std::unique_ptr<OutputPlace>> prepare_sqlite(const OutputPlan& plan,
                                                    const RunIdentity& /*run*/, OutputHost& host) {
  if (plan.path->has("table")) {
    return Status(Code::kUsage, "a database holds all tables of a run",
                  "leave {table} out of the path");
  }
  return std::unique_ptr<OutputPlace>(std::make_unique<SqlitePlace>(plan, host));
}

}  // namespace

const OutputKind kSqliteOutput = {.extension = "sqlite",
                                  .takes_paths = true,
                                  .formatted = false,
                                  .holds_runs = true,
                                  .prepare = prepare_sqlite};

}  // namespace pxq
