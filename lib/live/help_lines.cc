#include "live/help_lines.h"

#include <fmt/format.h>

#include <string_view>

namespace pxq::live {
namespace {

struct Entry {
  std::string_view keys;  // empty: a heading
  std::string_view meaning;
};

constexpr Entry kEntries[] = {
    {"", "Everywhere"},
    {"q  F10  Ctrl-C", "leave; what runs is cancelled"},
    {"?  h  F1", "this page"},
    {"Tab  Shift-Tab  1-9", "the next table, the one before, one by its number"},
    {"r  F5", "run again now"},
    {"p  Z", "pause: nothing runs again until p"},
    {"i  +  -", "how often it runs again: typed, longer, shorter"},
    {"a", "the script's arguments, to be changed"},
    {"o  Ctrl-K", "another script"},
    {"e", "errors and warnings of the run, whole"},
    {"Ctrl-L", "draw the screen anew"},
    {"", "In a table"},
    {"Up Down  k j", "a row up or down"},
    {"PgUp PgDn  b Space", "a screen up or down; u d half of one"},
    {"Home End  g G  < >", "the first row, the last"},
    {"Left Right", "choose a column"},
    {"s  F6", "sort by it; again: the other way, then as the rows came"},
    {"&  \\  F4", "filter: only rows that hold a text; Esc shows all again"},
    {"/  F3", "search; n the next row, N the one before"},
    {"Enter  x", "one row in full; Left Right another row, q back"},
    {"w", "all columns, or those that matter most"},
    {"c", "charts, or rows"},
    {"F", "follow the newest rows"},
};

}  // namespace

Lines help_lines() {
  constexpr size_t kMeaning = 22;
  Lines lines;
  for (const Entry& entry : kEntries) {
    lines.emplace_back();
    if (entry.keys.empty()) {
      if (lines.size() > 1) lines.emplace_back();
      lines.back().append(entry.meaning, kBold);
    } else {
      lines.back().append("  ").append(entry.keys, kBold).append("  ").pad_to(kMeaning + 2);
      lines.back().append(entry.meaning);
    }
  }
  return lines;
}

std::string help_text() {
  std::string text;
  for (const Line& line : help_lines()) text += line.text() + '\n';
  return text;
}

}  // namespace pxq::live
