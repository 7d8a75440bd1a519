#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"

namespace pxq::object {

/// An upload in parts that a run has begun and not yet ended.
struct UploadNote {
  std::string endpoint;
  std::string bucket;
  std::string key;
  std::string id;        // empty: the store's answer had not come
  int64_t begun_ns = 0;  // by this machine's clock, Unix
  bool unsure = false;   // one more of that key may have begun, whose id nobody knows
};

/// What a run has begun at a store, on the disk before the first part of it is there: a run that
/// is killed leaves it to the next one. Every change is synced. Failures are kOutput.
class UploadNotes {
 public:
  explicit UploadNotes(std::string path) : path_(std::move(path)) {}

  /// Those that lie there; none where there is no file.
  Status load();

  const std::vector<UploadNote>& all() const { return notes_; }

  Status add(UploadNote note);
  /// The newest of that key has an id.
  Status name(const std::string& key, const std::string& id, bool unsure);
  /// The file goes with the last note.
  Status replace(std::vector<UploadNote> notes);

 private:
  Status save() const;

  std::string path_;
  std::vector<UploadNote> notes_;
};

/// Where a set that is known by `journal` keeps its notes.
std::string notes_path(const std::string& journal);

/// Whether there are any.
bool has_notes(const std::string& journal);

}  // namespace pxq::object
