#include "result/watch_screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "text/ascii_signs.h"
#include "text/width.h"

namespace pxq {
namespace {

constexpr std::string_view kReset = "\x1b[0m";
constexpr std::string_view kReverse = "\x1b[7m";
constexpr std::string_view kClearRest = "\x1b[K";

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<ScreenLine> screen_lines(std::string_view text) {
  std::vector<ScreenLine> lines;
  for (const std::string_view line : lines_of(text)) lines.push_back(ScreenLine::of(line));
  return lines;
}

/// Cells from `begin` to `end`, without the blanks around them.
struct Field {
  size_t begin = 0;
  size_t end = 0;
  std::string text;
};

std::vector<Field> fields_of(const ScreenLine& line) {
  std::vector<Field> fields;
  size_t blanks = 2;
  for (size_t i = 0; i < line.cells.size(); ++i) {
    const std::string& text = line.cells[i].text;
    if (text == " ") {
      ++blanks;
      continue;
    }
    if (blanks >= 2) fields.push_back({i, i, {}});
    Field& field = fields.back();
    if (!field.text.empty()) field.text.append(blanks, ' ');
    field.text += text;
    field.end = i + 1;
    blanks = 0;
  }
  return fields;
}

void mark(ScreenLine& line, const Field& field) {
  for (size_t i = field.begin; i < field.end; ++i) line.cells[i].marked = true;
}

void mark_fields(const ScreenLine* before, ScreenLine& now) {
  const std::vector<Field> there = fields_of(now);
  const std::vector<Field> old = before == nullptr ? std::vector<Field>() : fields_of(*before);
  const bool alike = old.size() == there.size();
  for (size_t i = 0; i < there.size(); ++i) {
    if (!alike || old[i].text != there[i].text) mark(now, there[i]);
  }
}

/// The lines of a frame that no line of the next one has been found to be.
class LinesBefore {
 public:
  explicit LinesBefore(const std::vector<ScreenLine>& lines) : lines_(lines) {
    for (size_t i = 0; i < lines.size(); ++i) {
      same_.emplace(lines[i].plain(), i);
      const std::vector<Field> fields = fields_of(lines[i]);
      counts_.push_back(fields.size());
      if (!fields.empty()) alike_.emplace(key(fields), i);
    }
    taken_.assign(lines.size(), false);
  }

  bool take_same(const ScreenLine& line) { return take(same_, line.plain()) != nullptr; }

  /// One that begins likewise, else the one that stood in this place.
  const ScreenLine* take_alike(const ScreenLine& line, size_t place) {
    const std::vector<Field> fields = fields_of(line);
    if (fields.empty()) return nullptr;
    if (const ScreenLine* found = take(alike_, key(fields))) return found;
    if (place >= lines_.size() || taken_[place] || counts_[place] != fields.size()) return nullptr;
    taken_[place] = true;
    return &lines_[place];
  }

 private:
  static std::string key(const std::vector<Field>& fields) {
    return fmt::format("{} {}", fields.size(), fields.front().text);
  }

  const ScreenLine* take(const std::multimap<std::string, size_t>& by, const std::string& text) {
    const auto [first, last] = by.equal_range(text);
    for (auto at = first; at != last; ++at) {
      if (taken_[at->second]) continue;
      taken_[at->second] = true;
      return &lines_[at->second];
    }
    return nullptr;
  }

  const std::vector<ScreenLine>& lines_;
  std::multimap<std::string, size_t> same_;
  std::multimap<std::string, size_t> alike_;
  std::vector<size_t> counts_;
  std::vector<bool> taken_;
};

// Cut where the terminal would break it. A line that is full is not cleared behind its end: the
// cursor stands on its last cell then.
std::string painted(const ScreenLine& line, size_t width) {
  std::string text;
  std::string state;
  size_t used = 0;
  for (const ScreenLine::Cell& cell : line.cells) {
    if (used + cell.width > width) break;
    used += cell.width;
    const std::string wanted = cell.style + std::string(cell.marked ? kReverse : "");
    if (wanted != state) {
      text.append(kReset).append(wanted);
      state = wanted;
    }
    text += cell.text;
  }
  if (!state.empty()) text.append(kReset);
  if (used < width) text.append(kClearRest);
  return text;
}

}  // namespace

ScreenLine ScreenLine::of(std::string_view text) {
  ScreenLine line;
  std::string style;
  while (!text.empty()) {
    if (text.starts_with("\x1b[")) {
      const size_t end = std::min(text.find('m'), text.size() - 1);
      const std::string_view sequence = text.substr(0, end + 1);
      if (sequence == kReset) {
        style.clear();
      } else {
        style.append(sequence);
      }
      text.remove_prefix(end + 1);
      continue;
    }
    const Cluster cluster = first_cluster(text);
    line.cells.push_back({std::string(text.substr(0, cluster.bytes)), style, cluster.width});
    text.remove_prefix(cluster.bytes);
  }
  return line;
}

std::string ScreenLine::plain() const {
  std::string text;
  for (const Cell& cell : cells) text += cell.text;
  return text;
}

void mark_changes(const std::vector<ScreenLine>& before, std::vector<ScreenLine>& now) {
  LinesBefore lines(before);
  std::vector<bool> settled;
  for (const ScreenLine& line : now) settled.push_back(lines.take_same(line));
  for (size_t i = 0; i < now.size(); ++i) {
    if (!settled[i]) mark_fields(lines.take_alike(now[i], i), now[i]);
  }
}

std::string WatchScreen::draw(std::string_view head, std::string_view frame, std::string_view below,
                              const Terminal& terminal) {
  std::vector<ScreenLine> lines = screen_lines(frame);
  for (ScreenLine& line : frame_) {
    for (ScreenLine::Cell& cell : line.cells) cell.marked = false;
  }
  if (any_) mark_changes(frame_, lines);
  any_ = true;
  frame_ = std::move(lines);
  return paint(head, below, terminal);
}

std::string WatchScreen::draw_again(std::string_view head, std::string_view below,
                                    const Terminal& terminal) {
  for (ScreenLine& line : frame_) {
    for (ScreenLine::Cell& cell : line.cells) cell.marked = false;
  }
  return paint(head, below, terminal);
}

std::string WatchScreen::draw_anew(std::string_view head, std::string_view frame,
                                   std::string_view below, const Terminal& terminal) {
  frame_ = screen_lines(frame);
  return paint(head, below, terminal);
}

std::string WatchScreen::paint(std::string_view head, std::string_view below,
                               const Terminal& terminal) {
  std::string out;
  const bool resized = lines_ != 0 && (terminal.width != width_ || terminal.height != height_);
  if (resized) {
    out += "\x1b[H\x1b[2J";  // who knows how the terminal has broken the old lines
  } else if (lines_ != 0) {
    out += fmt::format("\x1b[{}A\r", lines_);
  }
  width_ = terminal.width;
  height_ = terminal.height;
  const auto width = static_cast<size_t>(std::max(terminal.width, 1));
  std::vector<ScreenLine> last = screen_lines(below);
  // The cursor stands below all of it.
  const auto height = static_cast<size_t>(std::max(terminal.height, 4));
  const size_t around = 2 + last.size();
  size_t room = height > around ? height - around : 1;
  std::string more;
  if (frame_.size() > room) {
    room -= room > 1 ? 1 : 0;
    more = fmt::format("{} {} more lines: --columns, -t, --limit or a higher window",
                       is_ascii_locale() ? ":" : "⋮", frame_.size() - room);
  }
  std::vector<ScreenLine> shown = {ScreenLine::of(head)};
  shown.insert(shown.end(), frame_.begin(),
               frame_.begin() + static_cast<std::ptrdiff_t>(std::min(room, frame_.size())));
  if (!more.empty()) shown.push_back(ScreenLine::of(more));
  shown.insert(shown.end(), last.begin(), last.end());
  for (const ScreenLine& line : shown) out += painted(line, width) + '\n';
  out += "\x1b[J";
  lines_ = shown.size();
  return out;
}

}  // namespace pxq
