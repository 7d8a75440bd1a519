#pragma once

#include <optional>

#include "live/curses_terminal.h"
#include "live/live_plan.h"
#include "live/runner.h"
#include "live/screen.h"
#include "process/terminal_events.h"
#include "script/bundle.h"
#include "text/time_zone.h"

namespace pxq {

/// Brings together the screen, the terminal, its keys and the runs, until the user leaves.
class LiveSession final {
 public:
  /// All outlive it. `plan` may name no script: the library's are offered. `library` opens it.
  LiveSession(CursesTerminal& terminal, Runner& runner, const TimeZone& zone, Duration interval,
              Context& context);

  /// Which scripts there are to choose from, and what is made of one that was chosen.
  struct Scripts {
    std::function<Result<std::vector<live::ScriptChoice>>()> list;
    std::function<Result<LivePlan>(const std::string& name)> open;
  };

  Status run(std::optional<LivePlan> plan, const Scripts& scripts);

 private:
  void open(LivePlan plan);
  void start();
  bool obey(const live::Request& request, const Scripts& scripts);
  void list_scripts(const Scripts& scripts);
  void change_arguments(const live::Request& request);
  void take_news();
  void tell(RunNews news);
  void end_run(const RunEnded& ended);
  void take_terminal_events();
  int wait_ms() const;
  void wait() const;
  std::string clock() const;

  CursesTerminal& terminal_;
  Runner& runner_;
  const TimeZone& zone_;
  Context& context_;
  TerminalEvents events_{TerminalEvents::Heard::kSizeAndStop};
  live::Screen screen_;
  UniqueFd stop_fd_;  // readable after a signal
  std::optional<LivePlan> plan_;
  bool start_again_ = false;  // once what runs has ended
  bool drop_news_ = false;    // of a run that nobody wants any more
};

}  // namespace pxq
