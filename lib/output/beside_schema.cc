#include "output/beside_schema.h"

#include <optional>
#include <utility>

#include "file/atomic_file.h"
#include "report/schema_file.h"

namespace pxq {
namespace {

class BesideSchema final : public Destination {
 public:
  BesideSchema(std::unique_ptr<Destination> rows, std::unique_ptr<FileOutput> file)
      : rows_(std::move(rows)), file_(std::move(file)), schemas_(*rows_) {}

  const Status& status() const override {
    return rows_->status().ok() ? file_->status() : rows_->status();
  }

  bool satisfied() const override { return rows_->satisfied(); }

  Status conclude(const Status& run) override {
    if (!run.ok()) {
      file_->abandon();
      return rows_->conclude(run);
    }
    file_->text().append(schemas_.text());
    file_->commit();
    // The schema gets its name first and loses it again if the rows cannot follow; rows on stdout
    // or in a database could not be taken back.
    Status saved = file_->prepare();
    if (saved.ok()) saved = file_->publish();
    Status concluded = rows_->conclude(saved);
    if (saved.ok() && concluded.ok()) {
      report_ = {.path = file_->path(), .bytes = file_->bytes_written(), .sha256 = file_->sha256()};
    } else if (Status restored = file_->rollback(); !restored.ok()) {
      concluded = std::move(restored);
    }
    file_->settle();
    return saved.ok() ? concluded : saved;
  }

  std::vector<FileReport> files() const override {
    std::vector<FileReport> files = rows_->files();
    if (report_) files.push_back(*report_);
    return files;
  }

  void start_at(int64_t time_ns) override { rows_->start_at(time_ns); }

  Status keep_state(const RunState& state) override { return rows_->keep_state(state); }

 private:
  ResultSink& sink() override { return schemas_; }

  std::unique_ptr<Destination> rows_;
  std::unique_ptr<FileOutput> file_;
  SchemaFile schemas_;
  std::optional<FileReport> report_;
};

}  // namespace

Result<std::unique_ptr<Destination>> beside_schema(std::unique_ptr<Destination> rows,
                                                   const OutputPlan& plan, const RunIdentity& run,
                                                   OutputHost& host) {
  if (plan.schema.empty()) return rows;
  FileOptions made;
  made.hash = run.hash_files;
  // Beside rows that come run after run the schema replaces the one of the run before.
  made.force = plan.force || plan.append || run.window.has_value();
  made.stop = host.stop();
  auto file = FileOutput::open(plan.schema, made);
  if (!file.ok()) return file.status();
  return std::unique_ptr<Destination>(
      std::make_unique<BesideSchema>(std::move(rows), *std::move(file)));
}

}  // namespace pxq
