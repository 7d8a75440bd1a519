#include "options/export_options.h"

#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>
#include <string>

#include "text/duration.h"

namespace pxq {
namespace {

// `pxq jobs` is given names, and would take this one for a flag.
std::string refuse_dashed(const std::string& name) {
  return name.starts_with('-') ? "the name of a job begins with no dash" : "";
}

}  // namespace

void ExportOptions::declare(CLI::App& app) {
  app.add_option("--lag", lag, "leave the youngest rows to the next run (default 30s)")
      ->type_name("TIME")
      ->group("Export");
  app.add_option("--overlap", overlap, "how late a row may arrive and not be missed (default 60s)")
      ->type_name("TIME")
      ->group("Export");
  app.add_option("--align", align,
                 "windows end on multiples of it, as a script that counts by time wants")
      ->type_name("TIME")
      ->group("Export");
  app.add_option("--dedup", dedup,
                 "off: rows that may have been exported are exported again (default on)")
      ->check(CLI::IsMember({"on", "off"}))
      ->type_name("on|off")
      ->group("Export");
  app.add_option("--state", state, "where to keep how far it is (default $XDG_STATE_HOME/pxq)")
      ->type_name("DIR")
      ->group("Export");
  app.add_option("--job", job,
                 "a name for what is exported (default: of script, arguments, target and --to)")
      ->check(refuse_dashed)
      ->type_name("NAME")
      ->group("Export");
  app.add_option("--if-locked", if_locked, "while another run of the job works: skip or wait")
      ->check(CLI::IsMember({"skip", "wait"}))
      ->type_name("WHAT")
      ->group("Export");
  app.add_option("--keep", keep, "remove files of this job whose rows are all older")
      ->type_name("TIME")
      ->group("Export");
  app.add_option("--snapshot", snapshot,
                 "in place of a script and --to: all tables and the state of the cluster, a "
                 ".pxsnap file for each window")
      ->type_name("DIR")
      ->group("Export");
  app.add_flag("--without-bodies", without_bodies,
               "with --snapshot: bodies and headers of requests stay empty")
      ->group("Export");
  app.add_flag("--redact", redact,
               "with --snapshot: e-mail addresses, cards and the like made unknown")
      ->group("Export");
  app.add_flag("--backfill", backfill,
               "export what the job never asked for, from --start to --end (default now)")
      ->group("Export");
  app.add_flag("--dry-run", dry_run,
               "say the window, the state and the paths, and ask the cluster nothing")
      ->group("Export");
  app.add_flag("--check", check, "say whether the script can be exported exactly, and run nothing")
      ->group("Export");
  app.add_flag("--strict", strict, "exit 11 when rows were gone before they could be exported")
      ->group("Run");
}

Result<int64_t> ExportOptions::keep_ns() const {
  if (keep.empty()) return int64_t{0};
  const Result<int64_t> kept = parse_duration(keep, "--keep");
  if (!kept.ok() || *kept > 0) return kept;
  return Status(Code::kUsage, "--keep 0 would remove what the run itself exports",
                "such as --keep 30d; without it files stay for ever");
}

Result<WindowOptions> ExportOptions::window(int64_t now_ns) const {
  const Result<int64_t> lag_ns = parse_duration(lag, "--lag");
  if (!lag_ns.ok()) return lag_ns.status();
  const Result<int64_t> overlap_ns = parse_duration(overlap, "--overlap");
  if (!overlap_ns.ok()) return overlap_ns.status();
  const Result<int64_t> align_ns = parse_duration(align, "--align");
  if (!align_ns.ok()) return align_ns.status();
  return WindowOptions{.now_ns = now_ns,
                       .lag = Duration(*lag_ns),
                       .overlap = Duration(*overlap_ns),
                       .align = Duration(*align_ns),
                       .dedup = dedup == "on"};
}

}  // namespace pxq
