#include "object/store_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/environment.h"
#include "base/letter_case.h"
#include "object/aws_profile.h"

namespace pxq::object {
namespace {

constexpr size_t kLongestBucket = 255;
// Of profiles that get theirs in ways which pxq does not go.
constexpr std::string_view kOtherWays[] = {
    "sso_session", "sso_start_url",           "credential_process",
    "role_arn",    "web_identity_token_file", "login_session"};

bool is_bucket_byte(char byte) {
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '-' || byte == '.' ||
         byte == '_';
}

// A name that can be a part of a host's name which a certificate for *.host covers.
bool can_be_host(const std::string& bucket) {
  return std::ranges::all_of(
      bucket, [](char byte) { return byte == lower_case(byte) && byte != '.' && byte != '_'; });
}

Status bad_url(std::string_view text, std::string_view why) {
  return {Code::kUsage, fmt::format("'{}' {}", text, why),
          "such as 's3://bucket/http/{date}/{table}-{start}.csv.zst'"};
}

// Keys of roles and machines are not asked for: `aws` puts them into variables for everybody.
std::string ways_hint(const AwsProfile& profile) {
  const std::string export_line =
      fmt::format("`eval \"$(aws configure export-credentials{} --format env)\"`",
                  profile.name == "default" ? std::string() : " --profile " + profile.name);
  for (const std::string_view way : kOtherWays) {
    if (profile.value(std::string(way)).empty()) continue;
    return fmt::format(
        "profile '{}' gets its keys by {}, which pxq does not do: {} puts them there", profile.name,
        way, export_line);
  }
  return "roles of machines, of containers and of web identities are not asked: " + export_line +
         " puts their keys there";
}

Status find_credentials(const AwsProfile& profile, StoreSettings& settings) {
  Credentials& found = settings.credentials;
  found.access_key = environment("AWS_ACCESS_KEY_ID");
  found.secret_key = Secret(environment("AWS_SECRET_ACCESS_KEY"));
  if (found.access_key.empty() != found.secret_key.empty()) {
    return {Code::kUsage,
            found.access_key.empty() ? "AWS_SECRET_ACCESS_KEY is set, and AWS_ACCESS_KEY_ID is not"
                                     : "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not",
            "set both, or none, for the profile's"};
  }
  if (!found.access_key.empty()) {
    found.session_token = Secret(environment("AWS_SESSION_TOKEN"));
    settings.credentials_from = "AWS_ACCESS_KEY_ID";
    return {};
  }
  found.access_key = profile.value("aws_access_key_id");
  found.secret_key = Secret(profile.value("aws_secret_access_key"));
  found.session_token = Secret(profile.value("aws_session_token"));
  const bool in_credentials = profile.credentials.contains("aws_access_key_id");
  settings.credentials_from =
      fmt::format("profile '{}' in {}", profile.name,
                  in_credentials ? profile.credentials_file : profile.config_file);
  if (!found.access_key.empty() && !found.secret_key.empty()) return {};
  return {Code::kUsage,
          fmt::format("no keys for the object store: not in AWS_ACCESS_KEY_ID and "
                      "AWS_SECRET_ACCESS_KEY, nor of profile '{}' in {} or {}",
                      profile.name, profile.credentials_file, profile.config_file),
          ways_hint(profile)};
}

std::string services_value(const AwsProfile& profile, const std::string& key) {
  const auto found = profile.services.find(key);
  return found == profile.services.end() ? std::string() : found->second;
}

/// The first that is set: {what it says, where}.
struct Setting {
  std::string value;
  std::string from;
};

Setting find_endpoint(const AwsProfile& profile) {
  if (lower_case(environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) == "true") return {};
  const Setting places[] = {
      {environment("AWS_ENDPOINT_URL_S3"), "AWS_ENDPOINT_URL_S3"},
      {environment("AWS_ENDPOINT_URL"), "AWS_ENDPOINT_URL"},
      {services_value(profile, "s3.endpoint_url"), "endpoint_url in " + profile.config_file},
      {profile.value("s3.endpoint_url"), "endpoint_url in " + profile.config_file},
      {profile.value("endpoint_url"), "endpoint_url in " + profile.config_file}};
  for (const Setting& place : places) {
    if (!place.value.empty()) return place;
  }
  return {};
}

Status take_endpoint(const Setting& endpoint, StoreSettings& settings) {
  std::string_view rest = endpoint.value;
  const Status bad(
      Code::kUsage,
      fmt::format("{}: not an endpoint such as https://minio.example:9000", endpoint.from));
  const size_t colon = rest.find("://");
  if (colon == std::string_view::npos) return bad;
  settings.scheme = lower_case(rest.substr(0, colon));
  if (settings.scheme != "https" && settings.scheme != "http") return bad;
  rest.remove_prefix(colon + 3);
  const size_t slash = std::min(rest.find('/'), rest.size());
  settings.host = rest.substr(0, slash);
  settings.prefix = rest.substr(slash);
  while (settings.prefix.ends_with('/')) settings.prefix.pop_back();
  const bool odd = std::ranges::any_of(rest, [](char byte) {
    return byte <= ' ' || byte > '~' || byte == '@' || byte == '?' || byte == '#';
  });
  return settings.host.empty() || odd ? bad : Status();
}

Status find_place(const AwsProfile& profile, const std::string& bucket, StoreSettings& settings) {
  for (const std::string& region :
       {environment("AWS_REGION"), environment("AWS_DEFAULT_REGION"), profile.value("region")}) {
    if (settings.region.empty()) settings.region = region;
  }
  const Setting endpoint = find_endpoint(profile);
  const std::string style = profile.value("s3.addressing_style");
  if (!endpoint.value.empty()) {
    if (Status taken = take_endpoint(endpoint, settings); !taken.ok()) return taken;
    // What other stores call their region is seldom asked.
    if (settings.region.empty()) settings.region = "us-east-1";
    settings.path_style = style != "virtual";
    return {};
  }
  if (settings.region.empty()) {
    return {Code::kUsage, "the region of the bucket is not known",
            "AWS_REGION=eu-central-1 names one; AWS_ENDPOINT_URL_S3 names another store"};
  }
  settings.host = fmt::format("s3.{}.amazonaws.com{}", settings.region,
                              settings.region.starts_with("cn-") ? ".cn" : "");
  settings.path_style = style == "path" || !can_be_host(bucket);
  return {};
}

}  // namespace

Result<ObjectUrl> ObjectUrl::parse(std::string_view text) {
  std::string_view rest = text;
  if (!rest.starts_with(kScheme)) return bad_url(text, "is not an s3:// address");
  rest.remove_prefix(kScheme.size());
  const size_t slash = rest.find('/');
  if (slash == std::string_view::npos || slash + 1 == rest.size()) {
    return bad_url(text, "names no object: a key follows the bucket");
  }
  ObjectUrl url{.bucket = std::string(rest.substr(0, slash)),
                .key = std::string(rest.substr(slash + 1))};
  if (url.bucket.empty() || url.bucket.size() > kLongestBucket ||
      !std::ranges::all_of(url.bucket, is_bucket_byte)) {
    return bad_url(text, "has no bucket's name after s3://");
  }
  if (url.key.ends_with('/')) return bad_url(text, "ends in a slash, and names no object");
  return url;
}

Result<StoreSettings> StoreSettings::gather(const std::string& bucket) {
  const Result<AwsProfile> profile = AwsProfile::load();
  if (!profile.ok()) return profile.status();
  StoreSettings settings;
  if (Status found = find_credentials(*profile, settings); !found.ok()) return found;
  if (Status found = find_place(*profile, bucket, settings); !found.ok()) return found;
  settings.ca_file = environment("AWS_CA_BUNDLE");
  if (settings.ca_file.empty()) settings.ca_file = profile->value("ca_bundle");
  return settings;
}

}  // namespace pxq::object
