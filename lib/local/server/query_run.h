#pragma once

#include <grpcpp/support/status.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "local/data/data_set.h"
#include "local/server/encode.h"
#include "local/server/server.h"
#include "vizierapi.pb.h"

namespace pxq::local {

/// One query, compiled and run on a thread of its own. Its messages wait, so many bytes of them at
/// most, for whoever reads them: one call at a time, and another one after the first was cut. A
/// query that nobody reads stands still.
class QueryRun {
 public:
  QueryRun(const DataSet& data, std::string id, px::api::vizierpb::ExecuteScriptRequest request,
           const QueryLimits& limits);
  QueryRun(const QueryRun&) = delete;
  QueryRun& operator=(const QueryRun&) = delete;
  /// Stops it and waits for its thread.
  ~QueryRun();

  const std::string& id() const { return id_; }

  /// Makes the caller its only reader; the number is the caller's from now on.
  uint64_t attach();

  enum class Next { kMessage, kEnd, kNothingYet, kDisplaced };
  /// The next message, waited for at most `patience`.
  Next next(uint64_t reader, Duration patience, QueryMessage& message);

  /// A message that could not be sent after all: it is the next one again, unless another reader
  /// has gone on meanwhile.
  void give_back(uint64_t reader, QueryMessage message);

  /// What its reader should know of its rows. All of it is there before the first message.
  std::vector<std::string> notes() const;

  /// How it ended. REQUIRES: next() said kEnd.
  grpc::Status end() const;

  /// Ends it early; `why` becomes its end unless it has one.
  void stop(grpc::Status why);

 private:
  class Work;

  bool put(QueryMessage message);  // false: nobody wants more
  void tell(std::string note);
  void close(grpc::Status status);

  const std::string id_;
  const size_t room_;  // bytes
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<QueryMessage> waiting_;
  std::vector<std::string> notes_;
  size_t waiting_bytes_ = 0;
  uint64_t reader_ = 0;
  bool ended_ = false;
  bool stopped_ = false;
  grpc::Status end_;
  std::stop_source stop_;
  std::thread thread_;  // last: it uses the members above
};

}  // namespace pxq::local
