#include "script/bundle_cache.h"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "file/atomic_file.h"
#include "script/bounded_file.h"

namespace pxq {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr size_t kMaxBundleBytes = 1 << 30;
constexpr size_t kMaxNoteBytes = 64 << 10;

// Readers see the old file or the new one, never a part.
Status replace_file(const std::string& path, std::string_view bytes) {
  auto file = FileOutput::open(path, {.force = true, .temp_tag = "bundle"});
  if (!file.ok()) return file.status();
  (*file)->text().append(bytes);
  (*file)->commit();
  return (*file)->save();
}

std::string text_of(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string{};
}

}  // namespace

std::string BundleCache::bundle_path() const {
  return (fs::path(directory_) / "bundle.json").string();
}

std::optional<CacheNote> BundleCache::note() const {
  const auto text = read_bounded_file((fs::path(directory_) / "note.json").string(), kMaxNoteBytes);
  if (!text.ok()) return std::nullopt;
  const json root = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!root.is_object()) return std::nullopt;
  CacheNote note{text_of(root, "url"), text_of(root, "etag"), text_of(root, "last_modified"),
                 text_of(root, "sha256")};
  const auto bundle = read_bounded_file(bundle_path(), kMaxBundleBytes);
  // A note about another file would have the server say that nothing has changed.
  if (!bundle.ok() || sha256_hex(*bundle) != note.sha256) return std::nullopt;
  return note;
}

Status BundleCache::store(std::string_view bundle, const CacheNote& note) const {
  std::error_code error;
  fs::create_directories(directory_, error);
  if (error) return errno_status(Code::kOutput, "cannot create", directory_, error.value());
  // The bundle goes first: a note without it would be believed at the next update.
  if (Status stored = replace_file(bundle_path(), bundle); !stored.ok()) return stored;
  const json root{{"url", note.url},
                  {"etag", note.etag},
                  {"last_modified", note.last_modified},
                  {"sha256", note.sha256}};
  // Headers come from a server and need not be UTF-8.
  const std::string text = root.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
  return replace_file((fs::path(directory_) / "note.json").string(), text);
}

}  // namespace pxq
