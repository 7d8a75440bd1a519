#include "cli/help_topics.h"

#include <fmt/format.h>

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
         "lossless; docs/formats.md has the rule for every type.\n";
}

std::string time_text() {
  return "Times are unix nanoseconds on the wire and RFC 3339 in UTC with nine digits in\n"
         "data formats; --time-format unix or unix_ns writes numbers, --tz ZONE changes\n"
         "the zone of tables only.\n\n"
         "Lengths of time are the same for every flag (--timeout, --since, --lag, --fail-if ...):\n"
         "500ms, 5s, 2m, 1h30m, 1d, 1.5s, 5min, 1hr; a plain number is seconds.\n"
         "Limits: --timeout (none), --connect-timeout (5s), --idle-timeout (200s); 0 means none.\n";
}

std::string exit_codes_text() {
  return "  0    complete result, also with 0 rows\n"
         "  1    a defect in pxq\n"
         "  2    usage, configuration, input file, unknown cluster, script or table\n"
         "  3    the script was rejected: it does not compile, or its arguments are wrong\n"
         "  4    not authenticated or not permitted\n"
         "  5    no connection: DNS, TCP, TLS, not a Pixie server\n"
         "  6    the server reported a failure while running\n"
         "  7    a time limit of ours\n"
         "  8    the stream was incomplete or malformed\n"
         "  9    the output could not be written\n"
         "  10   another run holds the lock\n"
         "  11   a limit of ours was exceeded, or --strict found doubt\n"
         "  12   --fail-on-empty, --fail-if\n"
         "  129  ended by SIGHUP     130  by SIGINT\n"
         "  141  by SIGPIPE          143  by SIGTERM\n\n"
         "Worth retrying: 5 (but not for TLS), 7, 8, 10 later, 6 perhaps. Treat a code that is\n"
         "not listed as a failure.\n";
}

std::string environment_text() {
  return "  PX_API_KEY             key for a cloud\n"
         "  PX_CLOUD_ADDR          a cloud where --cloud is absent; else px's PL_CLOUD_ADDR\n"
         "  PX_DIRECT_VIZIER_ADDR  address of a Vizier where --addr is absent\n"
         "  PX_DIRECT_VIZIER_KEY   key for it\n"
         "  PXQ_CLUSTER            cluster where -c is absent\n"
         "  PXQ_PROFILE            profile where -p is absent\n"
         "  PXQ_CONFIG             config.toml where it is not pxq/config.toml in\n"
         "                         $XDG_CONFIG_HOME or ~/.config\n"
         "  PXQ_OUTPUT             format where -o is absent\n"
         "  PXQ_TZ                 time zone where --tz is absent\n"
         "  PX_BUNDLE              a bundle of scripts, after those of --bundle\n"
         "  XDG_STATE_HOME         where exports keep how far they are (~/.local/state)\n"
         "  COLUMNS                width of tables\n"
         "  NO_COLOR CLICOLOR CLICOLOR_FORCE TERM   whether there is colour\n"
         "  https_proxy http_proxy no_proxy         as gRPC reads them\n\n"
         "A flag stands over the environment, that over the profile, that over the defaults;\n"
         "`pxq config view` shows what holds. docs/connecting.md tells the rest.\n";
}

std::string px_text() {
  return "What a px user should know:\n\n"
         "  px run -f q.pxl -o json    ->  pxq run q.pxl -o jsonl    (rows keep their types)\n"
         "  px run px/pod -- --pod x   ->  pxq run px/pod -- --pod x\n"
         "  px run -o csv              ->  -o csv: raw values, quoted by RFC 4180; two tables\n"
         "                                 into one CSV are refused\n\n"
         "pxq never turns strings into numbers, never rounds, exits 0 only when the result is\n"
         "proven whole, and connects to nothing but the server you name.\n";
}

}  // namespace

std::span<const HelpTopic> help_topics() {
  static constexpr HelpTopic kTopics[] = {
      {"formats", "output formats", formats_text},
      {"time", "times and limits", time_text},
      {"exit-codes", "what each exit code means", exit_codes_text},
      {"environment", "environment variables", environment_text},
      {"px", "from px to pxq", px_text},
  };
  return kTopics;
}

}  // namespace pxq
