#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "object/object_store.h"

namespace pxq::object {

/// An object that is to appear: complete at the store as an upload in parts, or beside the journal
/// as a file that is put at once.
struct PendingObject {
  std::string key;
  ObjectLabel label;
  std::string upload_id;          // empty: the file is put
  std::vector<std::string> tags;  // of the parts
  std::string sha256;             // of the file
};

/// What a run is about to make true, on the disk before the first object has its name: a run that
/// dies after that is finished by the next one, so that objects and state are never apart. The
/// state is a file beside this one.
struct PendingObjects {
  std::string endpoint;
  std::string bucket;
  std::vector<PendingObject> objects;
  std::string state_name;    // of the state's file; empty: there is none
  std::string state_text;    // what it will hold
  std::string state_before;  // SHA-256 of what it held; empty: there was none

  /// Where a set that is known by `journal` keeps this.
  static std::string path_of(const std::string& journal);
  /// Where it keeps the object of that number.
  static std::string staged_path(const std::string& journal, size_t number);

  /// Nothing where there is none. kOutput where it is torn.
  static Result<std::optional<PendingObjects>> load(const std::string& journal);
  Status save(const std::string& journal) const;
};

/// What a state's file holds now, as `state_before` has it.
Result<std::string> state_hash(const std::string& path);

/// Names all objects, puts the state in place and forgets the pending ones; as often as it takes.
/// Where the store has lost a part, what has been named already is taken back, and kOutput says so:
/// the next run begins as if this one had never been. After any other failure all of it stays
/// pending.
Status finish_pending(const PendingObjects& pending, const std::string& journal,
                      ObjectStore& store);

}  // namespace pxq::object
