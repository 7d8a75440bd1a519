#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>

#include "base/status.h"
#include "script/bundle.h"

namespace pxq {

/// Where px itself gets its open-source scripts.
inline constexpr const char* kDefaultBundleUrl = "https://artifacts.px.dev/pxl_scripts/bundle.json";

/// How a bundle is fetched. Plain http is for this host only.
struct UpdateOptions {
  std::string url = kDefaultBundleUrl;
  std::string cache_dir;  // made if missing
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds timeout{60000};
  size_t max_bytes = 64 << 20;
  std::string ca_file;  // instead of the system's roots; empty: those
  std::stop_token stop;
};

/// What an update found.
struct UpdateReport {
  bool changed = false;  // false: the cache was current
  std::string path;      // of the cached bundle
  size_t bytes = 0;
  size_t scripts = 0;
  std::string sha256;  // of the bundle, in hex
};

/// Fetches a bundle into the cache, unless the server says that the cached one is current. The new
/// one is checked before it takes the old one's place; after any failure the old one stands.
/// kConnect, kTimeout, kServer, kLimit, kIncomplete, kInterrupted, kUsage (bad URL, no such file),
/// kOutput (the cache).
Result<UpdateReport> update_bundle(const UpdateOptions& options);

/// The cached bundle; nothing where there is none yet.
Result<std::optional<Bundle>> read_cached_bundle(const std::string& cache_dir);

}  // namespace pxq
