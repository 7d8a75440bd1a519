#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "object/signature.h"

namespace pxq::object {

/// `s3://BUCKET/KEY` in its two parts; the key may be a template.
struct ObjectUrl {
  std::string bucket;
  std::string key;

  static constexpr std::string_view kScheme = "s3://";

  /// kUsage where a part is missing or is none.
  static Result<ObjectUrl> parse(std::string_view text);
};

/// Where a store is and who asks it, as the variables and files of AWS's tools have it.
struct StoreSettings {
  std::string scheme = "https";
  std::string host;    // with its port, if any; without the bucket
  std::string prefix;  // of all paths; empty, or with a leading slash
  std::string region;
  bool path_style = false;  // the bucket is a part of the path, not of the host's name
  std::string ca_file;      // empty: the system's
  Credentials credentials;
  std::string credentials_from;  // for messages: a variable or a file, never what it holds

  /// `https://minio.example:9000`, for messages.
  std::string endpoint() const { return scheme + "://" + host + prefix; }

  /// kUsage where something is missing: which places were looked at, and what to do.
  static Result<StoreSettings> gather(const std::string& bucket);
};

}  // namespace pxq::object
