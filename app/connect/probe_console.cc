#include "connect/probe_console.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "text/visible.h"

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

void ProbeTalk::tell(const wire::MutationInfo& info) {
  if (!context_.err.is_terminal && !context_.console.verbose()) return;
  for (const ProbeState& probe : info.probes) {
    tell("probe " + visible(probe.name.empty() ? probe.id : probe.name),
         std::string(state_text(probe.state)));
  }
  // Probes that do not run say what is waited for.
  if (info.status.is_error() && all_run(info)) tell("waiting", visible(info.status.message));
}

void ProbeTalk::tell(const std::string& what, const std::string& state) {
  std::string& told = told_[what];
  if (told == state) return;
  told = state;
  context_.console.line(fmt::format("{}: {}", what, state));
}

}  // namespace pxq
