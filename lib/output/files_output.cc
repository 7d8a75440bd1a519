#include <functional>
#include <memory>
#include <stop_token>
#include <utility>

#include "file/file_set.h"
#include "file/journal.h"
#include "output/files_sink.h"
#include "output/output_plan.h"
#include "output/spelling.h"
#include "report/schema_file.h"

namespace pxq {
namespace {

FilesOptions files_options(const OutputPlan& plan, const RunIdentity& run) {
  FilesOptions made{
      .path = *plan.path,
      .values = run.path_values(),
      .make_sink = [plan, run](Output& output,
                               bool header) { return plan.make_sink(run, header, output); },
      .can_append = plan.format->lines,
      .skip_empty = plan.spelling.skip_empty};
  if (!run.window) return made;
  // The path may name the moment from which a first run has rows (start_at), so its files are
  // opened when that is known.
  made.late = run.first;
  made.numbered = run.first && !plan.append;
  if (!plan.append) return made;
  made.spellings = run.spellings;
  made.spell = [format = plan.format, spelling = plan.spelling](const Schema& schema) {
    return spelling_text(*format, spelling, schema);
  };
  return made;
}

/// Rows in files that appear together, and with them what else belongs to the run: its schema, the
/// state of an export.
class FilesDestination final : public Destination {
 public:
  FilesDestination(std::unique_ptr<FileSet> files, const OutputPlan& plan, const RunIdentity& run,
                   OutputHost& host)
      : files_(std::move(files)),
        rows_(files_options(plan, run), *files_),
        schemas_(rows_),
        on_stop_(host.stop(), [this] { files_->request_stop(kRecordGrace); }) {}

  /// `replace`: the schema of rows that come run after run replaces the same one.
  Status open(const std::string& schema, bool replace) {
    if (Status opened = rows_.open(); !opened.ok() || schema.empty()) return opened;
    if (replace) {
      Result<Output*> output = files_->replace(schema, true);
      if (output.ok()) schema_output_ = *output;
      return output.status();
    }
    Result<FileSet::Opened> opened = files_->add(schema, false);
    if (opened.ok()) schema_output_ = opened->output;
    return opened.status();
  }

  const Status& status() const override {
    return rows_.status().ok() ? files_->status() : rows_.status();
  }

  Status conclude(const Status& run) override {
    if (!run.ok() || !status().ok()) return status();
    if (schema_output_ != nullptr) {
      schema_output_->text().append(schemas_.text());
      schema_output_->commit();
    }
    return files_->commit();
  }

  std::vector<FileReport> files() const override { return files_->reports(); }

  void start_at(int64_t time_ns) override { rows_.start_at(time_ns); }

  std::map<std::string, std::string> spellings() const override { return rows_.spellings(); }

  Status keep_state(const RunState& state) override {
    Result<Output*> output = files_->replace(state.path, false);
    if (!output.ok()) return output.status();
    (*output)->text().append(state.text);
    (*output)->commit();
    return {};
  }

 private:
  ResultSink& sink() override { return schemas_; }

  std::unique_ptr<FileSet> files_;
  FilesSink rows_;
  SchemaFile schemas_;
  Output* schema_output_ = nullptr;  // none: not asked for
  std::stop_callback<std::function<void()>> on_stop_;
};

class FilesPlace final : public OutputPlace {
 public:
  FilesPlace(std::unique_ptr<FileSet> files, const OutputPlan& plan, OutputHost& host)
      : files_(std::move(files)), plan_(plan), host_(host) {}

  Result<std::unique_ptr<Destination>> open(const RunIdentity& run) override {
    auto made = std::make_unique<FilesDestination>(std::move(files_), plan_, run, host_);
    const bool replace = plan_.append || run.window.has_value();
    if (Status opened = made->open(plan_.schema, replace); !opened.ok()) return opened;
    return std::unique_ptr<Destination>(std::move(made));
  }

 private:
  std::unique_ptr<FileSet> files_;
  const OutputPlan& plan_;
  OutputHost& host_;
};

// The set is made first of all: that finishes what a run that died has left.
Result<std::unique_ptr<OutputPlace>> prepare_files(const OutputPlan& plan, const RunIdentity& run,
                                                   OutputHost& host) {
  FileSetOptions set;
  set.file.force = plan.force;
  set.file.make_directories = plan.path->has_placeholders();
  set.file.hash = run.hash_files;
  set.file.stop = host.stop();
  // Of an export: what lies there may be gone from the cluster.
  if (!run.journal.empty()) set.file.exists_hint = kExportedHint;
  set.append = plan.append;
  set.journal = run.journal.empty() ? Journal::path_in(plan.path->directory(), plan.path->text())
                                    : run.journal;
  auto files = FileSet::create(std::move(set));
  if (!files.ok()) return files.status();
  return std::unique_ptr<OutputPlace>(std::make_unique<FilesPlace>(*std::move(files), plan, host));
}

}  // namespace

const OutputKind kFilesOutput = {.extension = {},
                                 .takes_paths = true,
                                 .formatted = true,
                                 .holds_runs = false,
                                 .prepare = prepare_files};

}  // namespace pxq
