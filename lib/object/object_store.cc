#include "object/object_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "base/digest.h"
#include "base/wall_clock.h"
#include "object/store_answer.h"

namespace pxq::object {
namespace {

constexpr const char* kMarkHeader = "x-amz-meta-pxq";
// With these pauses the last attempt is made after a minute or so.
constexpr int kMostAttempts = 10;
constexpr Duration kFirstPause = std::chrono::milliseconds(200);
constexpr Duration kLongestPause = std::chrono::seconds(20);

bool wait(Duration pause, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait_for(lock, stop, pause, [] { return false; });
  return !stop.stop_requested();
}

std::map<std::string, std::string> label_headers(const ObjectLabel& label) {
  return {{"content-type", label.content_type}, {kMarkHeader, label.mark}};
}

// 2026-11-29T17:00:00.000Z
int64_t initiated_ns(const std::string& text) {
  struct tm parts = {};
  return ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) == nullptr
             ? 0
             : int64_t{::timegm(&parts)} * 1'000'000'000;
}

std::string parts_text(const std::vector<std::string>& tags) {
  std::string text = "<CompleteMultipartUpload>";
  for (size_t i = 0; i < tags.size(); ++i) {
    text += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", i + 1,
                        xml_escaped(tags[i]));
  }
  return text + "</CompleteMultipartUpload>";
}

}  // namespace

Result<std::unique_ptr<ObjectStore>> ObjectStore::open(StoreSettings settings, std::string bucket) {
  auto http = HttpClient::open({.ca_file = settings.ca_file}, "an object store");
  if (!http.ok()) {
    return Status(http.status()).with_hint("install libcurl4, or export to files");
  }
  return std::unique_ptr<ObjectStore>(
      new ObjectStore(std::move(settings), std::move(bucket), *std::move(http)));
}

ObjectStore::ObjectStore(StoreSettings settings, std::string bucket,
                         std::unique_ptr<HttpClient> http)
    : settings_(std::move(settings)), bucket_(std::move(bucket)), http_(std::move(http)) {}

std::string ObjectStore::name_of(const std::string& key) const {
  return fmt::format("s3://{}/{}", bucket_, key);
}

std::string ObjectStore::host() const {
  return settings_.path_style ? settings_.host : bucket_ + "." + settings_.host;
}

std::string ObjectStore::path_of(const std::string& key) const {
  std::string path = settings_.prefix;
  if (settings_.path_style) path += "/" + uri_encoded(bucket_, false);
  if (!key.empty() || path.empty()) path += "/" + uri_encoded(key, true);
  return path;
}

// Signed anew for each attempt: a signature is good for some minutes only.
HttpRequest ObjectStore::signed_request(const Question& question,
                                        const std::string& payload_hash) const {
  const SigningScope scope{.time = signing_time(wall_clock_ns()), .region = settings_.region};
  SignedParts parts{.method = question.method,
                    .path = path_of(question.key),
                    .query = question.query,
                    .headers = question.headers,
                    .payload_hash = payload_hash};
  parts.headers["host"] = host();
  parts.headers["x-amz-content-sha256"] = payload_hash;
  parts.headers["x-amz-date"] = scope.time;
  const Credentials& credentials = settings_.credentials;
  if (!credentials.session_token.empty()) {
    parts.headers["x-amz-security-token"] = credentials.session_token.reveal();
  }
  HttpRequest request{.method = question.method, .body = question.body};
  request.url = fmt::format("{}://{}{}", settings_.scheme, host(), parts.path);
  if (!question.query.empty()) request.url += "?" + query_text(question.query);
  for (const auto& [name, value] : parts.headers) {
    request.headers.push_back(fmt::format("{}: {}", name, value));
  }
  request.headers.push_back("Authorization: " + authorization(parts, scope, credentials));
  return request;
}

Status ObjectStore::failure(const Question& question, const Status& network) const {
  if (network.code() == Code::kInterrupted || network.code() == Code::kInternal) return network;
  return Status(Code::kOutput,
                fmt::format("cannot {} {}: {}", question.what, name_of(question.key),
                            network.message()),
                network.retryable() ? "is " + settings_.endpoint() + " where the bucket is?"
                                    : "AWS_CA_BUNDLE names a file of roots to trust")
      .with_retryable(network.retryable());
}

Status ObjectStore::too_late(const Question& question, const Status& last) const {
  return Status(Code::kTimeout,
                fmt::format("the time limit has passed: {}",
                            last.ok() ? fmt::format("{} has not answered", settings_.endpoint())
                                      : last.message()),
                "--timeout gives a run more time, the upload of " + name_of(question.key) +
                    " included")
      .with_retryable(true);
}

Result<HttpAnswer> ObjectStore::ask(const Question& question) {
  const std::string payload_hash = sha256_hex(question.body);
  Status last;
  Duration pause = kFirstPause;
  for (attempts_ = 1;; ++attempts_) {
    Result<HttpAnswer> answer =
        http_->ask(signed_request(question, payload_hash), patience_.deadline, patience_.stop);
    if (answer.ok()) {
      if (!is_refusal(*answer)) return answer;
      if (question.may_fail && !is_passing(*answer)) return answer;
      last = refusal(*answer, question.what, bucket_, question.key, settings_, wall_clock_ns());
    } else {
      const bool over = answer.status().code() == Code::kTimeout && !answer.status().retryable();
      if (over) return too_late(question, last);
      last = failure(question, answer.status());
    }
    if (!last.retryable() || attempts_ == kMostAttempts) return last;
    const auto share = 0.5 + 0.5 * (static_cast<double>(chance_()) / chance_.max());
    const auto now = std::chrono::duration_cast<Duration>(pause * share);
    if (MonotonicClock::now() + now >= patience_.deadline) return too_late(question, last);
    if (patience_.asked_again) patience_.asked_again(last, now);
    if (!wait(now, patience_.stop)) return Status(Code::kInterrupted, "interrupted");
    pause = std::min(2 * pause, kLongestPause);
  }
}

Status ObjectStore::put(const std::string& key, const ObjectLabel& label, std::string_view body) {
  return ask({.what = "write",
              .method = "PUT",
              .key = key,
              .headers = label_headers(label),
              .body = body})
      .status();
}

Result<ObjectStore::Begun> ObjectStore::begin_upload(const std::string& key,
                                                     const ObjectLabel& label) {
  const auto answer = ask({.what = "write",
                           .method = "POST",
                           .key = key,
                           .query = {{"uploads", ""}},
                           .headers = label_headers(label)});
  if (!answer.ok()) return answer.status();
  Begun begun{.id = xml_text(answer->body, "UploadId"), .unsure = attempts_ > 1};
  if (!begun.id.empty()) return begun;
  return Status(Code::kOutput, "cannot write " + name_of(key) + ": the store named no upload");
}

Result<std::string> ObjectStore::put_part(const std::string& key, const std::string& id,
                                          size_t number, std::string_view body) {
  const auto answer = ask({.what = "write",
                           .method = "PUT",
                           .key = key,
                           .query = {{"partNumber", std::to_string(number)}, {"uploadId", id}},
                           .body = body});
  if (!answer.ok()) return answer.status();
  const std::string tag = answer->header("etag");
  if (!tag.empty()) return tag;
  return Status(Code::kOutput, "cannot write " + name_of(key) + ": a part came to no tag");
}

Result<bool> ObjectStore::complete_upload(const std::string& key, const std::string& id,
                                          const std::vector<std::string>& tags,
                                          const std::string& mark) {
  const std::string parts = parts_text(tags);
  const Question question{.what = "write",
                          .method = "POST",
                          .key = key,
                          .query = {{"uploadId", id}},
                          .headers = {{"content-type", "application/xml"}},
                          .body = parts,
                          .may_fail = true};
  const auto answer = ask(question);
  if (!answer.ok()) return answer.status();
  if (!is_refusal(*answer)) return true;
  if (error_code_of(*answer) != "NoSuchUpload") {
    return refusal(*answer, question.what, bucket_, key, settings_, wall_clock_ns());
  }
  // An earlier attempt whose answer was lost may have done it.
  const auto found = mark_of(key);
  if (!found.ok()) return found.status();
  return *found == mark;
}

Status ObjectStore::abort_upload(const std::string& key, const std::string& id) {
  const Question question{.what = "take back the upload of",
                          .method = "DELETE",
                          .key = key,
                          .query = {{"uploadId", id}},
                          .may_fail = true};
  const auto answer = ask(question);
  if (!answer.ok()) return answer.status();
  if (!is_refusal(*answer) || error_code_of(*answer) == "NoSuchUpload") return {};
  return refusal(*answer, question.what, bucket_, key, settings_, wall_clock_ns());
}

Result<ObjectStore::Uploads> ObjectStore::uploads_of(const std::string& key) {
  // Of one key there are few: one page of a thousand holds them.
  const auto answer = ask({.what = "list the uploads of",
                           .method = "GET",
                           .key = "",
                           .query = {{"uploads", ""}, {"prefix", key}}});
  if (!answer.ok()) return answer.status();
  Uploads found;
  const int64_t now_ns = wall_clock_ns();
  found.ahead_ns = http_date_ns(answer->header("date")).value_or(now_ns) - now_ns;
  for (const std::string_view upload : xml_elements(answer->body, "Upload")) {
    if (xml_text(upload, "Key") != key) continue;
    found.open.push_back({.id = xml_text(upload, "UploadId"),
                          .begun_ns = initiated_ns(xml_text(upload, "Initiated"))});
  }
  return found;
}

Result<std::optional<std::string>> ObjectStore::mark_of(const std::string& key) {
  const Question question{.what = "look at", .method = "HEAD", .key = key, .may_fail = true};
  const auto answer = ask(question);
  if (!answer.ok()) return answer.status();
  if (answer->status == 404) return std::optional<std::string>();
  if (is_refusal(*answer)) {
    return refusal(*answer, question.what, bucket_, key, settings_, wall_clock_ns());
  }
  return std::optional(answer->header(kMarkHeader));
}

Status ObjectStore::remove(const std::string& key, const std::string& mark) {
  const auto found = mark_of(key);
  if (!found.ok()) return found.status();
  if (*found != mark) return {};
  return ask({.what = "remove", .method = "DELETE", .key = key}).status();
}

}  // namespace pxq::object
