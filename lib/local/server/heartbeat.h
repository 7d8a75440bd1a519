#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "vizierapi.pb.h"

namespace pxq::local {

/// Tells a client that waits that its query still runs, as a Vizier does: by a batch without rows
/// of a table that has not ended. Clients take a call on which nothing comes for a dead one. Of one
/// call, which must have begun with the query: tables are known by their announcements.
class Heartbeat {
 public:
  using Message = px::api::vizierpb::ExecuteScriptResponse;

  /// A message that is sent now.
  void sent(const Message& message);

  /// Fills in what to send because nothing was for two seconds; false: nothing is due.
  bool due(Message& message) const;

 private:
  std::string query_id_;
  std::vector<px::api::vizierpb::RowBatchData> open_;  // a batch without rows of each table
  TimePoint last_ = MonotonicClock::now();
};

}  // namespace pxq::local
