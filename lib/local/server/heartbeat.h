#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "local/server/encode.h"

namespace pxq::local {

/// Tells a client that waits that its query still runs, as a Vizier does: by a batch without rows
/// of a table that has not ended. Clients take a call on which nothing comes for a dead one. Of one
/// call, which must have begun with the query: tables are known by their announcements.
class Heartbeat {
 public:
  explicit Heartbeat(std::string query_id) : query_id_(std::move(query_id)) {}

  /// A message that is sent now.
  void sent(const QueryMessage& message);

  /// Fills in what to send because nothing was for two seconds; false: nothing is due.
  bool due(QueryMessage& message) const;

 private:
  const std::string query_id_;
  std::vector<QueryMessage> open_;  // a batch without rows of each table
  TimePoint last_ = MonotonicClock::now();
};

}  // namespace pxq::local
