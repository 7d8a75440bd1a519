#define NCURSES_NOMACROS 1
#include "live/usual_terminal.h"

#include <curses.h>
#include <fmt/format.h>
#include <term.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

// Words of terminfo that are macros, and names of ours.
#undef columns
#undef lines

namespace pxq {
namespace {

struct Text {
  const char* capability;
  std::string_view bytes;
};

constexpr const char* kTerminalFlags[] = {"am", "mir", "msgr", "xenl"};

struct Number {
  const char* capability;
  int value;
};
constexpr Number kNumbers[] = {
    {"cols", 80}, {"it", 8}, {"lines", 24}, {"colors", 8}, {"pairs", 64}};

// Those who do not know the other screen (1049) or the hiding of the cursor (25) pass over them.
constexpr Text kTexts[] = {
    {"bel", "\a"},
    {"bold", "\x1b[1m"},
    {"civis", "\x1b[?25l"},
    {"clear", "\x1b[H\x1b[2J"},
    {"cnorm", "\x1b[?25h"},
    {"cr", "\r"},
    {"cub", "\x1b[%p1%dD"},
    {"cub1", "\b"},
    {"cud", "\x1b[%p1%dB"},
    {"cud1", "\n"},
    {"cuf", "\x1b[%p1%dC"},
    {"cuf1", "\x1b[C"},
    {"cup", "\x1b[%i%p1%d;%p2%dH"},
    {"cuu", "\x1b[%p1%dA"},
    {"cuu1", "\x1b[A"},
    {"dim", "\x1b[2m"},
    {"ed", "\x1b[J"},
    {"el", "\x1b[K"},
    {"home", "\x1b[H"},
    {"ht", "\t"},
    {"ind", "\n"},
    {"kbs", "\x7f"},
    {"kcbt", "\x1b[Z"},
    {"kcub1", "\x1bOD"},
    {"kcud1", "\x1bOB"},
    {"kcuf1", "\x1bOC"},
    {"kcuu1", "\x1bOA"},
    {"kdch1", "\x1b[3~"},
    {"kend", "\x1bOF"},
    {"kf1", "\x1bOP"},
    {"kf10", "\x1b[21~"},
    {"kf3", "\x1bOR"},
    {"kf4", "\x1bOS"},
    {"kf5", "\x1b[15~"},
    {"kf6", "\x1b[17~"},
    {"khome", "\x1bOH"},
    {"knp", "\x1b[6~"},
    {"kpp", "\x1b[5~"},
    {"op", "\x1b[39;49m"},
    {"rev", "\x1b[7m"},
    {"rmcup", "\x1b[?1049l"},
    {"rmkx", "\x1b[?1l\x1b>"},
    {"rmul", "\x1b[24m"},
    {"setab", "\x1b[4%p1%dm"},
    {"setaf", "\x1b[3%p1%dm"},
    {"sgr0", "\x1b[m"},
    {"smcup", "\x1b[?1049h"},
    {"smkx", "\x1b[?1h\x1b="},
    {"smul", "\x1b[4m"},
};

// The place of a capability in the library's own list, which is that of compiled entries.
template <typename Names>
size_t place_of(const Names& names, const char* capability) {
  size_t place = 0;
  while (names[place] != nullptr && std::strcmp(names[place], capability) != 0) ++place;
  return place;
}

/// A compiled entry as term(5) tells it: numbers of two bytes, the lower first.
class Entry {
 public:
  void number(int value) {
    bytes_.push_back(static_cast<uint8_t>(value & 0xff));
    bytes_.push_back(static_cast<uint8_t>(value >> 8 & 0xff));
  }
  void text(std::string_view text) {
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    bytes_.push_back(0);
  }
  void bytes(const std::vector<uint8_t>& more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
  }
  void make_even() {
    if (bytes_.size() % 2 != 0) bytes_.push_back(0);
  }
  std::string hex() const {
    std::string text;
    for (const uint8_t byte : bytes_) text += fmt::format("{:02X}", byte);
    return text;
  }

 private:
  std::vector<uint8_t> bytes_;
};

template <typename Value>
void put(std::vector<Value>& all, size_t place, Value value, Value none) {
  if (place >= all.size()) all.resize(place + 1, none);
  all[place] = value;
}

}  // namespace

std::string usual_terminal_entry() {
  constexpr int kMagic = 0432;
  constexpr int kAbsent = -1;
  std::vector<uint8_t> flags;
  for (const char* name : kTerminalFlags) put<uint8_t>(flags, place_of(boolnames, name), 1, 0);
  std::vector<int> numbers;
  for (const Number& each : kNumbers) {
    put(numbers, place_of(numnames, each.capability), each.value, kAbsent);
  }
  std::vector<int> offsets;
  std::string table;
  for (const Text& each : kTexts) {
    put(offsets, place_of(strnames, each.capability), static_cast<int>(table.size()), kAbsent);
    table.append(each.bytes).push_back('\0');
  }
  const std::string_view name = kUsualTerminal;
  Entry entry;
  for (const size_t size : {static_cast<size_t>(kMagic), name.size() + 1, flags.size(),
                            numbers.size(), offsets.size(), table.size()}) {
    entry.number(static_cast<int>(size));
  }
  entry.text(name);
  entry.bytes(flags);
  entry.make_even();
  for (const int value : numbers) entry.number(value);
  for (const int offset : offsets) entry.number(offset);
  entry.bytes({table.begin(), table.end()});
  return "hex:" + entry.hex();
}

}  // namespace pxq
