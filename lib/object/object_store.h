#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "http/http_client.h"
#include "object/store_settings.h"

namespace pxq::object {

/// Until when a store may be asked, who ends it sooner, and who hears that it is asked again.
struct StorePatience {
  TimePoint deadline = TimePoint::max();
  std::stop_token stop = {};
  std::function<void(const Status& why, Duration pause)> asked_again = nullptr;
};

/// What an object is stored with. The mark tells it from others under the same key.
struct ObjectLabel {
  std::string content_type;
  std::string mark;
};

/// An upload in parts that a store holds unfinished.
struct OpenUpload {
  std::string id;
  int64_t begun_ns = 0;  // by the store's clock, Unix
};

/// One bucket of a store that speaks S3. Each question is signed, and asked again while the store
/// is busy or the network fails, with growing pauses and within the patience it is given. Failures
/// are kOutput, kTimeout or kInterrupted. One thread.
class ObjectStore {
 public:
  /// kUsage without libcurl.
  static Result<std::unique_ptr<ObjectStore>> open(StoreSettings settings, std::string bucket);

  const StoreSettings& settings() const { return settings_; }
  const std::string& bucket() const { return bucket_; }
  std::string name_of(const std::string& key) const;

  void be_patient(StorePatience patience) { patience_ = std::move(patience); }

  Status put(const std::string& key, const ObjectLabel& label, std::string_view body);

  /// The upload's id. `unsure`: one more may have begun whose id nobody has heard.
  struct Begun {
    std::string id;
    bool unsure = false;
  };
  Result<Begun> begin_upload(const std::string& key, const ObjectLabel& label);
  /// The part's tag. Parts count from 1.
  Result<std::string> put_part(const std::string& key, const std::string& id, size_t number,
                               std::string_view body);
  /// The object appears. False: there is no such upload, and the object is not the one of `mark`.
  Result<bool> complete_upload(const std::string& key, const std::string& id,
                               const std::vector<std::string>& tags, const std::string& mark);
  /// Fine, too, where there is none any more.
  Status abort_upload(const std::string& key, const std::string& id);
  /// Of exactly that key.
  struct Uploads {
    std::vector<OpenUpload> open;
    int64_t ahead_ns = 0;  // the store's clock before this machine's
  };
  Result<Uploads> uploads_of(const std::string& key);

  /// Removes the object if it is the one of `mark`; whatever else is there stays.
  Status remove(const std::string& key, const std::string& mark);

 private:
  struct Question {
    std::string what;  // in messages: "write"
    std::string method;
    std::string key;  // empty: the bucket itself
    std::map<std::string, std::string> query = {};
    std::map<std::string, std::string> headers = {};
    std::string_view body = {};
    bool may_fail = false;  // the caller looks at a refusal itself
  };

  ObjectStore(StoreSettings settings, std::string bucket, std::unique_ptr<HttpClient> http);

  Result<HttpAnswer> ask(const Question& question);
  HttpRequest signed_request(const Question& question, const std::string& payload_hash) const;
  std::string path_of(const std::string& key) const;
  std::string host() const;
  Status failure(const Question& question, const Status& network) const;
  Status too_late(const Question& question, const Status& last) const;
  Result<std::optional<std::string>> mark_of(const std::string& key);

  StoreSettings settings_;
  std::string bucket_;
  std::unique_ptr<HttpClient> http_;
  StorePatience patience_;
  std::minstd_rand chance_{std::random_device{}()};
  int attempts_ = 0;  // of the last question
};

}  // namespace pxq::object
