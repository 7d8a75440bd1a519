#include "object/upload_notes.h"

#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "object/kept_file.h"
#include "text/json_bytes.h"

namespace pxq::object {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kNotesVersion = 1;

}  // namespace

Status UploadNotes::load() {
  notes_.clear();
  const auto text = read_kept(path_);
  if (!text.ok()) return text.status();
  if (!text->has_value()) return {};
  const Json document = Json::parse(**text, nullptr, false);
  try {
    if (whole_member<int>(document, "version") == kNotesVersion) {
      for (const Json& item : document.at("uploads")) {
        notes_.push_back({.endpoint = text_member(item, "endpoint"),
                          .bucket = text_member(item, "bucket"),
                          .key = text_member(item, "key"),
                          .id = text_member(item, "id"),
                          .begun_ns = whole_member<int64_t>(item, "begun_ns"),
                          .unsure = item.at("unsure").get<bool>()});
      }
      return {};
    }
  } catch (const Json::exception&) {  // the library's own way to say that a member is missing
    notes_.clear();
  }
  return {Code::kOutput, path_ + " is torn or not a list of uploads of pxq",
          "move it away: parts that a killed run left must be removed by hand then"};
}

Status UploadNotes::add(UploadNote note) {
  notes_.push_back(std::move(note));
  return save();
}

Status UploadNotes::name(const std::string& key, const std::string& id, bool unsure) {
  const auto last = std::find_if(notes_.rbegin(), notes_.rend(),
                                 [&key](const UploadNote& note) { return note.key == key; });
  if (last != notes_.rend()) {
    last->id = id;
    last->unsure = unsure;
  }
  return save();
}

Status UploadNotes::replace(std::vector<UploadNote> notes) {
  notes_ = std::move(notes);
  if (!notes_.empty()) return save();
  return remove_kept(path_);
}

std::string notes_path(const std::string& journal) { return journal + ".s3-uploads"; }

bool has_notes(const std::string& journal) {
  return ::access(notes_path(journal).c_str(), F_OK) == 0;
}

Status UploadNotes::save() const {
  Json items = Json::array();
  for (const UploadNote& note : notes_) {
    items.push_back({{"endpoint", json_text(note.endpoint)},
                     {"bucket", json_text(note.bucket)},
                     {"key", json_text(note.key)},
                     {"id", json_text(note.id)},
                     {"begun_ns", note.begun_ns},
                     {"unsure", note.unsure}});
  }
  return keep_file(path_,
                   document_text({{"version", kNotesVersion}, {"uploads", std::move(items)}}));
}

}  // namespace pxq::object
