#include "live/messages.h"

#include <fmt/format.h>

#include <algorithm>

namespace pxq::live {
namespace {

constexpr size_t kMostMessages = 1000;

Style style_of(Tone tone) {
  switch (tone) {
    case Tone::kError: return kBadText;
    case Tone::kWarning: return kWarningText;
    case Tone::kNote: break;
  }
  return kPlain;
}

}  // namespace

void Messages::add(Tone tone, std::string_view text) {
  constexpr std::string_view kProgram = "pxq: ";  // who speaks is clear here
  if (text.starts_with(kProgram)) text.remove_prefix(kProgram.size());
  while (text.ends_with('\n')) text.remove_suffix(1);
  if (text.empty() || all_.size() >= kMostMessages) return;
  all_.push_back({tone, {}});
  std::string& kept = all_.back().text;
  for (const Line& line : lines_of(text)) kept += (kept.empty() ? "" : "\n") + line.text();
}

Line Messages::summary(size_t width) const {
  const auto loudest = std::ranges::max_element(all_, {}, &Message::tone);
  Line line(width);
  if (loudest == all_.end() || loudest->tone == Tone::kNote) return line;
  const auto others = std::ranges::count_if(
      all_, [](const Message& message) { return message.tone != Tone::kNote; });
  const std::string_view text = loudest->text;
  const size_t end = text.find('\n');
  const bool more = others > 1 || end != std::string_view::npos;
  const std::string_view hint = more ? "  (e: all)" : "";
  Line first(width - std::min(width, hint.size()));
  first.append(text.substr(0, end), style_of(loudest->tone));
  for (const Span& span : first.spans()) line.append(span.text, span.style);
  return line.append(hint, kFaint), line;
}

Lines Messages::lines() const {
  Lines lines;
  for (const Message& message : all_) {
    for (const Line& line : lines_of(message.text)) {
      lines.emplace_back();
      lines.back().append(line.text(), style_of(message.tone));
    }
  }
  return lines;
}

}  // namespace pxq::live
