#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "file/append.h"
#include "file/named_outputs.h"
#include "file/path_template.h"
#include "sink/result_sink.h"

namespace pxq {

/// Makes a format's sink for one file; `header` is false when rows are added to a file.
using SinkFactory = std::function<std::unique_ptr<ResultSink>(Output& output, bool header)>;

/// Where the tables of a run go.
struct FilesOptions {
  PathTemplate path;
  PathValues values;  // `table` is filled in
  SinkFactory make_sink;
  std::optional<LineFormat> can_append;  // nothing: the format cannot be added to
  bool late = false;                     // no file is opened before start_at() or end()
  bool numbered = false;    // beside a file that is in the way, one with a number is made
  bool skip_empty = false;  // a file in which there would be no rows is not made
  /// What a table's rows look like in a file, and how earlier ones were written, by path; see
  /// spelling_text(). Empty: nobody compares.
  std::function<std::string(const Schema&)> spell = {};
  std::map<std::string, std::string> spellings = {};
};

/// Writes each table to the file that the template names for it; without {table} in the template,
/// all tables to one file, as one sink. Tables of one name, or whose names differ in case only, get
/// `name#2`. Nothing is visible before its set's commit(), which the driver calls once it has found
/// the run to be whole.
class FilesSink final : public ResultSink {
 public:
  /// `files` outlives the sink.
  FilesSink(FilesOptions options, NamedOutputs& files);

  /// Without {table} the file is known before the query runs: opens it, or says why not. With
  /// {table} there is nothing to do.
  Status open();

  /// Before begin(): where {start} is that of the first row.
  void start_at(int64_t time_ns) { options_.values.start_ns = time_ns; }

  /// After end(): of the files of this run.
  const std::map<std::string, std::string>& spellings() const { return spellings_; }

  void begin(const Schema& schema) override;
  void rows(const Schema& schema, const RowBatch& batch) override;
  void end(const Summary& summary) override;

  /// The first failure: a file that could not be opened, a schema that does not fit, a full disk.
  const Status& status() const override { return status_; }

 private:
  struct File {
    std::string path;  // while there is no output, the one that it is to have
    std::vector<const Schema*> waiting = {};  // of --skip-empty, until the first row
    Output* output = nullptr;
    bool adds = false;
    bool holds_rows = false;           // of an earlier run
    std::unique_ptr<ResultSink> sink;  // none before the first table, or after a failure
  };

  bool separate() const { return options_.path.has("table"); }
  File& file_of(const Schema& schema) { return separate() ? separate_files_[&schema] : only_; }
  void begin_in(const Schema& schema, File& file);
  Status open_file(const std::string& name, File& file);
  Status start(const Schema& schema, File& file);
  AppendSample expected(const Schema& schema, const File& file) const;
  Status compare(const Schema& schema, const File& file);
  std::string spelling_key(const Schema& schema, const File& file) const;
  AppendSample sample(const Schema& schema) const;

  FilesOptions options_;
  NamedOutputs& files_;
  PathClaims claims_;
  std::map<const Schema*, File> separate_files_;
  File only_;  // without {table}
  std::map<std::string, std::string> spellings_;
  Status status_;
};

}  // namespace pxq
