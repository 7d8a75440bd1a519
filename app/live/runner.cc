#include "live/runner.h"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <utility>

#include "base/wall_clock.h"
#include "connect/sampling.h"
#include "options/otel_options.h"
#include "output/destination.h"
#include "result/page_plan.h"
#include "result/promised_tables.h"
#include "result/rendering.h"
#include "script/row_cap.h"
#include "settings/target.h"
#include "wire/script_call.h"

namespace pxq {
namespace {

constexpr size_t kMostBatches = 256;  // that wait to be shown

live::Tone tone_of(Console::Kind kind) {
  switch (kind) {
    case Console::Kind::kWarning: return live::Tone::kWarning;
    case Console::Kind::kError: return live::Tone::kError;
    case Console::Kind::kNote:
    case Console::Kind::kStats:
    case Console::Kind::kVerdict: break;
  }
  return live::Tone::kNote;
}

}  // namespace

/// Where the rows of a run go: to whoever takes the news.
class Runner::Rows final : public Destination {
 public:
  explicit Rows(Runner& runner) : sink_(runner) {}

  Status conclude(const Status& /*run*/) override { return {}; }

 private:
  class Sink final : public ResultSink {
   public:
    explicit Sink(Runner& runner) : runner_(runner) {}

    void begin(const Schema& schema) override {
      const size_t id = ids_.size();
      ids_[&schema] = id;
      runner_.post(TableCame{id, schema});
    }
    void rows(const Schema& schema, const RowBatch& batch) override {
      if (batch.num_rows != 0) runner_.post(RowsCame{ids_.at(&schema), batch});
    }
    void end(const Summary& /*summary*/) override {}

   private:
    Runner& runner_;
    std::map<const Schema*, size_t> ids_;
  };

  ResultSink& sink() override { return sink_; }

  Sink sink_;
};

/// Tells how far a run is, and passes on the rest.
class Runner::Events final : public wire::RunEvents {
 public:
  Events(Runner& runner, wire::RunEvents& next) : runner_(runner), next_(next) {}

  void retrying(const Status& failure, Duration pause) override { next_.retrying(failure, pause); }
  void resumed(const wire::Resumption& at) override { next_.resumed(at); }
  void odd(std::string_view what) override { next_.odd(what); }
  void note(std::string_view text) override { next_.note(text); }
  void message(const wire::MessageNews& news) override { next_.message(news); }
  void probes(const wire::MutationInfo& info) override { next_.probes(info); }
  void tick(const wire::RunProgress& progress) override {
    const std::string_view phase = progress.rows != 0 ? ""
                                   : progress.heard   ? "waiting for rows"
                                                      : "connecting";
    if (phase == told_) return;
    told_ = phase;
    runner_.post(RunProgressed{std::string(phase)});
  }

 private:
  Runner& runner_;
  wire::RunEvents& next_;
  std::string_view told_;
};

Runner::Runner(const TargetOptions& target, const TalkOptions& talk, Context& context)
    : target_(target),
      talk_(talk),
      own_context_(context),
      context_(context),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  talk_.stats = true;  // the last line of each run is among its messages
  context_.out = {};
  context_.err = {};
  context.console.divert([this](Console::Kind kind, std::string_view text) {
    post(RunSaid{tone_of(kind), std::string(text)});
  });
}

Runner::~Runner() {
  cancel();
  if (thread_.joinable()) thread_.join();
  own_context_.console.divert({});
}

void Runner::wake() {
  const uint64_t one = 1;
  while (write(wake_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void Runner::post(RunNews news) {
  std::unique_lock lock(mutex_);
  if (std::holds_alternative<RowsCame>(news)) {
    taken_.wait(lock, stop_.get_token(), [this] { return batches_ < kMostBatches; });
    ++batches_;
  }
  news_.push_back(std::move(news));
  lock.unlock();
  wake();
}

std::vector<RunNews> Runner::take() {
  uint64_t count = 0;
  if (read(wake_.get(), &count, sizeof count) < 0) return {};
  std::vector<RunNews> news;
  {
    const std::lock_guard lock(mutex_);
    news.swap(news_);
    batches_ = 0;
  }
  taken_.notify_all();
  const bool ended = std::ranges::any_of(
      news, [](const RunNews& each) { return std::holds_alternative<RunEnded>(each); });
  if (ended) {
    thread_.join();
    running_ = false;
  }
  return news;
}

void Runner::start(LivePlan plan) {
  running_ = true;
  stop_ = std::stop_source();
  thread_ = std::thread([this, kept = std::move(plan)] { run(kept); });
}

void Runner::run(const LivePlan& plan) {
  // A signal ends the run as its user does.
  const std::stop_callback on_signal(own_context_.signals.token(), [this] { cancel(); });
  context_.own_stop = stop_.get_token();
  Status connected = connect();
  post(connected.ok() ? run_connected(plan) : failed(connected, plan));
}

// The local Vizier knows stored data as of when it was opened.
Status Runner::connect() {
  const auto stays = [this] {
    return connection_->local == nullptr || connection_->local->data().goes_on;
  };
  if (connection_ && stays()) return {};
  connection_.reset();
  post(RunProgressed{"connecting"});
  Result<Connection> connection = open_connection(target_, context_);
  if (!connection.ok()) return connection.status();
  connection_ = *std::move(connection);
  sample_meanwhile(*connection_);
  return {};
}

std::string Runner::cluster_name() const {
  if (connection_->local != nullptr) return "local " + target_.local;
  return connection_->cluster.empty() ? connection_->peer.address : connection_->cluster;
}

RunEnded Runner::failed(const Status& status, const LivePlan& plan) {
  if (status.code() != Code::kInterrupted) {
    context_.console.error(status, plan.script.text);
  }
  return {.status = status};
}

RunEnded Runner::run_connected(const LivePlan& plan) {
  LivePlan asked = plan;
  const Result<std::optional<int64_t>> moment = read_moment(target_);
  if (!moment.ok()) return failed(moment.status(), plan);
  asked.options.now_ns = *moment;
  Result<ScriptRequest> request = asked.request(context_);
  if (!request.ok()) return failed(request.status(), plan);
  request->cluster_id = connection_->cluster_id;
  const std::string cluster = cluster_name();
  RenderingOptions judged{.talk = talk_, .promised = promised_tables(*request)};
  judged.run = {.script = plan.name(), .cluster = cluster, .started_ns = wall_clock_ns()};
  judged.run.page = page_plan(plan.script.vis.value_or(Vis{}), *request, judged.run);
  post(RunDescribed{judged.run.page, cluster, window_text(*request)});
  wire::RunOptions options = connection_->run;
  Events events(*this, *connection_->events);
  options.events = &events;
  options.stop = stop_.get_token();
  Rendering rendering({}, std::make_unique<Rows>(*this), std::move(judged), context_);
  Summary summary = wire::run_script(connection_->peer, *request, options, rendering.sink());
  summary.cluster = connection_->cluster;
  Status status =
      rendering.conclude(std::move(summary), {*request, plan.script.text, row_cap(request->text)});
  RunReport report;
  rendering.describe(report);
  RunEnded ended{.status = std::move(status)};
  for (const TableSummary& table : report.summary.tables) {
    ended.rows += table.rows;
    ended.capped = ended.capped || table.capped;
  }
  return ended;
}

}  // namespace pxq
