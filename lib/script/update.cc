#include "script/update.h"

#include <fmt/format.h>

#include <filesystem>
#include <string_view>

#include "base/digest.h"
#include "base/letter_case.h"
#include "http/curl_handles.h"
#include "http/curl_library.h"
#include "script/bundle_cache.h"

namespace pxq {
namespace {

// What comes in while curl runs.
struct Transfer {
  const UpdateOptions* options = nullptr;
  std::string body;
  std::string etag;
  std::string last_modified;
  bool too_large = false;
};

size_t on_body(char* data, size_t size, size_t count, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  const size_t bytes = size * count;
  if (transfer.body.size() + bytes > transfer.options->max_bytes) {
    transfer.too_large = true;
    return 0;
  }
  transfer.body.append(data, bytes);
  return bytes;
}

bool header_value(std::string_view line, std::string_view name, std::string& value) {
  if (line.size() <= name.size() || line[name.size()] != ':') return false;
  for (size_t i = 0; i < name.size(); ++i) {
    if (lower_case(line[i]) != name[i]) return false;
  }
  line.remove_prefix(name.size() + 1);
  const size_t first = line.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return false;
  value = line.substr(first, line.find_last_not_of(" \t\r\n") + 1 - first);
  return true;
}

size_t on_header(char* data, size_t size, size_t count, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  const std::string_view line(data, size * count);
  if (line.starts_with("HTTP/")) {  // a redirect's headers are not the answer's
    transfer.etag.clear();
    transfer.last_modified.clear();
  }
  header_value(line, "etag", transfer.etag);
  header_value(line, "last-modified", transfer.last_modified);
  return size * count;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(user)->options->stop.stop_requested() ? 1 : 0;
}

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

CurlHeaders conditions(const CurlLibrary& curl, const std::optional<CacheNote>& cached) {
  CurlHeaders headers(nullptr, CurlHeadersDeleter{&curl});
  if (!cached) return headers;
  if (!cached->etag.empty()) add_header(headers, "If-None-Match: " + cached->etag);
  if (!cached->last_modified.empty()) {
    add_header(headers, "If-Modified-Since: " + cached->last_modified);
  }
  return headers;
}

void set_up(const CurlEasy& easy, const UpdateOptions& options, const std::string& protocols,
            const CurlHeaders& headers, char* error, Transfer& transfer) {
  const auto set = [&easy](CURLoption option, auto value) {
    easy.get_deleter().curl->easy_setopt(easy.get(), option, value);
  };
  set(CURLOPT_URL, options.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, protocols.c_str());
  // Wherever the first address leads, a redirect may lead to https only.
  set(CURLOPT_REDIR_PROTOCOLS_STR, "https");
  set(CURLOPT_FOLLOWLOCATION, 1L);
  set(CURLOPT_MAXREDIRS, 5L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  // Without this curl may use SIGALRM and change what SIGPIPE does, and both are the process's.
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_USERAGENT, "pxq");
  // Empty stands for all that curl can unpack.
  set(CURLOPT_ACCEPT_ENCODING, "");
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_ERRORBUFFER, error);
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, &transfer);
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, &transfer);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(CURLOPT_XFERINFODATA, &transfer);
  if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
}

Status transfer_status(const CurlLibrary& curl, CURLcode code, const char* error,
                       const Transfer& transfer) {
  const UpdateOptions& options = *transfer.options;
  const std::string why = *error != '\0' ? error : curl.easy_strerror(code);
  const std::string message = fmt::format("cannot fetch {}: {}", options.url, why);
  switch (code) {
    case CURLE_OK: return {};
    case CURLE_ABORTED_BY_CALLBACK: return {Code::kInterrupted, "interrupted"};
    case CURLE_OPERATION_TIMEDOUT: return Status{Code::kTimeout, message}.with_retryable(true);
    case CURLE_WRITE_ERROR:
      if (transfer.too_large) {
        return {Code::kLimit,
                fmt::format("{} is larger than {} bytes", options.url, options.max_bytes)};
      }
      return {Code::kIncomplete, message};
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_BAD_CONTENT_ENCODING: return Status{Code::kIncomplete, message}.with_retryable(true);
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT: return Status{Code::kConnect, message}.with_retryable(true);
    default: return {Code::kConnect, message};
  }
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
                             const Transfer& transfer) {
  const auto bundle = parse_bundle(transfer.body, url);
  if (!bundle.ok()) return Status{Code::kIncomplete, bundle.status().message()};
  if (bundle->scripts.empty()) {
    return Status{Code::kIncomplete, fmt::format("{}: a bundle without scripts", url)};
  }
  const CacheNote note{url, transfer.etag, transfer.last_modified, sha256_hex(transfer.body)};
  if (Status stored = cache.store(transfer.body, note); !stored.ok()) return stored;
  return UpdateReport{.changed = true,
                      .path = cache.bundle_path(),
                      .bytes = transfer.body.size(),
                      .scripts = bundle->scripts.size(),
                      .sha256 = note.sha256};
}

}  // namespace

Result<UpdateReport> update_bundle(const UpdateOptions& options) {
  const auto loaded = CurlLibrary::load("fetching");
  if (!loaded.ok()) return loaded.status();
  const CurlLibrary& curl = **loaded;
  const auto protocols = allowed_protocols(curl, options.url);
  if (!protocols.ok()) return protocols.status();
  const BundleCache cache(options.cache_dir);
  std::optional<CacheNote> cached = cache.note();
  if (cached && cached->url != options.url) cached.reset();

  const CurlEasy easy(curl.easy_init(), CurlEasyDeleter{&curl});
  if (!easy) return Status{Code::kInternal, "libcurl does not start"};
  const CurlHeaders headers = conditions(curl, cached);
  char error[CURL_ERROR_SIZE] = "";
  Transfer transfer{.options = &options, .body = {}, .etag = {}, .last_modified = {}};
  set_up(easy, options, *protocols, headers, error, transfer);
  const CURLcode code = curl.easy_perform(easy.get());
  if (Status done = transfer_status(curl, code, error, transfer); !done.ok()) return done;

  long status = 0;
  curl.easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status == 304 && cached) return keep(cache, *cached);
  if (Status answered = http_status(status, options.url); !answered.ok()) return answered;
  return replace(cache, options.url, transfer);
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
