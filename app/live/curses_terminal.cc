#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include "live/curses_terminal.h"

#include <curses.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <utility>

// Words of terminfo that are macros, and members of ours.
#undef columns
#undef lines

#include "base/environment.h"
#include "live/curses_text.h"
#include "live/usual_terminal.h"

namespace pxq {
namespace {

constexpr int kEscapeDelay = 25;  // ms: what follows within is one key's
constexpr int kMostColors = 16;
constexpr short kFirstPair = 1;

struct Known {
  int code;
  live::Key key;
};

constexpr Known kKnown[] = {
    {KEY_UP, live::kUp},        {KEY_DOWN, live::kDown},    {KEY_LEFT, live::kLeft},
    {KEY_RIGHT, live::kRight},  {KEY_PPAGE, live::kPageUp}, {KEY_NPAGE, live::kPageDown},
    {KEY_HOME, live::kHome},    {KEY_END, live::kEnd},      {KEY_A1, live::kHome},
    {KEY_C1, live::kEnd},       {KEY_A3, live::kPageUp},    {KEY_C3, live::kPageDown},
    {KEY_BTAB, live::kBackTab}, {KEY_DC, live::kDelete},    {KEY_BACKSPACE, live::kBackspace},
    {KEY_ENTER, live::kEnter},
};

live::Key key_of(int code) {
  if (code > KEY_F0 && code <= KEY_F0 + 12) return live::function(code - KEY_F0);
  const auto* found = std::ranges::find(kKnown, code, &Known::code);
  return found == std::end(kKnown) ? 0 : found->key;
}

// What terminfo has for it, without the pauses that old terminals needed.
std::string capability(const char* name) {
  const char* text = tigetstr(name);
  if (text == nullptr || text == reinterpret_cast<const char*>(-1)) return {};
  std::string bytes = text;
  for (size_t at = bytes.find("$<"); at != std::string::npos; at = bytes.find("$<")) {
    bytes.erase(at, bytes.find('>', at) - at + 1);
  }
  return bytes;
}

std::string reset_bytes() {
  std::string bytes;
  for (const char* name : {"sgr0", "op", "rmkx", "cnorm", "rmcup"}) bytes += capability(name);
  return bytes + "\r";
}

// Terminals that say themselves that they can do nothing.
bool is_plain(std::string_view name) { return name == "dumb" || name == "unknown"; }

/// While it stands, ncurses finds that somebody else minds Ctrl-Z. It would ignore the signal
/// whenever it paints, and a Ctrl-Z of such a moment would be lost.
class OwnStop {
 public:
  OwnStop() {
    struct sigaction ignored {};
    ignored.sa_handler = SIG_IGN;
    sigaction(SIGTSTP, &ignored, &found_);
  }
  OwnStop(const OwnStop&) = delete;
  OwnStop& operator=(const OwnStop&) = delete;
  ~OwnStop() { sigaction(SIGTSTP, &found_, nullptr); }

 private:
  struct sigaction found_ {};
};

// By terminfo, and where that does not know the terminal as all of today's are.
SCREEN* start_screen(const std::string& name, FILE* in) {
  const OwnStop own_stop;
  use_env(FALSE);
  use_tioctl(TRUE);  // its own answer comes before an entry's, and some entries have none
  if (name.empty() || is_plain(name)) return nullptr;
  if (SCREEN* known = newterm(name.c_str(), stdout, in)) return known;
  const std::string before = environment("TERMINFO");
  setenv("TERMINFO", usual_terminal_entry().c_str(), 1);
  SCREEN* usual = newterm(kUsualTerminal, stdout, in);
  if (before.empty()) {
    unsetenv("TERMINFO");
  } else {
    setenv("TERMINFO", before.c_str(), 1);
  }
  return usual;
}

Status cannot_show(const std::string& name) {
  return {Code::kUsage,
          name.empty() ? "TERM is not set, so that nothing is known of the terminal"
                       : fmt::format("a terminal '{}' cannot place text on its screen", name),
          "set TERM to what it is, such as xterm-256color; `pxq run` needs no such terminal"};
}

}  // namespace

struct CursesTerminal::Screen {
  SCREEN* screen = nullptr;
  FILE* in = nullptr;  // ours, where stdin is not the terminal
};

Result<std::unique_ptr<CursesTerminal>> CursesTerminal::open(bool color, bool ascii) {
  std::unique_ptr<CursesTerminal> terminal(new CursesTerminal);
  if (isatty(STDOUT_FILENO) != 1) {
    return Status(Code::kUsage, "live needs a terminal, and stdout is none",
                  "`pxq run SCRIPT` writes the tables into pipes and files");
  }
  if (isatty(STDIN_FILENO) != 1) {
    terminal->own_input_.reset(::open("/dev/tty", O_RDWR | O_CLOEXEC));
    terminal->input_ = terminal->own_input_.get();
    if (!terminal->own_input_) {
      return Status(Code::kUsage, "live needs a terminal, and there is none to read keys from",
                    "`pxq run SCRIPT` needs none");
    }
  }
  // ncurses measures and writes signs by the locale. Where it has UTF-8 this one is always there.
  const bool utf8 = !ascii && (std::setlocale(LC_CTYPE, "C.UTF-8") != nullptr ||
                               std::setlocale(LC_CTYPE, "") != nullptr);
  terminal->surface_.ascii = !utf8 || MB_CUR_MAX < 2;
  if (Status started = terminal->start(color); !started.ok()) return started;
  return terminal;
}

Status CursesTerminal::start(bool color) {
  termios modes{};
  tcgetattr(input_, &modes);
  screen_ = std::make_unique<Screen>();
  if (own_input_) screen_->in = fdopen(own_input_.release(), "r");
  const std::string name = environment("TERM");
  screen_->screen = start_screen(name, screen_->in != nullptr ? screen_->in : stdin);
  if (screen_->screen == nullptr || capability("cup").empty()) return cannot_show(name);
  rescue_.emplace(STDOUT_FILENO, modes, reset_bytes());
  set_escdelay(kEscapeDelay);
  cbreak();
  noecho();
  nonl();
  nodelay(stdscr, TRUE);
  keypad(stdscr, TRUE);
  intrflush(stdscr, FALSE);
  // Whether the keypad has a mode of its own is not always as terminfo says.
  for (const auto& [last, code] :
       {std::pair('A', KEY_UP), std::pair('B', KEY_DOWN), std::pair('C', KEY_RIGHT),
        std::pair('D', KEY_LEFT), std::pair('H', KEY_HOME), std::pair('F', KEY_END)}) {
    for (const char* first : {"\x1b[", "\x1bO"})
      define_key((first + std::string(1, last)).c_str(), code);
  }
  surface_.color = color && has_colors();
  if (surface_.color) start_colors();
  resize();
  return {};
}

void CursesTerminal::start_colors() {
  start_color();
  use_default_colors();
  colors_ = std::min(COLORS, kMostColors);
  for (int i = 0; i < colors_; ++i) {
    init_pair(static_cast<short>(kFirstPair + i), static_cast<short>(i), -1);
  }
}

CursesTerminal::~CursesTerminal() {
  if (screen_ == nullptr) return;
  if (screen_->screen != nullptr) {
    leave();
    delscreen(screen_->screen);
  }
  if (screen_->in != nullptr) std::fclose(screen_->in);
}

void CursesTerminal::leave() {
  endwin();
  Rescue::rest();
}

void CursesTerminal::enter() {
  Rescue::wake();
  reset_prog_mode();
  resize();
  repaint();
}

size_t CursesTerminal::width() const { return static_cast<size_t>(std::max(getmaxx(stdscr), 1)); }

size_t CursesTerminal::height() const { return static_cast<size_t>(std::max(getmaxy(stdscr), 1)); }

void CursesTerminal::resize() {
  winsize size{};
  if (ioctl(input_, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return;
  resizeterm(size.ws_row, size.ws_col);
}

void CursesTerminal::repaint() { clearok(stdscr, TRUE); }

std::string CursesTerminal::shown(const std::string& text) const {
  return surface_.ascii ? curses_ascii(text) : curses_text(text);
}

void CursesTerminal::put(size_t y, const live::Span& span) const {
  attr_t attributes = A_NORMAL;
  if (span.style.bold) attributes |= A_BOLD;
  if (span.style.faint) attributes |= A_DIM;
  if (span.style.underlined) attributes |= A_UNDERLINE;
  if (span.style.reversed) attributes |= A_REVERSE;
  short pair = 0;
  if (surface_.color && span.style.color >= 0 && colors_ > 0) {
    int color = span.style.color;
    if (color >= colors_) {  // its bright form is bold where there are eight
      attributes |= A_BOLD;
      color %= 8;
    }
    pair = static_cast<short>(kFirstPair + color % colors_);
  }
  attr_set(attributes, pair, nullptr);
  const std::string text = shown(span.text);
  mvaddnstr(static_cast<int>(y), static_cast<int>(span.x), text.data(),
            static_cast<int>(text.size()));
}

void CursesTerminal::show(const live::Frame& frame) {
  erase();
  for (size_t y = 0; y < frame.lines.size(); ++y) {
    for (const live::Span& span : frame.lines[y].spans()) put(y, span);
  }
  attr_set(A_NORMAL, 0, nullptr);
  curs_set(frame.cursor ? 1 : 0);
  if (frame.cursor) move(static_cast<int>(frame.cursor->y), static_cast<int>(frame.cursor->x));
  refresh();
}

std::vector<live::Key> CursesTerminal::keys() {
  std::vector<live::Key> keys;
  wint_t code = 0;
  for (int kind = get_wch(&code); kind != ERR; kind = get_wch(&code)) {
    const live::Key key = kind == KEY_CODE_YES ? key_of(static_cast<int>(code)) : live::Key{code};
    if (key != 0) keys.push_back(key);
  }
  return keys;
}

}  // namespace pxq
