#include <fmt/format.h>

#include <type_traits>
#include <variant>

#include "format/picture/screen.h"
#include "format/role.h"

namespace pxq::picture {
namespace {

/// What stands beside a title: what is told of what.
struct Subject {
  bool ascii;

  std::string operator()(const chart::Rows&) const { return {}; }
  std::string operator()(const chart::Lines& lines) const { return lines.y.label; }
  std::string operator()(const chart::Bars& bars) const {
    return fmt::format("{} by {}", bars.value.label, bars.across.label);
  }
  std::string operator()(const chart::Boxes& boxes) const {
    return fmt::format("{}, {} lowest, p25, p50, p75, highest", boxes.value.label,
                       ascii ? "+-=|=-+" : "├─▒┃▒─┤");
  }
  std::string operator()(const chart::Network& network) const {
    const std::string& view = network.views.front().name;
    return view.empty() ? network.weight.label : "by " + view;
  }
  std::string operator()(const chart::Flame&) const { return "samples"; }
};

void append_title(const chart::Picture& picture, const Screen& screen, TextBuffer& out) {
  const Paint paint(screen.color);
  paint.begin(Role::kTitle, out);
  append_label(picture.title, screen.width, false, out);
  paint.end(Role::kTitle, out);
  const std::string subject = std::visit(Subject{screen.ascii}, picture.drawing);
  const size_t used = width_of(picture.title) + 2;
  if (!subject.empty() && subject != picture.title && used + 4 < screen.width) {
    out.append(": ");
    append_label(subject, screen.width - used, false, out);
  }
  out.push_back('\n');
}

}  // namespace

void draw(const chart::Picture& picture, const Screen& screen, TextBuffer& out) {
  if (!picture.note.empty()) {
    append_label(picture.title + ": " + picture.note, screen.width, false, out);
    out.push_back('\n');
  }
  if (std::holds_alternative<chart::Rows>(picture.drawing)) return;
  append_title(picture, screen, out);
  std::visit(
      [&](const auto& drawing) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(drawing)>, chart::Rows>) {
          draw(drawing, screen, out);
        }
      },
      picture.drawing);
}

}  // namespace pxq::picture
