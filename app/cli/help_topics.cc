#include "cli/help_topics.h"

#include <fmt/format.h>

#include "cli/px_lines.h"
#include "cli/reference.h"
#include "cli/text_layout.h"
#include "format/format.h"

namespace pxq {
namespace {

std::string formats_text() {
  std::string text = "Formats of -o; a file's ending names one of them too.\n\n";
  for (const Format& format : formats()) {
    const std::string names = format.alias.empty()
                                  ? std::string(format.name)
                                  : fmt::format("{} = {}", format.name, format.alias);
    text += fmt::format("  {:<14} {:<8} {}\n", names,
                        format.extension.empty() ? "" : fmt::format(".{}", format.extension),
                        format.description);
  }
  return text +
         "\nFiles also: .sqlite, a database; and .gz or .zst behind the ending of any other.\n"
         "Without -o: table on a terminal, jsonl in a pipe or file. Machine formats are\n"
         "lossless; docs/formats.md has the rule for every type. For spreadsheets: -o FILE.csv\n"
         "--spreadsheet, and where a comma stands in numbers --delimiter ';'.\n";
}

std::string time_text() {
  return "Times are unix nanoseconds on the wire and RFC 3339 in UTC with nine digits in\n"
         "data formats; --time-format has shorter ones (rfc3339_s is what jq's fromdate reads)\n"
         "and numbers. --tz ZONE puts them on another clock: a name, +09:00, or local.\n\n"
         "Lengths of time are the same for every flag (--timeout, --since, --lag, --fail-if ...):\n"
         "500ms, 5s, 2m, 1h30m, 1d, 1.5s, 5min, 1hr; a plain number is seconds.\n"
         "Limits: --timeout (none), --connect-timeout (5s), --idle-timeout (200s); 0 means none.\n";
}

std::string exit_codes_text() {
  std::string text;
  for (const ExitCodeEntry& entry : exit_codes()) {
    text += fmt::format("  {:<4} {}\n", entry.code, entry.meaning);
  }
  return text +
         "\nWorth retrying: 5 (but not for TLS), 7, 8, 10 later, 6 perhaps. Treat a code that is\n"
         "not listed as a failure.\n";
}

std::string environment_text() {
  constexpr TextLayout kLayout{.width = 80, .column = 25};
  std::string text;
  for (const VariableEntry& entry : variables()) text += kLayout.entry(entry.name, entry.meaning);
  return text +
         "\nA flag stands over the environment, that over the profile, that over the defaults;\n"
         "`pxq config view` shows what holds. docs/connecting.md tells the rest.\n";
}

std::string files_text() {
  constexpr TextLayout kLayout{.width = 80, .column = 31};
  std::string text;
  for (const FileEntry& entry : files()) text += kLayout.entry(entry.path, entry.meaning);
  return text;
}

std::string px_text() {
  constexpr TextLayout kLayout{.width = 80, .column = 39};
  std::string text = "What px's users type, and what pxq makes of it:\n\n";
  for (const PxLine& line : px_lines()) text += kLayout.entry(line.px, line.pxq);
  return text +
         "\nThey can be pasted with pxq in the place of px. pxq never turns strings into numbers,\n"
         "never rounds, exits 0 only when the result is proven whole, and connects to nothing\n"
         "but the server you name.\n";
}

}  // namespace

std::span<const HelpTopic> help_topics() {
  static constexpr HelpTopic kTopics[] = {
      {"formats", "output formats", formats_text},
      {"time", "times and limits", time_text},
      {"exit-codes", "what each exit code means", exit_codes_text, false},
      {"environment", "environment variables", environment_text, false},
      {"files", "files that pxq reads and keeps", files_text, false},
      {"px", "from px to pxq", px_text},
  };
  return kTopics;
}

}  // namespace pxq
