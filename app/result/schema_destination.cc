#include "result/schema_destination.h"

#include <utility>

namespace pxq {

Result<std::unique_ptr<Destination>> SchemaDestination::open(std::unique_ptr<Destination> rows,
                                                             const OutputOptions& options,
                                                             bool hash, Context& context) {
  FileOptions made;
  made.hash = hash;
  made.force = options.force || options.append;
  made.stop = context.signals.token();
  auto file = FileOutput::open(options.schema, made);
  if (!file.ok()) return file.status();
  return std::unique_ptr<Destination>(new SchemaDestination(std::move(rows), *std::move(file)));
}

Status SchemaDestination::conclude(const Status& run) {
  if (!run.ok()) {
    file_->abandon();
    return rows_->conclude(run);
  }
  file_->text().append(schemas_.text());
  file_->commit();
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

std::vector<FileReport> SchemaDestination::files() const {
  std::vector<FileReport> files = rows_->files();
  if (report_) files.push_back(*report_);
  return files;
}

}  // namespace pxq
