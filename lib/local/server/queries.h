#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>
#include <grpcpp/support/sync_stream.h>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "local/server/query_run.h"
#include "wire/seal.h"

namespace pxq::local {

/// The queries under way: so many at once, each as long and as large as allowed. One whose reader
/// was cut stands still for a while and goes on for the next call that names it; then it ends.
/// Safe from several threads.
class Queries {
 public:
  /// Of messages that are encoded already.
  using Writer = grpc::ServerWriter<grpc::ByteBuffer>;

  /// `data` must outlive it.
  Queries(const DataSet& data, const QueryLimits& limits);
  Queries(const Queries&) = delete;
  Queries& operator=(const Queries&) = delete;
  ~Queries();

  /// Runs a query, or goes on with the one that the request names, until its end or that of the
  /// call. RESOURCE_EXHAUSTED where there are too many.
  grpc::Status serve(grpc::ServerContext& context,
                     const px::api::vizierpb::ExecuteScriptRequest& request, Writer& writer);

  /// Ends all, and takes no more.
  void stop();

 private:
  struct Entry {
    std::shared_ptr<QueryRun> run;
    TimePoint started;
    grpc::ServerContext* call = nullptr;         // that reads it; null: nobody does
    TimePoint left;                              // when the last reader went
    TimePoint writing_since = TimePoint::max();  // the reader's connection takes no more
  };
  class Call;

  std::shared_ptr<QueryRun> find_or_begin(const px::api::vizierpb::ExecuteScriptRequest& request,
                                          grpc::Status& refusal);
  grpc::Status stream(Call& call, const wire::Sealer* sealer, Writer& writer);
  bool make_room(std::shared_ptr<QueryRun>& evicted);
  void watch();
  void look(TimePoint now, std::vector<std::shared_ptr<QueryRun>>& over);
  bool must_trim(TimePoint now, TimePoint& trimmed);

  const DataSet& data_;
  const QueryLimits limits_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Entry> entries_;
  bool stopping_ = false;
  TimePoint freed_ = TimePoint::min();  // when a query last gave memory back, which malloc may keep
  std::thread watcher_;                 // last: it uses the members above
};

}  // namespace pxq::local
