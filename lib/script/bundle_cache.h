#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace pxq {

/// What is noted beside a cached bundle, to ask later whether it is still current.
struct CacheNote {
  std::string url;
  std::string etag;
  std::string last_modified;
  std::string sha256;
};

/// One bundle and its note in a directory. Each file is replaced as a whole; a note that does not
/// fit its bundle, as after a crash between the two, counts as none.
class BundleCache final {
 public:
  explicit BundleCache(std::string directory) : directory_(std::move(directory)) {}

  std::string bundle_path() const;

  /// The note, when the bundle is there with the checksum that the note says.
  std::optional<CacheNote> note() const;

  /// kOutput on failure; the old files then stand.
  Status store(std::string_view bundle, const CacheNote& note) const;

 private:
  std::string directory_;
};

}  // namespace pxq
