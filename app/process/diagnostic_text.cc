#include "process/diagnostic_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/visible.h"
#include "text/width.h"

namespace pxq {
namespace {

constexpr size_t kLongestLine = 400;  // bytes of source that are worth showing

// Line `number`, counted from 1, without its end; empty where there is none.
std::string_view source_line(std::string_view script, uint64_t number) {
  while (number > 1) {
    const size_t end = script.find('\n');
    if (end == std::string_view::npos) return {};
    script.remove_prefix(end + 1);
    --number;
  }
  std::string_view line = script.substr(0, script.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Source as it can be shown: a tab becomes spaces, all else that is no text becomes visible.
std::string shown_source(std::string_view text) {
  std::string spaced;
  for (const char c : text) {
    if (c == '\t') {
      spaced += "    ";
    } else {
      spaced += c;
    }
  }
  return visible(spaced);
}

struct Mark {
  size_t begin;  // in bytes
  size_t size;   // 0: a single caret
};

// What the message quotes, where it stands at the column or just behind the sign before a name: the
// dot of an attribute, the bracket and quote of a key.
Mark find_mark(std::string_view line, size_t column, std::string_view message) {
  constexpr size_t kSigns = 2;
  const size_t open = message.find('\'');
  const size_t close = open == std::string_view::npos ? open : message.find('\'', open + 1);
  if (close == std::string_view::npos || close == open + 1) return {column - 1, 0};
  const std::string_view name = message.substr(open + 1, close - open - 1);
  for (size_t begin = column - 1; begin <= column - 1 + kSigns && begin < line.size(); ++begin) {
    if (line.substr(begin).starts_with(name)) return {begin, name.size()};
    if (std::string_view(".[('\"").find(line[begin]) == std::string_view::npos) break;
  }
  return {column - 1, 0};
}

}  // namespace

std::string source_block(const Diagnostic& diagnostic, std::string_view script) {
  const Position& where = diagnostic.where;
  const std::string hint = visible(diagnostic.hint);
  const std::string hint_line = hint.empty() ? "" : fmt::format("  hint: {}\n", hint);
  if (where.line == 0) {
    return where.file.empty() ? hint_line
                              : fmt::format("  --> {}\n{}", visible(where.file), hint_line);
  }
  std::string block =
      fmt::format("  --> {}:{}:{}\n", visible(where.file), where.line, where.column);
  const std::string_view line = source_line(script, where.line);
  if (line.empty() || line.size() > kLongestLine) return block + hint_line;
  const std::string gutter = fmt::format("{:>4}", where.line);
  block += fmt::format("{} | {}\n", gutter, shown_source(line));
  if (where.column == 0 || where.column > line.size() + 1) return block + hint_line;
  const Mark mark = find_mark(line, where.column, diagnostic.message);
  const size_t before = display_width(shown_source(line.substr(0, mark.begin)));
  const size_t under = display_width(shown_source(line.substr(mark.begin, mark.size)));
  block += fmt::format("{} | {}{}{}{}\n", std::string(gutter.size(), ' '), std::string(before, ' '),
                       std::string(std::max<size_t>(under, 1), '^'), hint.empty() ? "" : " ", hint);
  return block;
}

}  // namespace pxq
