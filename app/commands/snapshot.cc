#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/App.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/wall_clock.h"
#include "cli/command.h"
#include "connect/connection.h"
#include "file/atomic_file.h"
#include "local/snapshot/writer.h"
#include "options/talk_options.h"
#include "options/target_options.h"
#include "script/time_argument.h"
#include "snapshot/progress.h"
#include "snapshot/rows.h"
#include "snapshot/state.h"
#include "snapshot/tables.h"
#include "text/time_text.h"
#include "text/visible.h"

namespace pxq {
namespace {

/// Takes a cluster's tables and state home.
class SnapshotCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("-o,--output", path_, "the file to write")
        ->type_name("FILE.pxsnap")
        ->required()
        ->group("Output");
    app.add_flag("--force", force_, "replace a file that exists")->group("Output");
    app.add_option("--since", since_, "rows from then on (default 1h)")
        ->type_name("TIME")
        ->group("Rows");
    app.add_option("--end", end_, "rows up to then (default now)")
        ->type_name("TIME")
        ->group("Rows");
    app.add_option("--tables", tables_, "these tables only")
        ->type_name("NAME,NAME")
        ->delimiter(',')
        ->group("Rows");
    app.add_flag("--without-bodies", discretion_.without_bodies,
                 "bodies and headers of requests stay empty")
        ->group("Rows");
    app.add_flag("--redact", discretion_.redact,
                 "e-mail addresses, cards and the like made unknown")
        ->group("Rows");
    app.add_flag("--strict", strict_, "doubt is failure: exit 11 when rows were evicted")
        ->group("Run");
    target_.declare(app);
    talk_.declare(app);
  }

  Status run(Context& context) override {
    talk_.apply(context);
    if (!path_.ends_with(".pxsnap")) {
      return {Code::kUsage, fmt::format("-o {}: the name of a snapshot ends with .pxsnap", path_),
              "-o prod.pxsnap"};
    }
    if (target_.local == "host") {
      return {Code::kUsage, "this machine knows its present only: there is nothing to take home",
              "--local=demo has a past, and so has a cluster"};
    }
    FileOptions options;
    options.force = force_;
    options.temp_tag = "snapshot";
    options.stop = context.signals.token();
    options.exists_hint = "--force replaces it";
    Result<std::unique_ptr<FileOutput>> file = FileOutput::open(path_, options);
    if (!file.ok()) return file.status();
    Result<Connection> connection = open_connection(target_, context);
    if (!connection.ok()) return connection.status();
    if (Status status = check_cluster(*connection); !status.ok()) return status;
    SnapshotProgress progress(context, *connection->events);
    connection->run.events = &progress;
    local::snapshot::SnapshotWriter writer(**file);
    const Status taken = take(*connection, writer, progress, context);
    progress.finish(writer.contents());
    if (!taken.ok()) return taken;
    if (!(*file)->status().ok()) return (*file)->status();
    if (Status status = (*file)->save(); !status.ok()) return status;
    tell(writer.contents(), progress.elapsed(), context);
    return {};
  }

 private:
  // Rows alone have no clock, by which a snapshot has its window, and no state.
  static Status check_cluster(const Connection& connection) {
    if (connection.local == nullptr || connection.local->data().gap == nullptr) return {};
    const std::string name = visible(connection.local->data().name);
    return {Code::kUsage,
            fmt::format("{} holds rows, and neither the clock nor the state of a cluster that a "
                        "snapshot takes home",
                        name),
            fmt::format("scripts run on the rows as they are: `pxq run SCRIPT --local={}`", name)};
  }

  Status take(const Connection& connection, local::snapshot::SnapshotWriter& writer,
              SnapshotProgress& progress, Context& context) {
    progress.phase("asking which tables there are");
    Result<Agents> agents = ask_agents(connection);
    if (!agents.ok()) return agents.status();
    const Result<Slice> window = find_window(agents->now_ns);
    if (!window.ok()) return window.status();
    Result<KeptTables> kept = find_kept_tables(connection, tables_, "--tables");
    if (!kept.ok()) return kept.status();
    const std::vector<CatalogueTable>& tables = kept->tables;
    writer.contents().lacking = std::move(kept->lacking);
    describe(connection, *window, writer.contents());
    for (const CatalogueTable& table : tables) {
      const Result<size_t> number = writer.add_table(table.name, table.columns);
      if (!number.ok()) return number.status();
      writer.contents().tables[*number].description = table.description;
    }
    if (Status status = keep_rows(connection, tables, *window, writer, progress, context);
        !status.ok()) {
      return status;
    }
    progress.phase("asking for the state of the cluster");
    const Result<local::ClusterParts> state = ask_state(
        connection, tables, *window, std::move(agents->nodes), writer.contents().unanswered);
    if (!state.ok()) return state.status();
    writer.close(*state);
    return {};
  }

  Result<Slice> find_window(int64_t now_ns) const {
    const TimeReference reference{now_ns, {}};
    const Result<TimeArgument> start = parse_time(since_, reference, "--since");
    if (!start.ok()) return start.status();
    int64_t end_ns = now_ns;
    if (!end_.empty()) {
      const Result<TimeArgument> end = parse_time(end_, reference, "--end");
      if (!end.ok()) return end.status();
      end_ns = end->ns;
    }
    if (start->ns >= end_ns || end_ns > now_ns) {
      return Status(Code::kUsage,
                    fmt::format("no rows can be between {} and {}", rfc3339_text(start->ns),
                                rfc3339_text(end_ns)),
                    "--since is before --end, and neither is in the future");
    }
    return Slice{start->ns, end_ns};
  }

  void describe(const Connection& connection, const Slice& window,
                local::snapshot::Contents& contents) const {
    contents.pxq_version = PXQ_VERSION;
    contents.cluster = connection.cluster.empty() ? connection.peer.address : connection.cluster;
    contents.taken_ns = wall_clock_ns();
    contents.start_ns = window.start_ns;
    contents.end_ns = window.end_ns;
    contents.without_bodies = discretion_.without_bodies;
    contents.redacted = discretion_.redact;
  }

  Status keep_rows(const Connection& connection, const std::vector<CatalogueTable>& tables,
                   const Slice& window, local::snapshot::SnapshotWriter& writer,
                   SnapshotProgress& progress, Context& context) const {
    Status status = read_rows(connection, tables, window, discretion_, writer, progress);
    if (!status.ok()) return status;
    // What is asked last counts: rows may have gone while others were read.
    const Result<Oldest> oldest = ask_oldest(connection, tables, window.start_ns);
    if (!oldest.ok()) return oldest.status();
    for (local::snapshot::Table& table : writer.contents().tables) {
      const auto found = oldest->find(table.name);
      if (found == oldest->end() || found->second <= window.start_ns) continue;
      table.evicted_before_ns = found->second;
      const std::string text =
          fmt::format("{}: the cluster has no rows before {}, evicted or never there",
                      visible(table.name), rfc3339_text(found->second));
      if (strict_) return {Code::kLimit, text, "a shorter --since takes what is there"};
      context.console.warning(text);
    }
    return {};
  }

  void tell(const local::snapshot::Contents& contents, Duration taken, Context& context) const {
    uint64_t rows = 0;
    for (const auto& table : contents.tables) {
      for (const auto& segment : table.segments) rows += segment.rows;
    }
    if (!contents.lacking.empty()) {
      context.console.line(fmt::format("the cluster lacks {}", fmt::join(contents.lacking, ", ")));
    }
    if (!contents.unanswered.empty()) {
      context.console.warning(
          fmt::format("the cluster does not answer {}: what scripts ask of it is empty",
                      fmt::join(contents.unanswered, ", ")));
    }
    context.console.line(fmt::format("{}: {} rows of {} tables, {} to {}, in {:.1f} s; complete",
                                     path_, rows, contents.tables.size(),
                                     rfc3339_text(contents.start_ns), rfc3339_text(contents.end_ns),
                                     std::chrono::duration<double>(taken).count()));
  }

  std::string path_;
  bool force_ = false;
  std::string since_ = "1h";
  std::string end_;
  std::vector<std::string> tables_;
  Discretion discretion_;
  bool strict_ = false;
  TargetOptions target_;
  TalkOptions talk_;
};

}  // namespace

std::unique_ptr<Command> make_snapshot_command() { return std::make_unique<SnapshotCommand>(); }

}  // namespace pxq
