#include "process/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "base/environment.h"
#include "base/number_text.h"

namespace pxq {
namespace {

constexpr int kUsualWidth = 80;

int columns_variable() { return std::max(number_from<int>(environment("COLUMNS")).value_or(0), 0); }

bool is_set(std::string_view name) { return !environment(name).empty(); }

}  // namespace

Terminal Terminal::of(int fd) {
  Terminal terminal;
  terminal.is_terminal = isatty(fd) == 1;
  if (!terminal.is_terminal) return terminal;
  winsize size{};
  terminal.width = columns_variable();
  if (terminal.width == 0 && ioctl(fd, TIOCGWINSZ, &size) == 0) terminal.width = size.ws_col;
  if (terminal.width == 0) terminal.width = kUsualWidth;
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
