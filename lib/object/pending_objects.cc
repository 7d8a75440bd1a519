#include "object/pending_objects.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "base/digest.h"
#include "file/file_bytes.h"
#include "object/kept_file.h"
#include "text/json.h"
#include "text/json_bytes.h"

namespace pxq::object {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;

std::string state_path(const PendingObjects& pending, const std::string& journal) {
  return parent_path(journal) + "/" + pending.state_name;
}

Json object_json(const PendingObject& object) {
  Json tags = Json::array();
  for (const std::string& tag : object.tags) tags.push_back(json_text(tag));
  return {{"key", json_text(object.key)}, {"content_type", object.label.content_type},
          {"mark", object.label.mark},    {"upload", json_text(object.upload_id)},
          {"tags", std::move(tags)},      {"sha256", object.sha256}};
}

PendingObject object_from_json(const Json& item) {
  PendingObject object{.key = text_member(item, "key"),
                       .label = {.content_type = text_member(item, "content_type"),
                                 .mark = text_member(item, "mark")},
                       .upload_id = text_member(item, "upload"),
                       .tags = {},
                       .sha256 = text_member(item, "sha256")};
  for (const Json& tag : item.at("tags")) {
    object.tags.push_back(original_bytes(tag.get<std::string>()));
  }
  return object;
}

Status forget(const PendingObjects& pending, const std::string& journal) {
  // The list goes first: without it the files are waste, which the next run replaces.
  Status forgotten = remove_kept(PendingObjects::path_of(journal));
  if (!forgotten.ok()) return forgotten;
  for (size_t i = 0; i < pending.objects.size(); ++i) {
    if (!pending.objects[i].upload_id.empty()) continue;
    if (Status gone = remove_kept(PendingObjects::staged_path(journal, i)); !gone.ok()) return gone;
  }
  return {};
}

/// False: the store has not got it any more.
Result<bool> name_object(const PendingObject& object, const std::string& staged,
                         ObjectStore& store) {
  if (!object.upload_id.empty()) {
    return store.complete_upload(object.key, object.upload_id, object.tags, object.label.mark);
  }
  const auto body = read_kept(staged);
  if (!body.ok()) return body.status();
  if (!body->has_value() || sha256_hex(**body) != object.sha256) return false;
  if (Status put = store.put(object.key, object.label, **body); !put.ok()) return put;
  return true;
}

Status take_back(const PendingObjects& pending, const std::string& journal, ObjectStore& store,
                 const std::string& lost) {
  for (const PendingObject& object : pending.objects) {
    if (!object.upload_id.empty()) {
      if (Status gone = store.abort_upload(object.key, object.upload_id); !gone.ok()) return gone;
    }
    if (Status gone = store.remove(object.key, object.label.mark); !gone.ok()) return gone;
  }
  if (Status forgotten = forget(pending, journal); !forgotten.ok()) return forgotten;
  return Status(Code::kOutput,
                fmt::format("what was uploaded of {} before is gone: somebody has removed it",
                            store.name_of(lost)),
                "the other objects of that run are taken back: the next run exports all of it")
      .with_retryable(true);
}

}  // namespace

std::string PendingObjects::path_of(const std::string& journal) { return journal + ".s3"; }

std::string PendingObjects::staged_path(const std::string& journal, size_t number) {
  return fmt::format("{}.s3-{}", journal, number);
}

Result<std::optional<PendingObjects>> PendingObjects::load(const std::string& journal) {
  const std::string path = path_of(journal);
  const auto text = read_kept(path);
  if (!text.ok()) return text.status();
  if (!text->has_value()) return std::optional<PendingObjects>();
  const Json document = Json::parse(**text, nullptr, false);
  PendingObjects pending;
  try {
    if (whole_member<int>(document, "version") == kVersion) {
      pending.endpoint = text_member(document, "endpoint");
      pending.bucket = text_member(document, "bucket");
      pending.state_name = text_member(document, "state_name");
      pending.state_text = text_member(document, "state_text");
      pending.state_before = text_member(document, "state_before");
      for (const Json& item : document.at("objects")) {
        pending.objects.push_back(object_from_json(item));
      }
      return std::optional(std::move(pending));
    }
  } catch (const Json::exception&) {  // told below, like another version
  }
  return Status(Code::kOutput, path + " is torn or of another pxq",
                "move it away: the rows that it speaks of are exported again then");
}

Status PendingObjects::save(const std::string& journal) const {
  Json items = Json::array();
  for (const PendingObject& object : objects) items.push_back(object_json(object));
  return keep_file(path_of(journal), document_text({{"version", kVersion},
                                                    {"endpoint", json_text(endpoint)},
                                                    {"bucket", json_text(bucket)},
                                                    {"objects", std::move(items)},
                                                    {"state_name", json_text(state_name)},
                                                    {"state_text", json_text(state_text)},
                                                    {"state_before", state_before}}));
}

Result<std::string> state_hash(const std::string& path) {
  const auto text = read_kept(path);
  if (!text.ok()) return text.status();
  return text->has_value() ? sha256_hex(**text) : std::string();
}

Status finish_pending(const PendingObjects& pending, const std::string& journal,
                      ObjectStore& store) {
  const std::string place = state_path(pending, journal);
  if (!pending.state_name.empty()) {
    const auto now = state_hash(place);
    if (!now.ok()) return now.status();
    if (*now == sha256_hex(pending.state_text)) return forget(pending, journal);
    if (*now != pending.state_before) {
      return {Code::kOutput,
              fmt::format("{} tells of objects that are not finished, and the state has been "
                          "changed since",
                          PendingObjects::path_of(journal)),
              "move that file away: its rows are in no object, and in no state"};
    }
  }
  for (size_t i = 0; i < pending.objects.size(); ++i) {
    const auto named =
        name_object(pending.objects[i], PendingObjects::staged_path(journal, i), store);
    if (!named.ok()) return named.status();
    if (!*named) return take_back(pending, journal, store, pending.objects[i].key);
  }
  if (!pending.state_name.empty()) {
    if (Status kept = keep_file(place, pending.state_text); !kept.ok()) return kept;
  }
  return forget(pending, journal);
}

}  // namespace pxq::object
