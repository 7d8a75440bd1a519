#include "scripts/script_page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "script/tokens.h"
#include "text/visible.h"

namespace pxq {
namespace {

constexpr size_t kTextWidth = 88;
constexpr size_t kArgumentIndent = 23;

std::string title_of(const Script& script) {
  return script.name.empty() ? script.source : script.name;
}

// What the script says of itself: its manifest, else the docstring that it begins with.
std::string description_of(const Script& script) {
  if (!script.long_doc.empty()) return script.long_doc;
  if (!script.short_doc.empty()) return script.short_doc;
  return std::string(docstring(script.text));
}

/// Puts words on indented lines of bounded width; an empty line of the source ends a paragraph.
class Wrapper final {
 public:
  explicit Wrapper(size_t indent) : indent_(indent, ' ') {}

  std::string wrap(std::string_view text) {
    size_t breaks = 0;
    while (!text.empty()) {
      const size_t end = std::min(text.find_first_of(" \t\r\n"), text.size());
      if (end != 0) {
        if (breaks > 1 && !lines_.empty()) end_paragraph();
        put(visible(text.substr(0, end)));
        breaks = 0;
      }
      if (end < text.size() && text[end] == '\n') ++breaks;
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines_.empty() ? lines_ : lines_ + '\n';
  }

 private:
  void put(const std::string& word) {
    if (column_ != 0 && indent_.size() + column_ + 1 + word.size() > kTextWidth) {
      lines_ += '\n';
      column_ = 0;
    }
    lines_ += column_ == 0 ? indent_ : " ";
    lines_ += word;
    column_ += word.size() + 1;
  }
  void end_paragraph() {
    lines_ += "\n\n";
    column_ = 0;
  }

  std::string indent_;
  std::string lines_;
  size_t column_ = 0;
};

std::string need_of(const Variable& variable) {
  if (variable.required()) return "required";
  return variable.default_value->empty() ? "optional"
                                         : fmt::format("default {}", *variable.default_value);
}

std::string type_of(const Variable& variable) {
  return variable.type_name.empty() ? std::string(px_type_name(variable.type)) : variable.type_name;
}

std::string argument_lines(const Variable& variable) {
  std::string text = fmt::format("  --{:<18} {}, {}\n", visible(variable.name),
                                 visible(type_of(variable)), visible(need_of(variable)));
  if (!variable.valid_values.empty()) {
    text += Wrapper(kArgumentIndent)
                .wrap(fmt::format("one of: {}", fmt::join(variable.valid_values, ", ")));
  }
  if (!variable.description.empty()) {
    text += Wrapper(kArgumentIndent).wrap(variable.description);
  }
  return text;
}

std::string table_line(const VisTable& table) {
  std::string text = fmt::format("  {:<20} {}()", visible(table.name), visible(table.function));
  if (!table.displays.empty()) {
    text +=
        fmt::format("  shown as {}", visible(fmt::format("{}", fmt::join(table.displays, ", "))));
  }
  return text + "\n";
}

ListTable arguments_of(const Vis& vis) {
  ListTable table{.name = "arguments",
                  .columns = {"name", "type", "required", "default", "allowed", "description"},
                  .rows = {}};
  for (const Variable& variable : vis.variables) {
    table.rows.push_back(
        {variable.name, type_of(variable), variable.required(), variable.default_value.value_or(""),
         fmt::format("{}", fmt::join(variable.valid_values, ",")), variable.description});
  }
  return table;
}

ListTable outputs_of(const Vis& vis) {
  ListTable table{
      .name = "tables", .columns = {"name", "function", "widgets", "display"}, .rows = {}};
  for (const VisTable& output : vis_tables(vis)) {
    table.rows.push_back({output.name, output.function,
                          fmt::format("{}", fmt::join(output.widgets, ",")),
                          fmt::format("{}", fmt::join(output.displays, ","))});
  }
  return table;
}

}  // namespace

std::string script_page(const Script& script) {
  std::string page = visible(title_of(script));
  if (!script.short_doc.empty()) page += " - " + visible(script.short_doc);
  page += '\n';
  const std::string description = description_of(script);
  if (!description.empty() && description != script.short_doc) {
    page += "\n" + Wrapper(0).wrap(description);
  }
  const Vis vis = script.vis.value_or(Vis{});
  if (!vis.variables.empty()) page += "\nArguments, as `-a NAME=VALUE` or `-- --NAME VALUE`:\n";
  for (const Variable& variable : vis.variables) page += argument_lines(variable);
  const std::vector<VisTable> tables = vis_tables(vis);
  if (!tables.empty()) page += "\nTables:\n";
  for (const VisTable& table : tables) page += table_line(table);
  if (tables.empty())
    page += "\nIt has no vis.json: it takes no arguments and names its own tables.\n";
  return page;
}

std::vector<ListTable> script_tables(const Script& script) {
  const Vis vis = script.vis.value_or(Vis{});
  ListTable about{
      .name = "script", .columns = {"name", "short", "description", "source"}, .rows = {}};
  about.rows.push_back({title_of(script), script.short_doc, description_of(script), script.source});
  return {std::move(about), arguments_of(vis), outputs_of(vis)};
}

}  // namespace pxq
