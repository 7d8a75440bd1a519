#include "cli/manual.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/App.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

#include "cli/command_view.h"
#include "cli/help_topics.h"
#include "cli/reference.h"

namespace pxq {
namespace {

// Text as roff prints it unchanged: a dash that can be copied, and no line taken for a request.
std::string roff(std::string_view text) {
  std::string escaped;
  if (text.starts_with('.') || text.starts_with('\'')) escaped += "\\&";
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else if (c == '\'') {
      escaped += "\\(aq";
    } else if (c == '`') {
      escaped += "\\(ga";
    } else if (c == '^') {
      escaped += "\\(ha";
    } else if (c == '~') {
      escaped += "\\(ti";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

// A request's argument in quotes, in which a quote is doubled.
std::string quoted_words(std::string_view text) {
  std::string escaped = "\"";
  for (const char c : roff(text)) escaped += c == '"' ? std::string("\"\"") : std::string(1, c);
  return escaped + "\"";
}

// Lines that stand as they are, further in.
std::string literal(std::string_view lines) {
  std::string text = ".PP\n.RS 4\n.nf\n";
  while (!lines.empty()) {
    const size_t end = std::min(lines.find('\n'), lines.size());
    text += roff(lines.substr(0, end)) + "\n";
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return text + ".fi\n.RE\n";
}

std::string sentence(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  return text.ends_with('.') ? text : text + ".";
}

// An entry of a list: what it is called, what it means, how it is used.
std::string entry(std::string_view name, std::string_view meaning, std::string_view example) {
  std::string text = fmt::format(".TP\n.B {}\n{}\n", quoted_words(name), roff(meaning));
  if (!example.empty()) text += fmt::format(".br\nExample:\n.B {}\n", quoted_words(example));
  return text;
}

// A command and those below it, in the order of help.
void collect(const CLI::App& app, std::vector<const CLI::App*>& all) {
  for (const CLI::App* command : commands_of(app)) {
    all.push_back(command);
    collect(*command, all);
  }
}

std::string synopsis(const std::vector<const CLI::App*>& all) {
  std::string text = ".SH SYNOPSIS\n.nf\n";
  for (const CLI::App* command : all) {
    text += fmt::format("\\fBpxq {}\\fR {}\n", roff(path_of(*command)), roff(usage_of(*command)));
  }
  return text + ".fi\n";
}

std::string names_of_flags(const CLI::App& app) {
  std::vector<std::string> names;
  for (const FlagView& flag : flags_of(app)) names.push_back(roff(flag.name()));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string command_text(const CLI::App& command) {
  const std::string path = path_of(command);
  std::string text =
      fmt::format(".SS {}\n{}\n.br\n\\fBpxq {}\\fR {}\n", quoted_words("pxq " + path),
                  roff(sentence(command.get_description())), roff(path), roff(usage_of(command)));
  for (const ArgumentView& argument : arguments_of(command)) {
    text += entry(argument.name, sentence(argument.text), {});
  }
  text += fmt::format(".PP\nFlags: {}.\n", names_of_flags(command));
  for (const Example& example : examples()) {
    if (example.command != path) continue;
    text += fmt::format(".PP\n{}\n", roff(example.meaning)) + literal(example.line);
  }
  return text;
}

/// A flag and the commands that have it with this very meaning.
struct SharedFlag {
  FlagView flag;
  std::vector<std::string> commands;
};

std::vector<SharedFlag> shared_flags(const CLI::App& root,
                                     const std::vector<const CLI::App*>& all) {
  std::vector<SharedFlag> shared;
  const auto add = [&](const FlagView& flag, const std::string& command) {
    const auto same = std::find_if(shared.begin(), shared.end(), [&](const SharedFlag& other) {
      return other.flag.spelled() == flag.spelled() && other.flag.text == flag.text;
    });
    if (same == shared.end()) {
      shared.push_back({flag, {command}});
    } else {
      same->commands.push_back(command);
    }
  };
  for (const FlagView& flag : flags_of(root)) add(flag, "pxq itself");
  for (const CLI::App* command : all) {
    for (const FlagView& flag : flags_of(*command)) add(flag, path_of(*command));
  }
  return shared;
}

std::string flags_text(const std::vector<SharedFlag>& shared) {
  std::vector<std::string> groups;
  for (const SharedFlag& one : shared) {
    if (std::find(groups.begin(), groups.end(), one.flag.group) == groups.end()) {
      groups.push_back(one.flag.group);
    }
  }
  std::string text = ".SH FLAGS\n";
  for (const std::string& group : groups) {
    text += fmt::format(".SS {}\n", group);
    for (const SharedFlag& one : shared) {
      if (one.flag.group != group) continue;
      const std::string of = fmt::format("Of {}.", fmt::join(one.commands, ", "));
      text += entry(one.flag.spelled(), sentence(one.flag.text) + " " + of,
                    example_of(one.flag.name()));
    }
  }
  return text;
}

std::string topics_text() {
  std::string text;
  for (const HelpTopic& topic : help_topics()) {
    if (!topic.in_manual) continue;
    std::string title(topic.name);
    std::transform(title.begin(), title.end(), title.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    text += fmt::format(".SH {}\n.nf\n", quoted_words(title));
    const std::string page = topic.text();
    for (std::string_view rest = page; !rest.empty();) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      text += roff(rest.substr(0, end)) + "\n";
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    text += ".fi\n";
  }
  return text;
}

}  // namespace

std::string manual_page(const CLI::App& root) {
  std::vector<const CLI::App*> all;
  collect(root, all);
  std::string text =
      fmt::format(".TH PXQ 1 \"\" \"pxq {}\" \"User Commands\"\n.nh\n.ad l\n.SH NAME\npxq \\- {}\n",
                  PXQ_VERSION, roff("run PxL scripts on Pixie and keep the results"));
  text += synopsis(all);
  text += ".SH DESCRIPTION\n" +
          roff(
              "pxq runs a PxL script on a Vizier, or with --local on this machine, and prints the "
              "tables that come back: as tables on a terminal, as JSON lines in a pipe, or into "
              "files. Rows are on stdout and every other word on stderr; the exit status is 0 only "
              "if the result is proven whole.") +
          "\n.SH COMMANDS\n";
  for (const CLI::App* command : all) text += command_text(*command);
  text += flags_text(shared_flags(root, all));
  text += topics_text();
  text += ".SH EXIT STATUS\nA code that is not listed is a failure.\n";
  for (const ExitCodeEntry& code : exit_codes()) {
    text += entry(code.code, sentence(std::string(code.meaning)), code.example);
  }
  text += ".SH ENVIRONMENT\n" +
          roff(
              "A flag stands over the environment, that over the profile, that over the "
              "defaults; `pxq config view` shows what holds.") +
          "\n";
  for (const VariableEntry& variable : variables()) {
    text += entry(variable.name, sentence(std::string(variable.meaning)), variable.example);
  }
  text += ".SH FILES\n";
  for (const FileEntry& file : files()) {
    text += entry(file.path, sentence(std::string(file.meaning)), file.example);
  }
  return text;
}

}  // namespace pxq
