#include "object/store_answer.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace pxq::object {
namespace {

constexpr size_t kLongestMessage = 300;

constexpr std::pair<std::string_view, std::string_view> kEntities[] = {
    {"&lt;", "<"},   {"&gt;", ">"},  {"&quot;", "\""}, {"&apos;", "'"},
    {"&#34;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}};

std::string without_entities(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const auto* const entity = std::ranges::find_if(
        kEntities, [&](const auto& known) { return text.starts_with(known.first); });
    if (entity == std::end(kEntities)) {
      plain += text.front();
      text.remove_prefix(1);
    } else {
      plain += entity->second;
      text.remove_prefix(entity->first.size());
    }
  }
  return plain;
}

// The region that a store names for a bucket, in one of three places.
std::string region_of(const HttpAnswer& answer) {
  std::string region = answer.header("x-amz-bucket-region");
  return region.empty() ? xml_text(answer.body, "Region") : region;
}

std::string region_hint(const HttpAnswer& answer, const StoreSettings& settings) {
  const std::string region = region_of(answer);
  if (region.empty()) return "name the bucket's own region in AWS_REGION";
  if (region == settings.region) return {};
  return fmt::format("the bucket is in region {}, not in {}: AWS_REGION={}", region,
                     settings.region, region);
}

std::string clock_hint(const HttpAnswer& answer, int64_t now_ns) {
  const auto server_ns = http_date_ns(answer.header("date"));
  if (!server_ns) return "this machine's clock is wrong: set it";
  const int64_t behind_s = (*server_ns - now_ns) / 1'000'000'000;
  return fmt::format("this machine's clock is {} s {} the store's: set it", std::abs(behind_s),
                     behind_s < 0 ? "ahead of" : "behind");
}

std::string hint_for(const std::string& code, const HttpAnswer& answer, const std::string& bucket,
                     const StoreSettings& settings, int64_t now_ns) {
  const std::string keys = "the keys are those of " + settings.credentials_from;
  if (code == "NoSuchBucket") {
    return fmt::format("there is no bucket '{}' at {}: make it, or name another one", bucket,
                       settings.endpoint());
  }
  if (code == "InvalidAccessKeyId") return keys + ": the store does not know them";
  if (code == "SignatureDoesNotMatch") return keys + ": the secret one is not that of the other";
  if (code == "ExpiredToken" || code == "InvalidToken" || code == "TokenRefreshRequired") {
    return keys + ": get new ones, and a new AWS_SESSION_TOKEN with them";
  }
  if (code == "AccessDenied" || code == "AllAccessDisabled" || code == "AccountProblem") {
    return keys + ": they need s3:PutObject and s3:AbortMultipartUpload for these objects";
  }
  if (code == "RequestTimeTooSkewed" || code == "RequestExpired") {
    return clock_hint(answer, now_ns);
  }
  if (code.empty()) return fmt::format("is {} a store that speaks S3?", settings.endpoint());
  return region_hint(answer, settings);
}

}  // namespace

std::vector<std::string_view> xml_elements(std::string_view document, std::string_view element) {
  const std::string open = fmt::format("<{}>", element);
  const std::string close = fmt::format("</{}>", element);
  std::vector<std::string_view> found;
  for (size_t at = document.find(open); at != std::string_view::npos;
       at = document.find(open, at)) {
    at += open.size();
    const size_t end = document.find(close, at);
    if (end == std::string_view::npos) break;
    found.push_back(document.substr(at, end - at));
    at = end;
  }
  return found;
}

std::string xml_text(std::string_view document, std::string_view element) {
  const auto found = xml_elements(document, element);
  return found.empty() ? std::string() : without_entities(found.front());
}

std::string xml_escaped(std::string_view text) {
  std::string escaped;
  for (const char byte : text) {
    if (byte == '&') {
      escaped += "&amp;";
    } else if (byte == '<') {
      escaped += "&lt;";
    } else if (byte == '>') {
      escaped += "&gt;";
    } else {
      escaped += byte;
    }
  }
  return escaped;
}

std::string error_code_of(const HttpAnswer& answer) {
  const std::string_view body = answer.body;
  return body.find("<Error>") == std::string_view::npos ? std::string() : xml_text(body, "Code");
}

bool is_refusal(const HttpAnswer& answer) {
  return answer.status < 200 || answer.status >= 300 || !error_code_of(answer).empty();
}

bool is_passing(const HttpAnswer& answer) {
  constexpr std::string_view kPassing[] = {"InternalError",           "SlowDown",
                                           "ServiceUnavailable",      "RequestTimeout",
                                           "RequestTimeoutException", "OperationAborted"};
  const long status = answer.status;
  if (status == 500 || (status >= 502 && status <= 504) || status == 429 || status == 408) {
    return true;
  }
  return std::ranges::find(kPassing, error_code_of(answer)) != std::end(kPassing);
}

Status refusal(const HttpAnswer& answer, std::string_view what, const std::string& bucket,
               const std::string& object, const StoreSettings& settings, int64_t now_ns) {
  const std::string code = error_code_of(answer);
  std::string why = code.empty() ? fmt::format("HTTP status {}", answer.status) : code;
  const std::string message = xml_text(answer.body, "Message").substr(0, kLongestMessage);
  if (!code.empty() && !message.empty()) why += ": " + message;
  return Status(Code::kOutput, fmt::format("cannot {} s3://{}/{}: {}", what, bucket, object, why),
                hint_for(code, answer, bucket, settings, now_ns))
      .with_retryable(is_passing(answer));
}

std::optional<int64_t> http_date_ns(const std::string& text) {
  struct tm parts = {};
  const char* const end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S", &parts);
  if (end == nullptr) return std::nullopt;
  return int64_t{::timegm(&parts)} * 1'000'000'000;
}

}  // namespace pxq::object
