#include "live/script_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "text/visible.h"
#include "text/width.h"

namespace pxq::live {
namespace {

constexpr size_t kWidestName = 44;

std::string lowered(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// Every word that was typed stands somewhere in name or description.
bool matches(const ScriptChoice& script, const std::string& typed) {
  const std::string text = lowered(script.name + '\n' + script.about);
  for (size_t start = 0; start < typed.size();) {
    const size_t end = std::min(typed.find(' ', start), typed.size());
    if (text.find(typed.substr(start, end - start)) == std::string::npos) return false;
    start = end + 1;
  }
  return true;
}

}  // namespace

ScriptList::ScriptList(std::vector<ScriptChoice> scripts) : scripts_(std::move(scripts)) { find(); }

void ScriptList::find() {
  const std::string typed = lowered(typed_.text());
  found_.clear();
  for (size_t i = 0; i < scripts_.size(); ++i) {
    if (matches(scripts_[i], typed)) found_.push_back(i);
  }
  cursor_ = 0;
}

Page::Outcome ScriptList::key(Key key) {
  const auto move = [this](std::ptrdiff_t rows) {
    const auto last = std::max<std::ptrdiff_t>(std::ssize(found_) - 1, 0);
    cursor_ = static_cast<size_t>(
        std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(cursor_) + rows, 0, last));
    return Outcome::kStays;
  };
  switch (key) {
    case kEscape: return Outcome::kClosed;
    case kEnter:
    case '\n': return found_.empty() ? Outcome::kStays : Outcome::kDone;
    case kUp:
    case control('P'): return move(-1);
    case kDown:
    case control('N'): return move(1);
    case kPageUp: return move(-static_cast<std::ptrdiff_t>(page_));
    case kPageDown: return move(static_cast<std::ptrdiff_t>(page_));
    default: break;
  }
  const std::string before = typed_.text();
  typed_.key(key);
  if (typed_.text() != before) find();
  return Outcome::kStays;
}

Frame ScriptList::draw(size_t width, size_t height) {
  Frame frame;
  Line prompt(width);
  prompt.append("Script: ", kBold);
  const size_t place = typed_.draw(prompt);
  frame.cursor = Frame::Cursor{std::min(place, width - std::min<size_t>(width, 1)), 0};
  prompt.append(fmt::format("  {} of {}", found_.size(), scripts_.size()), kFaint);
  frame.lines.push_back(std::move(prompt));
  page_ = std::max<size_t>(height - std::min<size_t>(height, 1), 1);
  top_ = std::min(top_, cursor_);
  if (cursor_ >= top_ + page_) top_ = cursor_ - page_ + 1;
  size_t widest = 0;
  for (const size_t i : found_) widest = std::max(widest, display_width(visible(scripts_[i].name)));
  widest = std::min(widest, kWidestName);
  for (size_t i = top_; i < found_.size() && frame.lines.size() < height; ++i) {
    const ScriptChoice& script = scripts_[found_[i]];
    Line line(width);
    line.append(visible(script.name), kBold).pad_to(widest).append("  ");
    line.append(visible(script.about.substr(0, script.about.find('\n'))));
    if (i == cursor_) {
      line.pad_to(width);
      line.reverse();
    }
    frame.lines.push_back(std::move(line));
  }
  return frame;
}

}  // namespace pxq::live
