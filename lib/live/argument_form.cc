#include "live/argument_form.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "text/visible.h"
#include "text/width.h"

namespace pxq::live {
namespace {

constexpr size_t kWidestName = 30;
constexpr size_t kRowsBelow = 4;  // about the field

}  // namespace

ArgumentForm::ArgumentForm(std::vector<ArgumentField> fields) : fields_(std::move(fields)) {
  for (const ArgumentField& field : fields_) typed_.emplace_back(field.value);
}

std::vector<ArgumentField> ArgumentForm::fields() const {
  std::vector<ArgumentField> fields = fields_;
  for (size_t i = 0; i < fields.size(); ++i) fields[i].value = typed_[i].text();
  return fields;
}

// Through the values that a field may have.
void ArgumentForm::turn(std::ptrdiff_t step) {
  const std::vector<std::string>& choices = fields_[cursor_].choices;
  const auto found = std::find(choices.begin(), choices.end(), typed_[cursor_].text());
  const auto count = std::ssize(choices);
  const auto now = found == choices.end() ? (step > 0 ? -1 : 0) : found - choices.begin();
  typed_[cursor_] = TextField(choices[static_cast<size_t>((now + step + count) % count)]);
  refused_.clear();
}

Page::Outcome ArgumentForm::key(Key key) {
  if (key == kEscape) return Outcome::kClosed;
  if (key == kEnter || key == '\n') return Outcome::kDone;
  if (fields_.empty()) return key == 'q' ? Outcome::kClosed : Outcome::kStays;
  const size_t count = fields_.size();
  switch (key) {
    case kUp:
    case kBackTab: cursor_ = (cursor_ + count - 1) % count; return Outcome::kStays;
    case kDown:
    case kTab: cursor_ = (cursor_ + 1) % count; return Outcome::kStays;
    default: break;
  }
  if (fields_[cursor_].choices.empty()) {
    if (typed_[cursor_].key(key)) refused_.clear();
  } else if (key == kRight || key == ' ') {
    turn(1);
  } else if (key == kLeft) {
    turn(-1);
  }
  return Outcome::kStays;
}

Lines ArgumentForm::about(size_t width) const {
  Lines lines;
  if (!refused_.empty()) {
    for (const Line& line : lines_of(refused_)) {
      Line shown(width);
      shown.append(line.text(), kBadText);
      lines.push_back(std::move(shown));
    }
    return lines;
  }
  const ArgumentField& field = fields_[cursor_];
  lines.push_back(Line(width).append(visible(field.type), kFaint));
  if (!field.about.empty()) lines.push_back(Line(width).append(visible(field.about), kFaint));
  if (!field.choices.empty()) {
    const std::string choices = fmt::format("{}", fmt::join(field.choices, ", "));
    lines.push_back(Line(width).append("left, right: " + visible(choices), kFaint));
  }
  return lines;
}

Frame ArgumentForm::draw(size_t width, size_t height) {
  Frame frame;
  if (fields_.empty()) {
    frame.lines.push_back(Line(width).append("This script takes no arguments."));
    return frame;
  }
  const size_t below = height > kRowsBelow + 1 ? kRowsBelow : refused_.empty() ? 0 : 1;
  const size_t page = std::max<size_t>(height - std::min(height, below), 1);
  top_ = std::min(top_, cursor_);
  if (cursor_ >= top_ + page) top_ = cursor_ - page + 1;
  size_t widest = 0;
  for (const ArgumentField& field : fields_) {
    widest = std::max(widest, display_width(visible(field.name)));
  }
  widest = std::min(widest, std::min(kWidestName, width / 2));
  for (size_t i = top_; i < fields_.size() && frame.lines.size() < page; ++i) {
    Line line(width);
    const bool current = i == cursor_;
    line.append(current ? "> " : "  ", kBold);
    Line name(widest);
    name.append(visible(fields_[i].name));
    line.append(name.text(), {.bold = current}).pad_to(widest + 2).append("  ");
    const size_t place = typed_[i].draw(line, {.underlined = current});
    if (current) {
      frame.cursor =
          Frame::Cursor{std::min(place, width - std::min<size_t>(width, 1)), frame.lines.size()};
    }
    frame.lines.push_back(std::move(line));
  }
  if (below == 0) return frame;
  if (frame.lines.size() + 1 < height && below > 1) frame.lines.emplace_back();
  for (Line& line : about(width)) {
    if (frame.lines.size() < height) frame.lines.push_back(std::move(line));
  }
  return frame;
}

}  // namespace pxq::live
