#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/suggest.h"
#include "cli/command.h"
#include "cli/help_topics.h"
#include "process/print.h"

namespace pxq {
namespace {

std::string overview() {
  std::string text = "Commands (`pxq COMMAND --help` tells the flags):\n";
  for (const CommandEntry& entry : commands()) {
    text += fmt::format("  {:<12} {}\n", entry.name, entry.summary);
  }
  text += "\nTopics (`pxq help TOPIC`):\n";
  for (const HelpTopic& topic : help_topics()) {
    text += fmt::format("  {:<12} {}\n", topic.name, topic.summary);
  }
  return text;
}

class HelpCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("TOPIC", topic_, "formats, time, exit-codes, environment, px");
  }

  Status run(Context&) override {
    if (topic_.empty()) return print(overview());
    std::vector<std::string_view> names;
    for (const HelpTopic& topic : help_topics()) {
      if (topic.name == topic_) return print(topic.text());
      names.push_back(topic.name);
    }
    std::string hint = did_you_mean(topic_, names);
    if (hint.empty()) hint = "`pxq help` lists the topics";
    return {Code::kUsage, fmt::format("no help topic '{}'", topic_), hint};
  }

 private:
  std::string topic_;
};

}  // namespace

std::unique_ptr<Command> make_help_command() { return std::make_unique<HelpCommand>(); }

}  // namespace pxq
