#include "process/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace pxq {
namespace {

constexpr int kUsualWidth = 80;

int columns_variable() {
  const char* text = std::getenv("COLUMNS");
  int width = 0;
  if (text == nullptr) return 0;
  const char* end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, width);
  return error == std::errc() && stop == end && width > 0 ? width : 0;
}

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool equals(const char* name, std::string_view wanted) {
  const char* value = std::getenv(name);
  return value != nullptr && wanted == value;
}

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
  if (is_set("CLICOLOR_FORCE") && !equals("CLICOLOR_FORCE", "0")) return true;
  if (!terminal.is_terminal || equals("CLICOLOR", "0")) return false;
  return !equals("TERM", "dumb") && is_set("TERM");
}

}  // namespace pxq
