#include "result/watch.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <iterator>
#include <stop_token>
#include <utility>

#include "base/environment.h"
#include "base/fd_output.h"
#include "base/unique_fd.h"
#include "base/wall_clock.h"
#include "process/print.h"

namespace pxq {
namespace {

// A first run that goes on so long after its first rows is shown as it goes.
constexpr Duration kFirstPatience = std::chrono::seconds(2);

// Whether results in this format may stand one after another: a JSON array or a page is a document
// of its own.
bool repeats(const Format& format) {
  if (format.lines || format.extension.empty()) return true;
  return format.heeds.human && !format.at_end;
}

bool may_pass(Code code) {
  return code == Code::kConnect || code == Code::kServer || code == Code::kTimeout ||
         code == Code::kIncomplete;
}

std::string time_text(int64_t ns) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z",
                     fmt::gmtime(static_cast<std::time_t>(ns / 1'000'000'000)));
}

std::string length_text(Duration length) {
  return fmt::format("{:g} s", std::chrono::duration<double>(length).count());
}

Status write_screen(std::string_view text) {
  FdOutput out(STDOUT_FILENO, "stdout");
  out.text().append(text);
  out.commit();
  return out.finish();
}

}  // namespace

/// Keeps a text, or, from a moment on, lets it through to the terminal.
class FrameOutput final : public Output {
 public:
  std::string take() {
    flush();
    return std::exchange(kept_, {});
  }
  bool any() const { return !kept_.empty(); }
  bool follows() const { return follows_; }
  void follow() {
    follows_ = true;
    fail(write_screen(take()));
  }

 protected:
  Status write(std::string_view bytes) override {
    if (follows_) return write_screen(bytes);
    kept_.append(bytes);
    return {};
  }

 private:
  std::string kept_;
  bool follows_ = false;
};

/// Keeps a result until it is known whole, and then gives it to be drawn.
class FrameDestination final : public Destination {
 public:
  FrameDestination(const OutputPlan& plan, const RunIdentity& run, bool may_follow,
                   std::function<void()> on_tick, Watch::Frame& frame, Context& context)
      : format_(plan.make_sink(run, true, text_)),
        kept_(std::make_shared<KeptResult>(*format_)),
        may_follow_(may_follow),
        on_tick_(std::move(on_tick)),
        frame_(frame),
        context_(context) {
    frame_.run = run;
  }

  const Status& status() const override { return text_.status(); }

  void tick() override {
    format_->tick();
    on_tick_();
    if (!may_follow_ || !text_.any() || text_.follows()) return;
    const TimePoint now = MonotonicClock::now();
    if (first_ == TimePoint()) first_ = now;
    if (now - first_ < kFirstPatience) return;
    context_.rows_on_screen = true;
    context_.console.clear_progress();
    text_.follow();
  }

  Status conclude(const Status& /*run*/) override {
    text_.flush();
    frame_.followed = text_.follows();
    frame_.text = text_.take();
    frame_.result = kept_;
    if (!frame_.followed) context_.console.hold();  // what is said of it is drawn below it
    context_.rows_on_screen = true;
    return text_.status();
  }

 private:
  ResultSink& sink() override { return *kept_; }

  FrameOutput text_;
  std::unique_ptr<ResultSink> format_;
  std::shared_ptr<KeptResult> kept_;
  const bool may_follow_;
  const std::function<void()> on_tick_;
  Watch::Frame& frame_;
  Context& context_;
  TimePoint first_;
};

Status check_watch(const OutputPlan& output) {
  if (output.path) {
    return {Code::kUsage,
            fmt::format("--watch does not write files such as '{}'", output.path->text()),
            "`pxq export` adds what is new to files; rows of a watch go to stdout"};
  }
  if (output.append || !output.schema.empty()) {
    return {Code::kUsage, "--watch does not write files: --append and --schema are for one run"};
  }
  if (output.format != nullptr && !repeats(*output.format)) {
    return {Code::kUsage,
            fmt::format("--watch does not write {}, which is one document", output.format->name),
            "jsonl and csv take the rows of many runs, table and chart show them"};
  }
  return {};
}

Watch::Watch(Duration every, std::optional<TimePoint> end, const OutputPlan& output,
             std::string title, Context& context)
    : every_(every),
      end_(end),
      title_(std::move(title)),
      output_(output),
      context_(context),
      on_screen_(context.out.is_terminal && environment("TERM") != "dumb") {
  if (on_screen_) events_.emplace(TerminalEvents::Heard::kSize);
}

Status Watch::go(const std::function<Status(Run run)>& run_once) {
  Status last;
  while (true) {
    const TimePoint next = MonotonicClock::now() + every_;
    last = on_screen_ ? run_on_screen(run_once) : run_below(run_once);
    if (!goes_on(last)) break;
    if (!last.ok()) context_.reported = false;
    wait_until(end_ ? std::min(next, *end_) : next);
    if (context_.signals.token().stop_requested() || is_over()) break;
  }
  context_.console.release();
  if (context_.signals.token().stop_requested()) return {Code::kInterrupted, "interrupted"};
  if (last.ok() && is_over()) tell_end();
  return last;
}

bool Watch::goes_on(const Status& last) const {
  if (context_.signals.token().stop_requested() || is_over()) return false;
  return last.ok() || (good_runs_ != 0 && may_pass(last.code()));
}

Status Watch::run_on_screen(const std::function<Status(Run run)>& run_once) {
  const std::string head = fmt::format("\x1b[2mEvery {}: {}  {}\x1b[0m", length_text(every_),
                                       title_, time_text(wall_clock_ns()));
  fit_to_terminal();
  const bool first = good_runs_ == 0;
  if (!first) context_.console.hold();
  Frame frame;
  context_.rows_on_screen = false;
  const auto make = [&](const RunIdentity& run) {
    return std::make_unique<FrameDestination>(
        output_, run, first, [this] { redraw(); }, frame, context_);
  };
  const int width = context_.out.width;
  const OutputPlan plan = output_;  // that of the run, whatever the terminal becomes meanwhile
  const Status status = run_once({plan, make, {}});
  const bool stopped = context_.signals.token().stop_requested() || is_over();
  // The last whole result stays where it is.
  if (stopped && !first) {
    context_.console.take();
    return status;
  }
  if (frame.followed) return status;
  const bool fails = !status.ok() && (first || !may_pass(status.code()));
  if (stopped || fails) {
    const Status shown = first ? write_screen(frame.text) : Status();
    context_.console.release();
    return status.ok() ? shown : status;
  }
  said_ = context_.console.take();
  count(status);
  if (!status.ok()) said_ += fmt::format("trying again every {}\n", length_text(every_));
  head_ = head;
  fit_to_terminal();
  if (!status.ok()) {
    const Status drawn = write_screen(screen_.draw_again(head_, said_, context_.out));
    return drawn.ok() ? status : drawn;
  }
  shown_ = std::move(frame);
  if (width != context_.out.width) fit(shown_);
  return write_screen(screen_.draw(head_, shown_.text, said_, context_.out));
}

void Watch::fit_to_terminal() {
  context_.out = Terminal::of(STDOUT_FILENO);
  if (output_.spelling.width != 0) output_.spelling.width = context_.out.width;
}

// What is not kept is cut where it no longer fits.
void Watch::fit(Frame& frame) const {
  FrameOutput text;
  const auto sink = output_.make_sink(frame.run, true, text);
  if (frame.result == nullptr || !frame.result->replay(*sink)) return;
  frame.text = text.take();
}

// A terminal of another size has broken the lines as it likes; a shell has written below them.
void Watch::redraw() {
  if (!events_) return;
  events_->clear();
  const bool came_back = events_->came_back();
  const bool resized = events_->resized();
  if (good_runs_ == 0 || !(came_back || resized)) return;
  if (came_back) screen_.begin_anew();
  fit_to_terminal();
  if (!came_back && screen_.fits(context_.out)) return;
  fit(shown_);
  const Status drawn = write_screen(screen_.draw_anew(head_, shown_.text, said_, context_.out));
  if (!drawn.ok()) context_.signals.raise(SIGPIPE);
}

// Formats for people have a line with the time before each result, the others a column with it.
Status Watch::run_below(const std::function<Status(Run run)>& run_once) {
  const int64_t now = wall_clock_ns();
  const bool column = output_.format != nullptr && output_.format->lines.has_value();
  const bool titled = output_.format != nullptr && output_.format->heeds.human && !column;
  if (titled) {
    const std::string_view blank = runs_ == 0 ? "" : "\n";
    if (Status status = print(fmt::format("{}{}\n", blank, time_text(now))); !status.ok()) {
      return status;
    }
  }
  const Status status =
      run_once({output_, nullptr, column ? std::optional<int64_t>(now) : std::nullopt});
  count(status);
  if (status.ok() && column) output_.spelling.header = false;
  return status;
}

void Watch::count(const Status& status) {
  ++runs_;
  if (status.ok()) ++good_runs_;
}

void Watch::wait_until(TimePoint next) {
  const UniqueFd stopped(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  const std::stop_callback on_stop(context_.signals.token(), [&stopped] {
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t told = write(stopped.get(), &one, sizeof one);
  });
  while (!context_.signals.token().stop_requested()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - MonotonicClock::now());
    if (left.count() <= 0) return;
    pollfd fds[] = {{stopped.get(), POLLIN, 0}, {events_ ? events_->fd() : -1, POLLIN, 0}};
    poll(fds, std::size(fds), static_cast<int>(std::min<int64_t>(left.count(), INT32_MAX)));
    redraw();
  }
}

void Watch::tell_end() const {
  if (!context_.err.is_terminal) return;
  const auto seconds = std::chrono::duration<double>(MonotonicClock::now() - began_).count();
  context_.console.line(
      fmt::format("{} {} in {:.1f} s; ended by --for", runs_, runs_ == 1 ? "run" : "runs", seconds),
      Console::Kind::kVerdict);
}

}  // namespace pxq
