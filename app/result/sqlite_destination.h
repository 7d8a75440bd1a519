#pragma once

#include <memory>
#include <string>
#include <vector>

#include "output/sqlite.h"
#include "result/destination.h"

namespace pxq {

/// Rows in an SQLite database, all of a run or none.
class SqliteDestination final : public Destination {
 public:
  static Result<std::unique_ptr<SqliteDestination>> open(const OutputOptions& options,
                                                         const PathTemplate& path,
                                                         const RunIdentity& run, Context& context);

  const Status& status() const override { return rows_->status(); }
  Status conclude(const Status& run) override;
  std::vector<FileReport> files() const override { return reports_; }

  /// Before conclude(): the state of an export, which changes together with the rows.
  void keep_state(const std::string& job, const std::string& text) { rows_->set_state(job, text); }

 private:
  ResultSink& sink() override { return *rows_; }

  SqliteDestination(std::string path, bool hash, bool existed, std::unique_ptr<SqliteSink> rows)
      : path_(std::move(path)), hash_(hash), existed_(existed), rows_(std::move(rows)) {}
  Status report();

  std::string path_;
  bool hash_;
  bool existed_;
  std::unique_ptr<SqliteSink> rows_;
  std::vector<FileReport> reports_;
};

}  // namespace pxq
