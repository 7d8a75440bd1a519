#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/output.h"
#include "object/object_store.h"
#include "object/upload_notes.h"

namespace pxq::object {

/// How many bytes a part has: 8 MiB, doubled every thousand parts, so that ten thousand are enough
/// for the largest object that S3 knows (5 TiB).
constexpr size_t part_size(size_t number) { return (size_t{8} << 20) << ((number - 1) / 1000); }

/// An Output whose bytes become one object. What fits into one part is kept in memory; more goes to
/// the store part by part, unseen there until the upload is completed. Holds one part at most.
class ObjectWriter final : public Output {
 public:
  /// `store` and `notes` outlive it.
  ObjectWriter(ObjectStore& store, UploadNotes& notes, std::string key, ObjectLabel label,
               bool hash);

  const std::string& key() const { return key_; }
  const ObjectLabel& label() const { return label_; }

  /// All bytes are written: what is not kept in memory is at the store. REQUIRES: called once.
  Status finish();

  /// After finish(): of an upload in parts; else the id is empty, and body() is the object.
  const std::string& upload_id() const { return upload_id_; }
  const std::vector<std::string>& tags() const { return tags_; }
  const std::string& body() const { return part_; }

  /// After finish(), once; empty where it was not asked for.
  std::string sha256() { return sum_ ? sum_->hex() : std::string(); }

 protected:
  Status write(std::string_view bytes) override;

 private:
  Status begin();
  Status send_part();

  ObjectStore& store_;
  UploadNotes& notes_;
  std::string key_;
  ObjectLabel label_;
  std::string part_;
  std::string upload_id_;
  std::vector<std::string> tags_;
  std::optional<Sha256> sum_;
};

}  // namespace pxq::object
