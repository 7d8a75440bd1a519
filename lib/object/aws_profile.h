#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace pxq::object {

/// The settings of one section of a file of AWS's tools. Those of an indented block carry its name:
/// `s3.addressing_style`.
using AwsSection = std::map<std::string, std::string>;

/// A file of AWS's tools: sections by their names, `profile NAME` by NAME alone where
/// `has_profiles` says that they are called so.
std::map<std::string, AwsSection> parse_aws_file(std::string_view text, bool has_profiles);

/// What ~/.aws/config and ~/.aws/credentials, or the files that the environment names in their
/// place, say about a profile.
struct AwsProfile {
  std::string name;              // AWS_PROFILE, or default
  std::string credentials_file;  // paths
  std::string config_file;
  AwsSection credentials;
  AwsSection config;
  AwsSection services;  // the section that the profile's `services` names

  AwsProfile() = default;
  AwsProfile(AwsProfile&&) = default;
  AwsProfile& operator=(AwsProfile&&) = delete;
  /// Wipes what the files said.
  ~AwsProfile();

  /// From either file, that of credentials first; empty: from neither.
  std::string value(const std::string& key) const;

  /// kUsage where a profile that AWS_PROFILE names is in neither file, or one cannot be read.
  static Result<AwsProfile> load();
};

}  // namespace pxq::object
