// --help, the topics and the manual: the same flags in all, in the user's words, as wide as the
// page.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "places.h"
#include "session.h"

namespace pxq::app {
namespace {

using Words = std::vector<std::string>;

std::string page(const Words& words) {
  const Session session;
  const fake::ProcessResult result = fake::run(session.command(words));
  INFO(result.err);
  CHECK(result.status() == 0);
  CHECK(result.err.empty());
  return result.out;
}

Words lines_of(const std::string& text) {
  Words lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

Words words_of(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

// First words of the entries below a heading of a help page.
Words entries(const std::string& text, const std::string& heading) {
  Words names;
  bool inside = false;
  for (const std::string& line : lines_of(text)) {
    if (!line.starts_with(' ')) inside = line == heading;
    if (inside && line.starts_with("  ") && line[2] != ' ') names.push_back(words_of(line)[0]);
  }
  return names;
}

// Every command as the words that name it, found by asking help alone.
std::vector<Words> all_commands() {
  std::vector<Words> all;
  for (const std::string& name : entries(page({"--help"}), "Commands")) {
    all.push_back({name});
    for (const std::string& below : entries(page({name, "--help"}), "Commands")) {
      all.push_back({name, below});
    }
  }
  REQUIRE(all.size() > 12);
  return all;
}

Words with(Words words, const std::string& last) {
  words.push_back(last);
  return words;
}

// The long names of flags that a page lists.
std::set<std::string> flags_in(const std::string& text) {
  std::set<std::string> flags;
  static const std::regex kFlag("^  (?:-[a-z], )?(--[a-z0-9-]+)");
  for (const std::string& line : lines_of(text)) {
    std::smatch match;
    if (std::regex_search(line, match, kFlag)) flags.insert(match[1]);
  }
  return flags;
}

std::string joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// roff without its escapes.
std::string manual() {
  std::string text = page({"help", "man"});
  for (const auto& [escape, plain] : std::vector<std::pair<std::string, std::string>>{
           {"\\-", "-"}, {"\\(aq", "'"}, {"\\(ga", "`"}, {"\\(ti", "~"}, {"\\e", "\\"}}) {
    for (size_t at = 0; (at = text.find(escape, at)) != std::string::npos; at += plain.size()) {
      text.replace(at, escape.size(), plain);
    }
  }
  return text;
}

std::string section(const std::string& text, const std::string& from, const std::string& to) {
  const size_t begin = text.find(from);
  REQUIRE(begin != std::string::npos);
  return text.substr(begin, text.find(to, begin + 1) - begin);
}

TEST_CASE("Help begins with two examples and speaks the user's words") {
  for (const Words& command : all_commands()) {
    INFO(joined(command));
    const std::string text = page(with(command, "--help"));
    const Words lines = lines_of(text);
    const auto first = std::find(lines.begin(), lines.end(), "");
    REQUIRE(lines.end() - first > 4);
    std::string own = text;
    if (command.size() > 1) own += page({command[0], "--help"});
    for (const std::string& example : {first[1], first[2]}) {
      CHECK_THAT(example, Catch::StartsWith("  ") && Catch::Contains("pxq " + command[0]));
      for (const std::string& word : words_of(example.substr(0, example.find(" -- ")))) {
        if (word.starts_with("--")) CHECK(flags_in(own).count(word) == 1);
      }
    }
    CHECK(first[3].empty());
    CHECK_THAT(first[4], Catch::StartsWith("Usage: pxq " + joined(command)));
    for (const std::string theirs :
         {"REQUIRED", "Excludes", "Needs:", "TEXT", "OPTIONS", "{on}", ":{", "Env:", "_addr"}) {
      CHECK_THAT(text, !Catch::Contains(theirs));
    }
    for (const std::string& line : lines) CHECK(line.size() <= 80);
    Words again = command;
    again.insert(again.begin(), "help");
    CHECK(page(again) == text);
  }
}

TEST_CASE("No line of a topic is wider than 80 columns") {
  for (const std::string topic : {"formats", "time", "exit-codes", "environment", "files", "px"}) {
    INFO(topic);
    for (const std::string& line : lines_of(page({"help", topic}))) {
      INFO(line);
      CHECK(line.size() <= 80);
    }
  }
}

TEST_CASE("Flags of run are grouped by what they are for") {
  const std::string text = page({"run", "--help"});
  size_t at = 0;
  for (const std::string group :
       {"\nScript\n", "\nTarget\n", "\nOutput\n", "\nRun\n", "\nTalk\n"}) {
    INFO(group);
    const size_t found = text.find(group, at);
    REQUIRE(found != std::string::npos);
    at = found;
  }
}

TEST_CASE("Help is as wide as the terminal") {
  const unsigned short width = GENERATE(as<unsigned short>(), 50, 80, 100, 200);
  const Session session;
  fake::Command command = session.command({"export", "--help"});
  command.out = fake::Destination::terminal();
  command.terminal.columns = width;
  if (width == 100) {  // COLUMNS stands over the terminal's answer
    command.terminal.columns = 40;
    command.environment["COLUMNS"] = "100";
  }
  const fake::ProcessResult result = fake::run(command);
  size_t longest = 0;
  for (std::string line : lines_of(result.out)) {
    while (line.ends_with('\r')) line.pop_back();
    if (line.starts_with("  pxq ")) continue;  // examples stay whole
    longest = std::max(longest, line.size());
  }
  CHECK(longest <= width);
  CHECK(longest > width / 2u);
}

TEST_CASE("The manual holds every command and flag of --help") {
  const std::string text = manual();
  for (const Words& command : all_commands()) {
    INFO(joined(command));
    const std::string own = section(text, ".SS \"pxq " + joined(command) + "\"", "\n.S");
    std::set<std::string> listed;
    for (std::string word : words_of(section(own, "Flags: ", "\n"))) {
      if (!word.starts_with("--")) continue;
      while (word.ends_with(',') || word.ends_with('.')) word.pop_back();
      listed.insert(word);
    }
    CHECK(listed == flags_in(page(with(command, "--help"))));
    CHECK_THAT(own, Catch::Contains("\n.nf\n"));  // an example
  }
}

TEST_CASE("Each flag, code, variable and file of the manual has an example") {
  const std::string text = manual();
  for (const std::string part : {"FLAGS", "EXIT STATUS", "ENVIRONMENT", "FILES"}) {
    const std::string own = section(text, "\n.SH " + part + "\n", "\n.SH ");
    size_t at = own.find(".TP\n");
    CHECK(at != std::string::npos);
    for (; at != std::string::npos; at = own.find(".TP\n", at + 1)) {
      const std::string entry = own.substr(at, own.find("\n.TP\n", at) - at);
      INFO("a line of app/cli/examples.def or reference.def is missing for\n" << entry);
      CHECK_THAT(entry, Catch::Contains("\nExample:\n.B "));
    }
  }
}

TEST_CASE("The manual has every variable that the sources name and every documented exit code") {
  const std::string text = manual();
  const std::regex variable("\"(PXQ?_[A-Z_]*[A-Z]|XDG_[A-Z_]+)\"");
  size_t found = 0;
  for (const std::string room : {"/app", "/lib"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(PXQ_SOURCE_DIR + room)) {
      if (entry.path().extension() != ".cc") continue;
      std::ifstream file(entry.path());
      const std::string source(std::istreambuf_iterator<char>(file), {});
      for (std::sregex_iterator it(source.begin(), source.end(), variable), end; it != end; ++it) {
        const std::string name = (*it)[1];
        if (name.starts_with("PX_") && name != "PX_API_KEY" && name != "PX_BUNDLE" &&
            name != "PX_CLOUD_ADDR" && !name.starts_with("PX_DIRECT")) {
          continue;  // types of arguments: PX_STRING
        }
        if (name == "PXQ_VERSION") continue;
        INFO(entry.path().string() << ": " << name);
        ++found;
        CHECK_THAT(text, Catch::Contains("\n.B \"" + name + "\"\n"));
      }
    }
  }
  CHECK(found >= 10);
  for (const int code : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 129, 130, 141, 143}) {
    CHECK_THAT(text, Catch::Contains("\n.B \"" + std::to_string(code) + "\"\n"));
  }
}

TEST_CASE("groff finds nothing to complain of in the manual") {
  const Session session;
  session.home().write("pxq.1", page({"help", "man"}));
  // Plain text: neither escape sequences nor letters struck twice.
  fake::Command command = session.command({"-man", "-Tutf8", "-P-cbou", "-ww", "pxq.1"});
  command.program = "/usr/bin/groff";
  const fake::ProcessResult result = fake::run(command);
  CHECK(result.status() == 0);
  CHECK(result.err.empty());
  CHECK_THAT(result.out, Catch::Contains("EXIT STATUS"));
}

TEST_CASE("The version tells commit and build, also as data") {
  CHECK_THAT(page({"version"}), Catch::StartsWith("pxq ") && Catch::Contains("\ncommit ") &&
                                    Catch::Contains("\nbuild "));
  CHECK_THAT(page({"version", "-o", "json"}),
             Catch::StartsWith("{\"version\":\"") && Catch::Contains("\",\"commit\":\""));
}

}  // namespace
}  // namespace pxq::app
