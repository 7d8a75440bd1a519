#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "output/files_sink.h"
#include "report/schema_file.h"
#include "result/destination.h"

namespace pxq {

/// How rows can be added to a file of the format; nothing: they cannot.
std::optional<LineFormat> line_format(const Format& format);

/// How the set of a run's files is made; what a dead run with the same files left is finished here.
/// `journal` is where a later run looks for what this one leaves; empty: derived from the path.
Result<std::unique_ptr<FileSet>> open_file_set(const OutputOptions& options,
                                               const PathTemplate& path, bool hash,
                                               const std::string& journal, Context& context);

/// Rows in files that appear together, and with them what else belongs to the run: its schema, the
/// state of an export.
class FilesDestination final : public Destination {
 public:
  static Result<std::unique_ptr<FilesDestination>> open(std::unique_ptr<FileSet> files,
                                                        const OutputOptions& options,
                                                        const PathTemplate& path,
                                                        const RunIdentity& run, Context& context);

  const Status& status() const override;
  Status conclude(const Status& run) override;
  std::vector<FileReport> files() const override { return files_->reports(); }

  /// Before conclude(): a small file that replaces the one at `path` together with the rows.
  Status keep(const std::string& path, const std::string& text);

 private:
  ResultSink& sink() override { return schemas_; }

  FilesDestination(std::unique_ptr<FileSet> files, FilesOptions options, Context& context);
  Status open_schema(const OutputOptions& options, bool replace);

  std::unique_ptr<FileSet> files_;
  FilesSink rows_;
  SchemaFile schemas_;
  Output* schema_output_ = nullptr;  // none: not asked for
  std::stop_callback<std::function<void()>> on_stop_;
};

}  // namespace pxq
