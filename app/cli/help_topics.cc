#include "cli/help_topics.h"

#include <fmt/format.h>

#include "cli/px_lines.h"
#include "cli/reference.h"
#include "cli/text_layout.h"
#include "format/format.h"

namespace pxq {
namespace {

// Topics are as wide everywhere, since the manual holds them too.
constexpr size_t kWidth = 80;

/// A paragraph below what stands above it.
std::string prose(std::string_view text) {
  return "\n" + TextLayout{.width = kWidth}.paragraph(text, 0);
}

std::string formats_text() {
  constexpr TextLayout kLayout{.width = kWidth, .column = 27};
  std::string text = "Formats of -o; a file's ending names one of them too.\n\n";
  for (const Format& format : formats()) {
    const std::string names = format.alias.empty()
                                  ? std::string(format.name)
                                  : fmt::format("{} = {}", format.name, format.alias);
    const std::string ending = format.extension.empty() ? "" : fmt::format(".{}", format.extension);
    text += kLayout.entry(fmt::format("{:<14} {}", names, ending), format.description);
  }
  return text +
         prose(
             "Files also: .sqlite, a database; and .gz or .zst behind the ending of any other. "
             "Without -o: table on a terminal, jsonl in a pipe or file. Machine formats are "
             "lossless; docs/formats.md has the rule for every type. For spreadsheets: -o FILE.csv "
             "--spreadsheet, and where a comma stands in numbers --delimiter ';'.");
}

std::string time_text() {
  const std::string times = prose(
      "Times are unix nanoseconds on the wire and RFC 3339 in UTC with nine digits in data "
      "formats; --time-format has shorter ones (rfc3339_s is what jq's fromdate reads) and "
      "numbers. --tz ZONE puts them on another clock: a name, +09:00, or local.");
  return times.substr(1) +
         prose(
             "Lengths of time are the same for every flag (--timeout, --since, --lag, --fail-if "
             "...): 500ms, 5s, 2m, 1h30m, 1d, 1.5s, 5min, 1hr; a plain number is seconds. "
             "Limits: --timeout (none), --connect-timeout (5s), --idle-timeout (200s); 0 means "
             "none.");
}

std::string exit_codes_text() {
  std::string text;
  for (const ExitCodeEntry& entry : exit_codes()) {
    text += fmt::format("  {:<4} {}\n", entry.code, entry.meaning);
  }
  return text + prose(
                    "Worth retrying: 5 (but not for TLS), 7, 8, 10 later, 6 perhaps. Treat a "
                    "code that is not listed as a failure.");
}

std::string environment_text() {
  constexpr TextLayout kLayout{.width = kWidth, .column = 25};
  std::string text;
  for (const VariableEntry& entry : variables()) text += kLayout.entry(entry.name, entry.meaning);
  return text + prose(
                    "A flag stands over the environment, that over the profile, that over the "
                    "defaults; `pxq config view` shows what holds. docs/connecting.md tells the "
                    "rest.");
}

std::string files_text() {
  constexpr TextLayout kLayout{.width = kWidth, .column = 31};
  std::string text;
  for (const FileEntry& entry : files()) text += kLayout.entry(entry.path, entry.meaning);
  return text;
}

std::string px_text() {
  constexpr TextLayout kLayout{.width = kWidth, .column = 39};
  std::string text = "What px's users type, and what pxq makes of it:\n\n";
  for (const PxLine& line : px_lines()) text += kLayout.entry(line.px, line.pxq);
  return text + prose(
                    "They can be pasted with pxq in the place of px. pxq never turns strings into "
                    "numbers, never rounds, exits 0 only when the result is proven whole, and "
                    "connects to nothing but the server you name.");
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
