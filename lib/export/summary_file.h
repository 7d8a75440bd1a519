#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "export/window.h"
#include "file/file_set.h"
#include "report/table_facts.h"
#include "sink/summary.h"

namespace pxq {

/// All that --summary tells about a run. What the run has no word for stays empty and is left out
/// or null.
struct RunReport {
  std::string version;      // of pxq
  std::string command;      // run, export ...
  std::string script;       // how messages name it
  std::string script_hash;  // SHA-256 of its text, hex
  std::string target;       // address or cloud; never a key
  std::string cluster_id;   // of one of several clusters
  std::string error_name;   // internal, usage ... (exit_code.cc); empty on success
  Status verdict;           // of the run as a whole, exports and assertions included
  int exit_code = 0;
  int64_t started_ns = 0;  // Unix, by the wall clock
  int64_t finished_ns = 0;
  bool skips_empty = false;  // --skip-empty: tables without rows were not written
  bool committed = false;    // what the run wrote stays, however it ended afterwards
  Summary summary;
  std::map<std::string, TableFacts> facts;  // by table id
  std::vector<FileReport> files;
  std::vector<std::string> removed;  // files of earlier runs that are not kept any longer
  std::optional<Window> window;
  std::vector<WindowedTable> windowed;
  std::vector<Gap> gaps;
  std::vector<RunReport> clusters = {};   // where several were asked, each of its own
  std::optional<int64_t> clock_ahead_ns;  // the server's clock before this machine's
};

/// Makes `report` of a run's last round that of the whole run: what was written in rounds before,
/// each of a window of its own, is added.
void add_rounds(const RunReport& before, RunReport& report);

/// The JSON document; docs/summary.md lists its members, which are only ever added to. Save it with
/// FileOutput and `force`, so that a reader finds the old document or the new one.
std::string summary_text(const RunReport& report);

}  // namespace pxq
