#include "cli/help_page.h"

#include <fmt/format.h>
#include <CLI/App.hpp>

#include <string_view>
#include <vector>

#include "cli/command_view.h"
#include "cli/help_topics.h"
#include "cli/manual.h"
#include "cli/reference.h"
#include "cli/text_layout.h"

namespace pxq {
namespace {

constexpr size_t kExamples = 2;
constexpr size_t kUsualWidth = 80;

std::string examples_text(const std::string& path) {
  std::string text;
  size_t shown = 0;
  for (const Example& example : examples()) {
    if (example.command != path || ++shown > kExamples) continue;
    text += fmt::format("  {}\n", example.line);
  }
  return text.empty() ? text : "\n" + text;
}

std::string arguments_text(const CLI::App& app, const TextLayout& layout) {
  std::string text;
  for (const ArgumentView& argument : arguments_of(app)) {
    text += layout.entry(argument.name, argument.text);
  }
  return text;
}

std::string commands_text(const CLI::App& app, const TextLayout& layout) {
  std::string text;
  for (const CLI::App* command : commands_of(app)) {
    text += layout.entry(command->get_name(), command->get_description());
  }
  return text.empty() ? text : "\nCommands\n" + text;
}

std::string topics_text(const TextLayout& layout) {
  std::string text = "\nTopics, as `pxq help TOPIC`\n";
  for (const HelpTopic& topic : help_topics()) {
    text += layout.entry(topic.name, topic.summary);
  }
  return text + layout.entry(kManual, "the manual page, for `pxq help man | man -l -`");
}

std::string flags_text(const CLI::App& app, const TextLayout& layout) {
  std::string text;
  std::string group;
  for (const FlagView& flag : flags_of(app)) {
    if (flag.group != group) text += fmt::format("\n{}\n", flag.group);
    group = flag.group;
    text += layout.entry(flag.spelled(), flag.text);
  }
  return text;
}

// A command below another one takes the other's flags too.
std::string parent_text(const CLI::App& app, const std::string& path, const TextLayout& layout) {
  const bool inherits = app.get_fallthrough() || app.get_parent()->get_fallthrough();
  if (!inherits || path.find(' ') == std::string::npos) return {};
  const std::string parent = path_of(*app.get_parent());
  return "\n" +
         layout.paragraph(fmt::format("The flags of `pxq {}` may stand here too.", parent), 0);
}

}  // namespace

size_t help_width(const Terminal& terminal) {
  return terminal.width > 0 ? static_cast<size_t>(terminal.width) : kUsualWidth;
}

std::string help_page(const CLI::App& app, size_t width) {
  const TextLayout layout = TextLayout::of(width);
  const std::string path = path_of(app);
  const std::string name = path.empty() ? "pxq" : "pxq " + path;
  std::string page = layout.paragraph(fmt::format("{}: {}", name, app.get_description()), 0);
  page += examples_text(path);
  page += "\n" + layout.paragraph(fmt::format("Usage: {} {}", name, usage_of(app)), 0);
  page += arguments_text(app, layout);
  page += commands_text(app, layout);
  if (path.empty()) page += topics_text(layout);
  page += flags_text(app, layout);
  if (app.get_parent() != nullptr) page += parent_text(app, path, layout);
  return page;
}

}  // namespace pxq
