#include "script/update.h"

#include <fmt/format.h>

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "http/curl_handles.h"
#include "http/curl_library.h"
#include "http/http_client.h"
#include "script/bundle_cache.h"

namespace pxq {
namespace {

constexpr std::string_view kPurpose = "fetching";
constexpr long kMostRedirects = 5;

// An IPv4 address as digits, so that 127.example.com is not taken for one.
bool loopback(std::string_view host) {
  const bool digits = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host == "[::1]" || (digits && host.starts_with("127."));
}

std::string url_part(const CurlLibrary& curl, CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl.url_get(url, part, &text, 0) != CURLUE_OK) return {};
  std::string copy = text;
  curl.free(text);
  return copy;
}

// The protocols that this URL and its redirects may use.
Result<std::string> allowed_protocols(const CurlLibrary& curl, const std::string& text) {
  const CurlUrl url(curl.url(), CurlUrlDeleter{&curl});
  if (!url || curl.url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    return Status{Code::kUsage, fmt::format("'{}' is not a URL", text),
                  fmt::format("such as {}", kDefaultBundleUrl)};
  }
  const std::string scheme = url_part(curl, url.get(), CURLUPART_SCHEME);
  if (scheme == "https") return std::string("https");
  if (scheme == "http" && loopback(url_part(curl, url.get(), CURLUPART_HOST))) {
    return std::string("http,https");
  }
  return Status{Code::kUsage, fmt::format("{}: scripts are fetched by https only", text)};
}

std::vector<std::string> conditions(const std::optional<CacheNote>& cached) {
  std::vector<std::string> headers;
  if (!cached) return headers;
  if (!cached->etag.empty()) headers.push_back("If-None-Match: " + cached->etag);
  if (!cached->last_modified.empty()) {
    headers.push_back("If-Modified-Since: " + cached->last_modified);
  }
  return headers;
}

Status fetch_failure(const Status& why, const UpdateOptions& options) {
  if (why.code() == Code::kInterrupted) return why;
  if (why.code() == Code::kLimit) {
    return {Code::kLimit,
            fmt::format("{} is larger than {} bytes", options.url, options.max_bytes)};
  }
  return Status(why.code(), fmt::format("cannot fetch {}: {}", options.url, why.message()))
      .with_retryable(why.retryable() || why.code() == Code::kTimeout);
}

Status http_status(long status, const std::string& url) {
  if (status == 200) return {};
  const std::string message = fmt::format("cannot fetch {}: HTTP status {}", url, status);
  if (status == 401 || status == 403) return {Code::kAuth, message};
  if (status >= 500 || status == 429) return Status{Code::kServer, message}.with_retryable(true);
  return {Code::kUsage, message, "is the URL that of a bundle.json?"};
}

Result<UpdateReport> keep(const BundleCache& cache, const CacheNote& note) {
  const auto bundle = read_bundle(cache.bundle_path());
  if (!bundle.ok()) return bundle.status();
  std::error_code error;
  const auto bytes = std::filesystem::file_size(cache.bundle_path(), error);
  return UpdateReport{.changed = false,
                      .path = cache.bundle_path(),
                      .bytes = error ? 0 : static_cast<size_t>(bytes),
                      .scripts = bundle->scripts.size(),
                      .sha256 = note.sha256};
}

Result<UpdateReport> replace(const BundleCache& cache, const std::string& url,
                             const HttpAnswer& answer) {
  const auto bundle = parse_bundle(answer.body, url);
  if (!bundle.ok()) return Status{Code::kIncomplete, bundle.status().message()};
  if (bundle->scripts.empty()) {
    return Status{Code::kIncomplete, fmt::format("{}: a bundle without scripts", url)};
  }
  const CacheNote note{url, answer.header("etag"), answer.header("last-modified"),
                       sha256_hex(answer.body)};
  if (Status stored = cache.store(answer.body, note); !stored.ok()) return stored;
  return UpdateReport{.changed = true,
                      .path = cache.bundle_path(),
                      .bytes = answer.body.size(),
                      .scripts = bundle->scripts.size(),
                      .sha256 = note.sha256};
}

}  // namespace

Result<UpdateReport> update_bundle(const UpdateOptions& options) {
  const auto loaded = CurlLibrary::load(kPurpose);
  if (!loaded.ok()) return loaded.status();
  const CurlLibrary& curl = **loaded;
  const auto protocols = allowed_protocols(curl, options.url);
  if (!protocols.ok()) return protocols.status();
  const BundleCache cache(options.cache_dir);
  std::optional<CacheNote> cached = cache.note();
  if (cached && cached->url != options.url) cached.reset();

  auto client = HttpClient::open({.ca_file = options.ca_file,
                                  .connect_timeout = options.connect_timeout,
                                  .max_answer = options.max_bytes,
                                  .protocols = *protocols,
                                  .redirects = kMostRedirects,
                                  .unpack = true},
                                 kPurpose);
  if (!client.ok()) return client.status();
  const HttpRequest request{.method = "GET", .url = options.url, .headers = conditions(cached)};
  const TimePoint deadline = MonotonicClock::now() + options.timeout;
  const Result<HttpAnswer> answer = (*client)->ask(request, deadline, options.stop);
  if (!answer.ok()) return fetch_failure(answer.status(), options);
  if (answer->status == 304 && cached) return keep(cache, *cached);
  if (Status good = http_status(answer->status, options.url); !good.ok()) return good;
  return replace(cache, options.url, *answer);
}

Result<std::optional<Bundle>> read_cached_bundle(const std::string& cache_dir) {
  const BundleCache cache(cache_dir);
  std::error_code error;
  if (!std::filesystem::exists(cache.bundle_path(), error) && !error) {
    return std::optional<Bundle>{};
  }
  auto bundle = read_bundle(cache.bundle_path());
  if (!bundle.ok()) return bundle.status();
  return std::optional<Bundle>{*std::move(bundle)};
}

}  // namespace pxq
