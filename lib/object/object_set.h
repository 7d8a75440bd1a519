#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "file/compression.h"
#include "file/file_set.h"
#include "file/named_outputs.h"
#include "object/object_store.h"
#include "object/object_writer.h"
#include "object/pending_objects.h"
#include "object/upload_notes.h"

namespace pxq::object {

/// How the objects of one run are made.
struct ObjectSetOptions {
  std::string bucket;
  std::string content_type;
  std::string journal;  // a path; the next run of the same job needs it
  bool hash = false;    // FileReport::sha256
  TimePoint deadline = TimePoint::max();
  std::stop_token stop = {};
  std::function<void(const Status& why, Duration pause)> asked_again = nullptr;
};

/// All objects of a run, which appear at commit() and with them the run's state, or not at all: up
/// to there the store holds parts that nobody sees, and small objects are in memory. Objects that
/// are there are replaced. A run that is killed leaves notes, and create() of the next one finishes
/// what was decided and removes the parts of what was not; uploads of others are not touched.
class ObjectSet final : public NamedOutputs {
 public:
  /// Asks the store only where a dead run has left something.
  static Result<std::unique_ptr<ObjectSet>> create(ObjectSetOptions options);
  /// Removes the parts of what was not committed, as far as the store can be asked.
  ~ObjectSet() override;

  /// `path` is an s3:// address; nothing can be added to.
  Result<Opened> add(const std::string& path, bool can_append) override;
  const Status& status() const override;

  /// The state appears with the objects. Its file lies beside the journal.
  Status keep_state(const std::string& path, const std::string& text);

  /// All or nothing, as told above. After a failure of the store while objects get their names the
  /// next run finishes the work. REQUIRES: called once, nothing written afterwards.
  Status commit();

  /// After commit(), in the order in which they were opened.
  const std::vector<FileReport>& reports() const { return reports_; }

 private:
  struct Member {
    std::unique_ptr<ObjectWriter> object;
    std::unique_ptr<CompressedOutput> compressor;
  };

  ObjectSet(ObjectSetOptions options, std::unique_ptr<ObjectStore> store);
  Status finish_dead_run();
  Status sweep();
  Status take_back(const UploadNote& note, ObjectStore& store);
  Status stage();
  Status left_to_next(const Status& failure) const;
  void abandon();

  ObjectSetOptions options_;
  std::unique_ptr<ObjectStore> store_;
  UploadNotes notes_;
  PendingObjects pending_;
  std::vector<Member> members_;
  std::vector<FileReport> reports_;
  bool decided_ = false;  // the pending objects are on the disk
};

}  // namespace pxq::object
