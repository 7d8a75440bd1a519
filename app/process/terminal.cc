#include "process/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "base/environment.h"
#include "base/number_text.h"

namespace pxq {
namespace {

constexpr int kUnknownWidth = 80;
constexpr int kUsualHeight = 24;

// By a variable, the terminal, or custom, whichever is the first to know.
int cells(std::string_view variable, int by_terminal, int usual) {
  const int count = number_from<int>(environment(variable)).value_or(0);
  if (count > 0) return count;
  return by_terminal > 0 ? by_terminal : usual;
}

bool is_set(std::string_view name) { return !environment(name).empty(); }

}  // namespace

Terminal Terminal::of(int fd) {
  Terminal terminal;
  terminal.is_terminal = isatty(fd) == 1;
  if (!terminal.is_terminal) return terminal;
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0) size = {};
  terminal.width = cells("COLUMNS", size.ws_col, kUnknownWidth);
  terminal.height = cells("LINES", size.ws_row, kUsualHeight);
  return terminal;
}

bool use_color(ColorChoice choice, const Terminal& terminal) {
  if (choice != ColorChoice::kAuto) return choice == ColorChoice::kAlways;
  if (is_set("NO_COLOR")) return false;
  if (is_set("CLICOLOR_FORCE") && environment("CLICOLOR_FORCE") != "0") return true;
  if (!terminal.is_terminal || environment("CLICOLOR") == "0") return false;
  return environment("TERM") != "dumb" && is_set("TERM");
}

}  // namespace pxq
