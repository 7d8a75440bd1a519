#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "format/picture/ruler.h"
#include "format/picture/screen.h"

namespace pxq::picture {
namespace {

using chart::Bars;
using chart::Boxes;

constexpr size_t kMostRows = 40;
constexpr size_t kWidestLabel = 40;

/// One line: a label, parts of a bar, and their sum.
struct Row {
  std::string label = {};
  std::vector<std::pair<size_t, double>> parts = {};  // the number of what it is stacked by
  double sum = 0;
};

size_t label_width(size_t widest, const Screen& screen) {
  return std::min({widest, kWidestLabel, screen.width / 3});
}

std::vector<Row> rows_of(const Bars& bars, std::vector<std::string>& stacks) {
  std::vector<Row> rows;
  for (const Bars::Bar& bar : bars.bars) {
    std::string label = bar.group.empty() ? bar.label : bar.group + " " + bar.label;
    if (bars.bins) {
      label = fmt::format("{} to {}", value_text(bars.across.quantity, bar.from),
                          value_text(bars.across.quantity, bar.to));
    } else if (label.empty()) {
      label = "(none)";
    }
    if (rows.empty() || rows.back().label != label) rows.push_back({.label = std::move(label)});
    const auto known = std::find(stacks.begin(), stacks.end(), bar.stack);
    const auto number = static_cast<size_t>(known - stacks.begin());
    if (known == stacks.end()) stacks.push_back(bar.stack);
    rows.back().parts.emplace_back(number, bar.value);
    rows.back().sum += bar.value;
  }
  return rows;
}

// Parts that no colour tells apart differ in their sign.
std::string_view fill_of(size_t number, bool several, const Screen& screen) {
  static constexpr std::array<std::string_view, 4> kShades = {"█", "▓", "▒", "░"};
  static constexpr std::array<std::string_view, 4> kSigns = {"#", "=", "+", "-"};
  if (screen.ascii) return kSigns[number % kSigns.size()];
  return several && !screen.color ? kShades[number % kShades.size()] : kShades[0];
}

void append_bar(const Row& row, double most, size_t room, bool several, const Screen& screen,
                TextBuffer& out) {
  double reached = 0;
  size_t drawn = 0;
  for (const auto& [number, value] : row.parts) {
    reached += std::max(0.0, value);
    const auto until = static_cast<size_t>(std::lround(reached / most * static_cast<double>(room)));
    std::string text;
    for (; drawn < until; ++drawn) text += fill_of(number, several, screen);
    if (!text.empty()) append_colored(number, text, screen, out);
  }
  // What is there is seen, however small.
  if (drawn == 0 && row.sum > 0) {
    append_colored(row.parts.front().first, screen.ascii ? "|" : "▏", screen, out);
  }
}

void append_parts(const std::vector<std::string>& stacks, const Screen& screen, TextBuffer& out) {
  size_t used = 0;
  for (size_t i = 0; i < stacks.size(); ++i) {
    const size_t wide = std::min(width_of(stacks[i]), screen.width - 4);
    if (used != 0 && used + wide + 4 > screen.width) {
      out.push_back('\n');
      used = 0;
    }
    if (used != 0) out.append("  ");
    append_colored(i, fill_of(i, true, screen), screen, out);
    out.push_back(' ');
    append_label(stacks[i].empty() ? "(none)" : stacks[i], std::max<size_t>(wide, 6), false, out);
    used += std::max<size_t>(wide, 6) + 4;
  }
  out.push_back('\n');
}

void append_left_out(size_t count, TextBuffer& out) {
  if (count != 0) out.append(fmt::format("and {} smaller ones\n", count));
}

}  // namespace

void draw(const Bars& bars, const Screen& screen, TextBuffer& out) {
  std::vector<std::string> stacks;
  std::vector<Row> rows = rows_of(bars, stacks);
  if (rows.empty()) return out.append("no values\n");
  size_t left_out = bars.bars_left_out;
  if (rows.size() > kMostRows && !bars.bins) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& a, const Row& b) { return a.sum > b.sum; });
    left_out += rows.size() - kMostRows;
    rows.resize(kMostRows);
  }
  size_t widest = 0, figures = 0;
  double most = 0;
  for (const Row& row : rows) {
    widest = std::max(widest, width_of(row.label));
    figures = std::max(figures, width_of(value_text(bars.value.quantity, row.sum)));
    most = std::max(most, row.sum);
  }
  const size_t label = label_width(widest, screen);
  const size_t taken = label + figures + 3;
  const size_t room = screen.width > taken + 4 ? screen.width - taken : 4;
  for (const Row& row : rows) {
    append_label(row.label, label, true, out);
    out.append(screen.ascii ? " |" : " │");
    append_bar(row, most > 0 ? most : 1, room, stacks.size() > 1, screen, out);
    out.push_back(' ');
    out.append(value_text(bars.value.quantity, row.sum));
    out.push_back('\n');
  }
  if (stacks.size() > 1) append_parts(stacks, screen, out);
  append_left_out(left_out, out);
}

namespace {

void append_box(const Boxes::Box& box, const Ruler& ruler, size_t room, const Screen& screen,
                TextBuffer& out) {
  const auto at = [&](double value) {
    const double share = std::clamp(ruler.place(value), 0.0, 1.0);
    return static_cast<size_t>(std::lround(share * static_cast<double>(room - 1)));
  };
  const size_t low = at(box.low), left = at(box.box_low), middle = at(box.middle);
  const size_t right = at(box.box_high), high = at(box.high);
  std::string text;
  for (size_t i = 0; i <= high; ++i) {
    if (i == middle) {
      text += screen.ascii ? "|" : "┃";
    } else if (i >= left && i <= right) {
      text += screen.ascii ? "=" : "▒";
    } else if (i == low || i == high) {
      text += screen.ascii ? "+" : i == low ? "├" : "┤";
    } else {
      text += i < low ? " " : screen.ascii ? "-" : "─";
    }
  }
  append_colored(0, text, screen, out);
}

}  // namespace

void draw(const Boxes& boxes, const Screen& screen, TextBuffer& out) {
  if (boxes.boxes.empty()) return out.append("no values\n");
  bool several = false;
  size_t widest = 0;
  double least = 0, most = 0;
  for (const Boxes::Box& box : boxes.boxes) {
    several = several || box.column != boxes.boxes.front().column;
    least = std::min(least, box.low);
    most = std::max(most, box.high);
  }
  const auto name = [&](const Boxes::Box& box) {
    return several ? box.label + " " + box.column : box.label;
  };
  for (const Boxes::Box& box : boxes.boxes) widest = std::max(widest, width_of(name(box)));
  const size_t label = label_width(widest, screen);
  const size_t room = std::max<size_t>(10, screen.width - label - 3);
  const Ruler ruler = make_ruler(least, most, boxes.value.quantity, room / 16);
  const size_t shown = std::min(boxes.boxes.size(), kMostRows);
  for (size_t i = 0; i < shown; ++i) {
    append_label(name(boxes.boxes[i]), label, true, out);
    out.append(screen.ascii ? " |" : " │");
    append_box(boxes.boxes[i], ruler, room, screen, out);
    out.push_back('\n');
  }
  std::string line(label + 2, ' ');
  for (const Ruler::Mark& mark : ruler.marks) {
    const size_t place =
        label + 2 + static_cast<size_t>(ruler.place(mark.value) * static_cast<double>(room - 1));
    const size_t used = width_of(line);
    if (used > place || place + width_of(mark.text) > screen.width) continue;
    line.append(place - used, ' ').append(mark.text).append(" ");
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  out.append(line);
  out.push_back('\n');
  append_left_out(boxes.boxes.size() - shown + boxes.boxes_left_out, out);
}

}  // namespace pxq::picture
