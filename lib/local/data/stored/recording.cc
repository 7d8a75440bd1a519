#include <fmt/format.h>

#include <utility>

#include "local/data/stored/held_table.h"
#include "local/data/stored/stored.h"
#include "text/shell_word.h"
#include "wire/recording_reader.h"
#include "wire/replay.h"

namespace pxq::local {
namespace {

Status too_large(const std::string& path, const Status& status) {
  return {Code::kLimit, fmt::format("{}: {}", path, status.message()),
          fmt::format("`pxq replay {} -o FILE` writes it as a file", shell_word(path))};
}

/// Of a run that ended before its tables did.
std::string note_of(const std::string& path, const Status& end) {
  return fmt::format("{}: the recorded run is INCOMPLETE: {}", path, end.message());
}

}  // namespace

Result<DataSet> open_recording(const std::string& path) {
  auto recording = wire::RecordingReader::open(path, {});
  if (!recording.ok()) return recording.status();
  TableKeeper keeper;
  const Summary summary = wire::replay(**recording, {}, keeper);
  if (!keeper.status().ok()) return too_large(path, keeper.status());
  if (!summary.status.ok() && summary.tables.empty()) {
    return Status(Code::kUsage,
                  fmt::format("{} holds no tables: {}", path, summary.status.message()),
                  fmt::format("`pxq replay {}` tells how its run ended", shell_word(path)));
  }
  DataSet data;
  if (!summary.status.ok()) data.notes.push_back(note_of(path, summary.status));
  data.span = std::move(keeper).add_to(data.tables, "a table of the recorded run");
  // Without times in any row the only moment that is known is that of the run.
  const int64_t started = (*recording)->header().started_unix_ns;
  const int64_t now = data.span ? data.span->end_ns : started;
  data.now = [now] { return now; };
  data.has_past = data.span.has_value();
  be_without_state("a recording", data);
  return data;
}

}  // namespace pxq::local
