#include "script/bundle_cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/unique_fd.h"
#include "script/bounded_file.h"

namespace pxq {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr size_t kMaxBundleBytes = 1 << 30;
constexpr size_t kMaxNoteBytes = 64 << 10;

Status write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno_status(Code::kOutput, "cannot write", path, errno);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return {};
}

Status write_new(const std::string& path, std::string_view bytes, UniqueFd fd) {
  if (Status written = write_all(fd.get(), bytes, path); !written.ok()) return written;
  // A rename may reach the disk before the bytes do, unless these are told to first.
  if (::fsync(fd.get()) != 0) return errno_status(Code::kOutput, "cannot sync", path, errno);
  if (::close(fd.release()) != 0) return errno_status(Code::kOutput, "cannot close", path, errno);
  return {};
}

// Beside its target, then renamed: readers see the old file or the new one, never a part.
Status replace_file(const std::string& path, std::string_view bytes) {
  std::string temporary = path + ".XXXXXX";
  UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) return errno_status(Code::kOutput, "cannot create", temporary, errno);
  Status result = write_new(temporary, bytes, std::move(fd));
  if (result.ok() && ::rename(temporary.c_str(), path.c_str()) != 0) {
    result = errno_status(Code::kOutput, "cannot replace", path, errno);
  }
  if (!result.ok()) ::unlink(temporary.c_str());
  return result;
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
  if (!bundle.ok() || bundle_checksum(*bundle) != note.sha256) return std::nullopt;
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

std::string bundle_checksum(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
  std::string hex;
  for (unsigned i = 0; i < length; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

}  // namespace pxq
