#include "schema_destination.h"

#include <utility>

namespace pxq {

Result<std::unique_ptr<Destination>> SchemaDestination::open(std::unique_ptr<Destination> rows,
                                                             const OutputOptions& options,
                                                             Context& context) {
  FileOptions made;
  made.force = options.force || options.append;
  made.stop = context.signals.token();
  auto file = FileOutput::open(options.schema, made);
  if (!file.ok()) return file.status();
  return std::unique_ptr<Destination>(new SchemaDestination(std::move(rows), *std::move(file)));
}

Status SchemaDestination::conclude(const Status& run) {
  Status saved = run;
  if (saved.ok()) {
    file_->text().append(schemas_.text());
    file_->commit();
    saved = file_->save();
  } else {
    file_->abandon();
  }
  Status concluded = rows_->conclude(saved);
  return run.ok() && !saved.ok() ? saved : concluded;
}

}  // namespace pxq
