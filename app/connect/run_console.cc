#include "connect/run_console.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "format/footer.h"
#include "text/number.h"
#include "text/visible.h"
#include "wire/decoder.h"

namespace pxq {
namespace {

using wire::ProbeState;

std::string_view state_text(ProbeState::State state) {
  switch (state) {
    case ProbeState::State::kPending: return "pending";
    case ProbeState::State::kRunning: return "running";
    case ProbeState::State::kFailed: return "failed";
    case ProbeState::State::kTerminated: return "terminated";
    case ProbeState::State::kUnknown: break;
  }
  return "unknown";
}

bool all_run(const wire::MutationInfo& info) {
  return std::all_of(info.probes.begin(), info.probes.end(), [](const ProbeState& probe) {
    return probe.state == ProbeState::State::kRunning;
  });
}

}  // namespace

void RunConsole::retrying(const Status& failure, Duration pause) {
  if (!context_.console.verbose()) return;
  context_.console.warning(fmt::format("{}; trying again in {:.1f} s", failure.message(),
                                       std::chrono::duration<double>(pause).count()));
}

void RunConsole::resumed(const wire::Resumption& at) {
  if (!at.lossy && !context_.console.verbose()) return;
  context_.console.line(resumed_line(at.cut, at.rows, at.lossy));
}

void RunConsole::odd(std::string_view what) {
  if (context_.console.verbose()) context_.console.warning(what);
}

// They are told when the rows are, which would push them off the screen.
void RunConsole::note(std::string_view text) {
  // Each attempt of a run brings them.
  if (std::ranges::find(notes_, text) == notes_.end()) notes_.emplace_back(text);
}

void RunConsole::held() {
  // On a terminal a pager waits for its reader, and a word would spoil its screen.
  if (context_.err.is_terminal && !context_.console.verbose()) return;
  context_.console.aside(fmt::format(
      "the output has taken no rows for {:g} s, so the server waits; a Vizier ends a query that "
      "waits for three minutes",
      std::chrono::duration<double>(held_).count()));
}

void RunConsole::message(const wire::MessageNews& news) {
  ++messages_;
  bytes_ += news.bytes;
  if (!context_.console.verbose(2)) return;
  context_.console.line(fmt::format("message {}: {}, {} bytes", messages_, news.kind, news.bytes));
}

void RunConsole::tick(const wire::RunProgress& progress) {
  heard_ = progress.heard;
  const bool hidden = rows_seen_ && context_.rows_on_screen;
  if (hidden || progress.elapsed < kQuietStart) return;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(progress.elapsed).count();
  std::string phase = "connecting";
  if (progress.heard) phase = "waiting for the first row";
  if (progress.rows != 0)
    phase = fmt::format("{} rows, {}", grouped(progress.rows), size_text(bytes_));
  context_.console.progress(fmt::format("{}, {} s; Ctrl-C cancels", phase, seconds), context_.err);
}

void RunConsole::rows_come() {
  rows_seen_ = true;
  if (context_.rows_on_screen) context_.console.clear_progress();
}

void RunConsole::ended() {
  context_.console.clear_progress();
  tell_notes();
  if (gap_ != nullptr && gap_->met) context_.console.warning(std::exchange(gap_, nullptr)->note);
  if (!context_.console.verbose() || messages_ == 0) return;
  context_.console.line(fmt::format("{} messages, {}", grouped(messages_), size_text(bytes_)));
}

void RunConsole::tell_notes() {
  if (notes_.empty()) return;
  for (const std::string& text : std::exchange(notes_, {})) {
    if (!noted_) context_.console.warning(visible(text));
  }
  noted_ = true;
}

void RunConsole::probes(const wire::MutationInfo& info) {
  if (!context_.err.is_terminal && !context_.console.verbose()) return;
  for (const ProbeState& probe : info.probes) {
    tell("probe " + visible(probe.name.empty() ? probe.id : probe.name),
         std::string(state_text(probe.state)));
  }
  // Probes that do not run say what is waited for.
  if (info.status.is_error() && all_run(info)) tell("waiting", visible(info.status.message));
}

void RunConsole::tell(const std::string& what, const std::string& state) {
  std::string& told = told_[what];
  if (told == state) return;
  told = state;
  context_.console.line(fmt::format("{}: {}", what, state));
}

}  // namespace pxq
