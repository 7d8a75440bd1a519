#include "http/curl_library.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <optional>

namespace pxq {
namespace {

constexpr const char* kFile = "libcurl.so.4";

template <typename Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

std::optional<CurlLibrary> find_all(void* library) {
  CurlLibrary curl{};
  const bool all =
      find(library, "curl_easy_init", curl.easy_init) &&
      find(library, "curl_easy_setopt", curl.easy_setopt) &&
      find(library, "curl_easy_getinfo", curl.easy_getinfo) &&
      find(library, "curl_easy_cleanup", curl.easy_cleanup) &&
      find(library, "curl_easy_strerror", curl.easy_strerror) &&
      find(library, "curl_multi_init", curl.multi_init) &&
      find(library, "curl_multi_add_handle", curl.multi_add_handle) &&
      find(library, "curl_multi_remove_handle", curl.multi_remove_handle) &&
      find(library, "curl_multi_perform", curl.multi_perform) &&
      find(library, "curl_multi_poll", curl.multi_poll) &&
      find(library, "curl_multi_wakeup", curl.multi_wakeup) &&
      find(library, "curl_multi_info_read", curl.multi_info_read) &&
      find(library, "curl_multi_cleanup", curl.multi_cleanup) &&
      find(library, "curl_slist_append", curl.slist_append) &&
      find(library, "curl_slist_free_all", curl.slist_free_all) &&
      find(library, "curl_url", curl.url) && find(library, "curl_url_set", curl.url_set) &&
      find(library, "curl_url_get", curl.url_get) &&
      find(library, "curl_url_cleanup", curl.url_cleanup) && find(library, "curl_free", curl.free);
  return all ? std::optional(curl) : std::nullopt;
}

}  // namespace

Result<const CurlLibrary*> CurlLibrary::load(std::string_view purpose) {
  static const std::optional<CurlLibrary> loaded = []() -> std::optional<CurlLibrary> {
    void* library = dlopen(kFile, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return std::nullopt;
    return find_all(library);  // never closed: its threads and handles may outlive a caller
  }();
  if (loaded) return &*loaded;
  return Status(Code::kUsage, fmt::format("{} needs {}, which cannot be loaded", purpose, kFile),
                "install libcurl4, or name a file");
}

}  // namespace pxq
