#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "base/unique_fd.h"
#include "chart/page_plan.h"
#include "cli/command.h"
#include "connect/connection.h"
#include "live/live_plan.h"
#include "live/messages.h"
#include "model/row_batch.h"
#include "model/schema.h"
#include "options/talk_options.h"
#include "options/target_options.h"

namespace pxq {

/// What happens to a run, in its order.
struct RunDescribed {
  std::shared_ptr<const chart::PagePlan> plan;
  std::string cluster;
  std::string window;
};
struct RunProgressed {
  std::string what;
};
struct TableCame {
  size_t id;
  Schema schema;
};
struct RowsCame {
  size_t id;
  RowBatch batch;
};
struct RunSaid {
  live::Tone tone;
  std::string text;
};
struct RunEnded {
  Status status;
  bool capped = false;
  uint64_t rows = 0;
};
using RunNews = std::variant<RunDescribed, RunProgressed, TableCame, RowsCame, RunSaid, RunEnded>;

/// Runs scripts on a thread of its own, one after the other over one connection. What comes of a
/// run is taken by the thread that shows it; a run waits when that lags far behind.
class Runner final {
 public:
  /// All outlive it. While it lives, all that the console says becomes news.
  Runner(const TargetOptions& target, const TalkOptions& talk, Context& context);
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  /// Cancels what runs and waits for its end.
  ~Runner();

  /// REQUIRES: !running()
  void start(LivePlan plan);
  bool running() const { return running_; }
  /// The run ends soon, with news of it.
  void cancel() { stop_.request_stop(); }

  /// Readable when there is news.
  int fd() const { return wake_.get(); }
  /// RunEnded is the last of a run.
  std::vector<RunNews> take();

 private:
  class Rows;
  class Events;

  void post(RunNews news);
  void run(const LivePlan& plan);
  Status connect();
  RunEnded run_connected(const LivePlan& plan);
  std::string cluster_name() const;
  RunEnded failed(const Status& status, const LivePlan& plan);
  void wake();

  const TargetOptions& target_;
  TalkOptions talk_;
  Context& own_context_;
  Context context_;  // of runs: it has no terminal
  std::optional<Connection> connection_;
  UniqueFd wake_;
  std::stop_source stop_;
  std::thread thread_;
  bool running_ = false;

  std::mutex mutex_;
  std::condition_variable_any taken_;
  std::vector<RunNews> news_;
  size_t batches_ = 0;  // among them
};

}  // namespace pxq
