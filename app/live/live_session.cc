#include "live/live_session.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iterator>
#include <stop_token>
#include <utility>

#include "base/wall_clock.h"
#include "live/rescue.h"
#include "process/diagnostic_text.h"
#include "process/exit_code.h"

namespace pxq {
namespace {

// Of a run, whose seconds are counted; else only news, keys and the next run change the screen.
constexpr int kTickMs = 200;
// Rows that come faster than anybody can see are shown together.
constexpr Duration kShortestFrame = std::chrono::milliseconds(40);

constexpr int64_t kNsPerSecond = 1'000'000'000;
constexpr int64_t kSecondsPerDay = 86'400;

std::string text_of(const Status& status) {
  std::string text = status.message();
  for (const Diagnostic& diagnostic : status.diagnostics()) {
    if (diagnostic.message != status.message()) text += "; " + diagnostic.message;
  }
  if (!status.hint().empty()) text += " (" + status.hint() + ")";
  return text;
}

}  // namespace

LiveSession::LiveSession(CursesTerminal& terminal, Runner& runner, const TimeZone& zone,
                         Duration interval, Context& context)
    : terminal_(terminal),
      runner_(runner),
      zone_(zone),
      context_(context),
      screen_(terminal.surface(), zone, interval),
      stop_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Status LiveSession::run(std::optional<LivePlan> plan, const Scripts& scripts) {
  const std::stop_callback on_stop(context_.signals.token(), [this] {
    const uint64_t one = 1;
    if (write(stop_fd_.get(), &one, sizeof one) < 0) return;
  });
  if (plan) {
    open(*std::move(plan));
  } else {
    list_scripts(scripts);
  }
  TimePoint shown{};
  while (!context_.signals.token().stop_requested()) {
    take_terminal_events();
    take_news();
    for (const live::Key key : terminal_.keys()) {
      if (!obey(screen_.key(key, MonotonicClock::now()), scripts)) return {};
    }
    if (!obey(screen_.tick(MonotonicClock::now()), scripts)) return {};
    const TimePoint now = MonotonicClock::now();
    if (now - shown >= kShortestFrame || !screen_.running()) {
      terminal_.show(screen_.draw(terminal_.width(), terminal_.height(), now));
      shown = now;
    }
    wait();
  }
  return {Code::kInterrupted, "interrupted"};
}

int LiveSession::wait_ms() const {
  if (screen_.running()) return kTickMs;
  if (!screen_.next_run()) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(*screen_.next_run() - MonotonicClock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, INT32_MAX));
}

// A terminal that is gone ends the process, also where no signal tells of it.
void LiveSession::wait() const {
  pollfd fds[] = {{terminal_.input(), POLLIN, 0},
                  {runner_.fd(), POLLIN, 0},
                  {events_.fd(), POLLIN, 0},
                  {stop_fd_.get(), POLLIN, 0}};
  if (::poll(fds, std::size(fds), wait_ms()) > 0 && (fds[0].revents & (POLLHUP | POLLERR)) != 0) {
    context_.signals.raise(SIGHUP);
  }
}

void LiveSession::take_terminal_events() {
  events_.clear();
  if (events_.asked_to_stop()) {
    terminal_.leave();
    events_.stop();
    terminal_.enter();
  }
  if (events_.resized()) terminal_.resize();
}

void LiveSession::open(LivePlan plan) {
  plan_ = std::move(plan);
  screen_.open(plan_->name(), plan_->fields());
  start();
}

// What runs is given up for it.
void LiveSession::start() {
  if (!plan_) return;
  if (runner_.running()) {
    start_again_ = true;
    drop_news_ = true;
    return runner_.cancel();
  }
  drop_news_ = false;
  screen_.run_begins(MonotonicClock::now());
  runner_.start(*plan_);
}

bool LiveSession::obey(const live::Request& request, const Scripts& scripts) {
  using Kind = live::Request::Kind;
  switch (request.kind) {
    case Kind::kQuit: return false;
    case Kind::kRun: start(); break;
    case Kind::kListScripts: list_scripts(scripts); break;
    case Kind::kArguments: change_arguments(request); break;
    case Kind::kRedraw: terminal_.repaint(); break;
    case Kind::kOpen: {
      Result<LivePlan> plan = scripts.open(request.script);
      if (!plan.ok()) {
        screen_.refuse(text_of(plan.status()));
      } else {
        open(*std::move(plan));
      }
      break;
    }
    case Kind::kNone: break;
  }
  return true;
}

void LiveSession::list_scripts(const Scripts& scripts) {
  Result<std::vector<live::ScriptChoice>> all = scripts.list();
  if (!all.ok()) return screen_.refuse(text_of(all.status()));
  screen_.show_scripts(*std::move(all));
}

void LiveSession::change_arguments(const live::Request& request) {
  LivePlan changed = plan_->with(request.arguments);
  const Result<ScriptRequest> sound = changed.request(context_);
  if (!sound.ok()) return screen_.refuse(text_of(sound.status()));
  plan_ = std::move(changed);
  screen_.accept(plan_->fields());
  start();
}

void LiveSession::take_news() {
  for (RunNews& news : runner_.take()) {
    if (drop_news_ && !std::holds_alternative<RunEnded>(news)) continue;
    tell(std::move(news));
  }
}

void LiveSession::tell(RunNews news) {
  struct Teller {
    LiveSession& session;
    live::Screen& screen;

    void operator()(RunDescribed described) const {
      screen.describe(std::move(described.plan), std::move(described.cluster),
                      std::move(described.window));
    }
    void operator()(RunProgressed progressed) const { screen.progress(std::move(progressed.what)); }
    void operator()(const TableCame& came) const { screen.table(came.id, came.schema); }
    void operator()(RowsCame came) const {
      screen.rows(came.id, std::move(came.batch), MonotonicClock::now());
    }
    void operator()(const RunSaid& said) const { screen.say(said.tone, said.text); }
    void operator()(const RunEnded& ended) const { session.end_run(ended); }
  };
  std::visit(Teller{*this, screen_}, std::move(news));
}

void LiveSession::end_run(const RunEnded& ended) {
  if (std::exchange(start_again_, false)) return start();
  live::Ending ending{.verdict = "complete", .good = ended.status.ok(), .clock = clock()};
  if (ended.status.ok() && ended.capped) ending.verdict = "probably cut";
  if (!ended.status.ok()) {
    ending.verdict = ended.rows != 0 ? "INCOMPLETE"
                                     : fmt::format("failed ({})", error_name(ended.status.code()));
  }
  screen_.run_ended(std::move(ending), MonotonicClock::now());
}

std::string LiveSession::clock() const {
  const int64_t utc = wall_clock_ns() / kNsPerSecond;
  const int64_t local = (utc + zone_.offset_at(utc)) % kSecondsPerDay;
  return fmt::format("{:02}:{:02}:{:02}", local / 3600, local / 60 % 60, local % 60);
}

}  // namespace pxq
