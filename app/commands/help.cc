#include <fmt/format.h>
#include <CLI/App.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "base/suggest.h"
#include "cli/command.h"
#include "cli/command_view.h"
#include "cli/help_page.h"
#include "cli/help_topics.h"
#include "cli/manual.h"
#include "process/paged_output.h"

namespace pxq {
namespace {

/// A topic, the manual, or the page of a command.
class HelpCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    root_ = app.get_parent();
    app.add_option("TOPIC", words_, "a topic, or the words of a command: scripts show");
  }

  Status run(Context& context) override {
    if (words_.empty()) return print_pages(help_page(*root_, help_width(context.out)), context);
    if (words_.size() == 1) {
      if (words_[0] == kManual) return print_pages(manual_page(*root_), context);
      for (const HelpTopic& topic : help_topics()) {
        if (topic.name == words_[0]) return print_pages(topic.text(), context);
      }
    }
    const CLI::App* command = root_;
    for (const std::string& word : words_) {
      const CLI::App* below = find_command(*command, word);
      if (below == nullptr) return unknown(*command, word);
      command = below;
    }
    return print_pages(help_page(*command, help_width(context.out)), context);
  }

 private:
  Status unknown(const CLI::App& below, const std::string& word) const {
    std::vector<std::string> names;
    for (const CLI::App* command : commands_of(below)) names.push_back(command->get_name());
    if (&below == root_) {
      names.emplace_back(kManual);
      for (const HelpTopic& topic : help_topics()) names.emplace_back(topic.name);
    }
    std::string hint = did_you_mean(word, names);
    if (hint.empty()) hint = "`pxq help` lists topics and commands";
    return {Code::kUsage, fmt::format("no help topic '{}'", word), hint};
  }

  const CLI::App* root_ = nullptr;
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> make_help_command() { return std::make_unique<HelpCommand>(); }

}  // namespace pxq
