#include "result/files_destination.h"

#include <utility>

#include "file/journal.h"

namespace pxq {

std::optional<LineFormat> line_format(const Format& format) { return format.lines; }

Result<std::unique_ptr<FileSet>> open_file_set(const OutputOptions& options,
                                               const PathTemplate& path, bool hash,
                                               const std::string& journal, Context& context) {
  FileSetOptions set;
  set.file.force = options.force;
  set.file.make_directories = path.has_placeholders();
  set.file.hash = hash;
  set.file.stop = context.signals.token();
  set.append = options.append;
  set.journal = journal.empty() ? Journal::path_in(path.directory(), path.text()) : journal;
  return FileSet::create(std::move(set));
}

FilesDestination::FilesDestination(std::unique_ptr<FileSet> files, FilesOptions options,
                                   Context& context)
    : files_(std::move(files)),
      rows_(std::move(options), *files_),
      schemas_(rows_),
      on_stop_(context.signals.token(), [this] { files_->request_stop(kRecordGrace); }) {}

Result<std::unique_ptr<FilesDestination>> FilesDestination::open(std::unique_ptr<FileSet> files,
                                                                 const OutputOptions& options,
                                                                 const PathTemplate& path,
                                                                 const RunIdentity& run,
                                                                 Context& context) {
  Result<const Format*> format = options.format(context);
  if (!format.ok()) return format.status();
  const FormatOptions format_options = options.format_options(context, false);
  FilesOptions made{.path = path,
                    .values = run.path_values(),
                    .make_sink =
                        [format = *format, format_options](Output& output, bool header) {
                          FormatOptions own = format_options;
                          own.header = own.header && header;
                          return format->make(own, output);
                        },
                    .can_append = line_format(**format)};
  std::unique_ptr<FilesDestination> destination(
      new FilesDestination(std::move(files), std::move(made), context));
  Status opened = destination->rows_.open();
  // Beside rows that come run after run the schema replaces the same one.
  const bool replace = options.append || run.window.has_value();
  if (opened.ok()) opened = destination->open_schema(options, replace);
  if (!opened.ok()) return opened;
  return destination;
}

Status FilesDestination::open_schema(const OutputOptions& options, bool replace) {
  if (options.schema.empty()) return {};
  if (replace) {
    Result<Output*> output = files_->replace(options.schema, true);
    if (output.ok()) schema_output_ = *output;
    return output.status();
  }
  Result<FileSet::Opened> opened = files_->add(options.schema, false);
  if (opened.ok()) schema_output_ = opened->output;
  return opened.status();
}

const Status& FilesDestination::status() const {
  return rows_.status().ok() ? files_->status() : rows_.status();
}

Status FilesDestination::keep(const std::string& path, const std::string& text) {
  Result<Output*> output = files_->replace(path, false);
  if (!output.ok()) return output.status();
  (*output)->text().append(text);
  (*output)->commit();
  return {};
}

Status FilesDestination::conclude(const Status& run) {
  if (!run.ok() || !status().ok()) return status();
  if (schema_output_ != nullptr) {
    schema_output_->text().append(schemas_.text());
    schema_output_->commit();
  }
  return files_->commit();
}

}  // namespace pxq
