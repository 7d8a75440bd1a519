#include "object/object_writer.h"

#include <algorithm>
#include <utility>

#include "base/wall_clock.h"

namespace pxq::object {

ObjectWriter::ObjectWriter(ObjectStore& store, UploadNotes& notes, std::string key,
                           ObjectLabel label, bool hash)
    : store_(store), notes_(notes), key_(std::move(key)), label_(std::move(label)) {
  if (hash) sum_.emplace();
}

Status ObjectWriter::write(std::string_view bytes) {
  if (sum_) sum_->update(bytes);
  while (!bytes.empty()) {
    // A part goes when more follows it: an object of one part is better put at once.
    const size_t full = part_size(tags_.size() + 1);
    if (part_.size() == full) {
      if (Status sent = send_part(); !sent.ok()) return sent;
      continue;
    }
    const size_t taken = std::min(bytes.size(), full - part_.size());
    part_.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
  }
  return {};
}

// The note comes first: an upload whose id is lost with the run is found by its key.
Status ObjectWriter::begin() {
  const Status noted = notes_.add({.endpoint = store_.settings().endpoint(),
                                   .bucket = store_.bucket(),
                                   .key = key_,
                                   .id = {},
                                   .begun_ns = wall_clock_ns(),
                                   .unsure = true});
  if (!noted.ok()) return noted;
  auto begun = store_.begin_upload(key_, label_);
  if (!begun.ok()) return begun.status();
  upload_id_ = begun->id;
  return notes_.name(key_, upload_id_, begun->unsure);
}

Status ObjectWriter::send_part() {
  if (upload_id_.empty()) {
    if (Status begun = begin(); !begun.ok()) return begun;
  }
  auto tag = store_.put_part(key_, upload_id_, tags_.size() + 1, part_);
  if (!tag.ok()) return tag.status();
  tags_.push_back(*std::move(tag));
  part_.clear();
  return {};
}

Status ObjectWriter::finish() {
  flush();
  if (status().ok() && !upload_id_.empty()) fail(send_part());
  return status();
}

}  // namespace pxq::object
