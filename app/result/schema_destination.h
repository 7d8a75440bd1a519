#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "file/atomic_file.h"
#include "report/schema_file.h"
#include "result/destination.h"

namespace pxq {

/// Another destination with a schema file (--schema) beside it, for those that have no set of files
/// of their own. The schema appears just before the rows are made final, and goes again where that
/// fails.
class SchemaDestination final : public Destination {
 public:
  static Result<std::unique_ptr<Destination>> open(std::unique_ptr<Destination> rows,
                                                   const OutputOptions& options, bool hash,
                                                   Context& context);

  const Status& status() const override {
    return rows_->status().ok() ? file_->status() : rows_->status();
  }
  Status conclude(const Status& run) override;
  std::vector<FileReport> files() const override;

 private:
  ResultSink& sink() override { return schemas_; }

  SchemaDestination(std::unique_ptr<Destination> rows, std::unique_ptr<FileOutput> file)
      : rows_(std::move(rows)), file_(std::move(file)), schemas_(*rows_) {}

  std::unique_ptr<Destination> rows_;
  std::unique_ptr<FileOutput> file_;
  SchemaFile schemas_;
  std::optional<FileReport> report_;
};

}  // namespace pxq
