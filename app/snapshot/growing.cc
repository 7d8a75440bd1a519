#include "snapshot/growing.h"

#include <string_view>
#include <utility>

#include "base/wall_clock.h"
#include "format/format.h"
#include "snapshot/rows.h"
#include "snapshot/state.h"
#include "snapshot/tables.h"

namespace pxq {
namespace {

const Format kSegmentFormat = {.name = "pxsnap",
                               .extension = "pxsnap",
                               .description = "a snapshot of a window",
                               .form = Format::Form::kBinary,
                               .make = nullptr};

/// The directory's own braces are no placeholders, but for {cluster}, of which there may be
/// several.
std::string escaped(std::string_view text) {
  constexpr std::string_view kCluster = "{cluster}";
  std::string plain;
  while (!text.empty()) {
    if (text.starts_with(kCluster)) {
      plain.append(kCluster);
      text.remove_prefix(kCluster.size());
      continue;
    }
    const char byte = text.front();
    plain.append(byte == '{' || byte == '}' ? 2 : 1, byte);
    text.remove_prefix(1);
  }
  return plain;
}

}  // namespace

Result<OutputPlan> GrowingSnapshot::plan(const std::vector<std::string>& tables) const {
  std::string directory = directory_;
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  Result<PathTemplate> path = PathTemplate::parse(escaped(directory) + "/{start}.pxsnap");
  if (!path.ok()) return path.status();
  OutputPlan plan;
  plan.kind = &kFilesOutput;
  plan.format = &kSegmentFormat;
  plan.path = *std::move(path);
  plan.selection.tables = tables;
  plan.own_sink = [notes = notes_](const RunIdentity& run, Output& output) {
    return make_segment_sink(*notes, run, output);
  };
  return plan;
}

Script GrowingSnapshot::script() {
  Script script;
  script.name = "snapshot";
  script.source = "<snapshot>";
  script.text = "import px\n";
  return script;
}

Result<std::string> GrowingSnapshot::ask_script(const Connection& connection,
                                                const std::vector<std::string>& wanted) {
  Result<KeptTables> kept = find_kept_tables(connection, wanted, "-t");
  if (!kept.ok()) return kept.status();
  tables_ = std::move(kept->tables);
  contents_.pxq_version = PXQ_VERSION;
  contents_.cluster = connection.cluster.empty() ? connection.peer.address : connection.cluster;
  contents_.lacking = std::move(kept->lacking);
  contents_.without_bodies = discretion_.without_bodies;
  contents_.redacted = discretion_.redact;
  return window_script(tables_, discretion_);
}

Status GrowingSnapshot::prepare(const Connection& connection, const Window& window) {
  auto notes = std::make_shared<SegmentNotes>();
  notes->contents = contents_;
  notes->contents.taken_ns = wall_clock_ns();
  Result<Agents> agents = ask_agents(connection);
  if (!agents.ok()) return agents.status();
  const Slice slice{window.query_start_ns, window.end_ns};
  Result<local::ClusterParts> state =
      ask_state(connection, tables_, slice, std::move(agents->nodes), notes->contents.unanswered);
  if (!state.ok()) return state.status();
  notes->state = *std::move(state);
  const Result<Oldest> oldest = ask_oldest(connection, tables_, window.start_ns);
  if (!oldest.ok()) return oldest.status();
  for (const CatalogueTable& table : tables_) {
    local::snapshot::Table known{
        .name = table.name, .description = table.description, .columns = {}};
    const auto found = oldest->find(table.name);
    const bool lacks = found != oldest->end() && window.start_ns > 0 &&
                       found->second > window.start_ns && found->second < window.end_ns;
    if (lacks) known.evicted_before_ns = found->second;
    notes->contents.tables.push_back(std::move(known));
  }
  *notes_ = std::move(notes);
  return {};
}

}  // namespace pxq
