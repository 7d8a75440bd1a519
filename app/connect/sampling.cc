#include "connect/sampling.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "local/data/history/history.h"
#include "wire/message_source.h"
#include "wire/request_message.h"

namespace pxq {
namespace {

using local::History;

// Lets a moment pass; false: a signal came.
bool wait_until(TimePoint moment, const std::stop_token& stop) {
  std::mutex alone;
  std::unique_lock lock(alone);
  std::condition_variable_any never;
  never.wait_until(lock, stop, moment, [] { return false; });
  return !stop.stop_requested();
}

std::string progress_text(Duration passed, Duration time) {
  const auto seconds = [](Duration length) {
    return std::chrono::duration<double>(length).count();
  };
  return fmt::format("sampling this machine, {:.0f} of {:g} s; Ctrl-C cancels", seconds(passed),
                     seconds(time));
}

}  // namespace

Status sample_first(Duration time, const ScriptRequest& request, Connection& connection,
                    Context& context) {
  const std::optional<std::vector<std::string>> tables =
      connection.local->tables_read(wire::to_message(request));
  if (!tables) return {};
  History& history = *connection.local->data().history;
  local::HistoryLimits limits;
  limits.time += time;
  history.set_keeper(History::Keeper::kSampler, limits);
  history.use_on(*tables);
  const TimePoint start = MonotonicClock::now();
  const TimePoint end = start + time;
  bool waited = true;
  for (TimePoint now = start; waited && now < end; now = MonotonicClock::now()) {
    context.console.progress(progress_text(now - start, time), context.err);
    waited = wait_until(std::min(now + wire::kTick, end), context.stop());
  }
  context.console.clear_progress();
  if (!waited) return {Code::kInterrupted, "interrupted"};
  history.sample();  // so that the past reaches up to the run
  spend(MonotonicClock::now() - start, connection.run.limits);
  return {};
}

void sample_meanwhile(const Connection& connection) {
  if (connection.local == nullptr) return;
  const std::shared_ptr<History>& history = connection.local->data().history;
  if (history != nullptr) history->set_keeper(History::Keeper::kWatcher);
}

}  // namespace pxq
