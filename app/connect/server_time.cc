#include "connect/server_time.h"

#include "base/wall_clock.h"
#include "export/server_clock.h"
#include "script/clock_question.h"

namespace pxq {
namespace {

class NoRows final : public ResultSink {
 public:
  void begin(const Schema& /*schema*/) override {}
  void rows(const Schema& /*schema*/, const RowBatch& /*batch*/) override {}
  void end(const Summary& /*summary*/) override {}
};

}  // namespace

std::optional<int64_t> ask_clock_ahead(const Connection& connection) {
  ScriptRequest request;
  request.source = "<clock>";
  request.cluster_id = connection.cluster_id;
  add_clock_question(request);
  NoRows none;
  ServerClock clock(wall_clock_ns(), none);
  const Summary summary = wire::run_script(connection.peer, request, connection.run, clock);
  return summary.status.ok() ? clock.ahead_ns() : std::nullopt;
}

}  // namespace pxq
