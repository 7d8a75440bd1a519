#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "local/snapshot/format.h"
#include "model/schema.h"

namespace pxq::local::snapshot {

/// One table of a snapshot.
struct Table {
  std::string name;
  std::string description;
  std::vector<ColumnInfo> columns;
  /// The cluster had no rows before this moment, which lies in the window: they were evicted, or
  /// never there. Nothing: none is known to lack.
  std::optional<int64_t> evicted_before_ns = {};
  std::vector<Segment> segments = {};  // by time
};

/// What a snapshot says of itself and where its parts are. Fields are only ever added.
struct Contents {
  std::string pxq_version;
  std::string cluster;   // as users name it, or an address
  int64_t taken_ns = 0;  // when, by the clock of whoever took it
  int64_t start_ns = 0;  // rows from here
  int64_t end_ns = 0;    // to here, this moment included; what time it is in the snapshot
  bool without_bodies = false;
  bool redacted = false;
  std::vector<std::string> lacking = {};     // tables of Pixie's that the cluster does not have
  std::vector<std::string> unanswered = {};  // what it did not tell of its state
  std::vector<Table> tables = {};
  Block state = {};  // JSON (snapshot/state_text.h)
};

std::string to_json(const Contents& contents);

/// kIncomplete for what no pxq wrote.
Result<Contents> parse_contents(std::string_view json);

/// "whole", or since when there are rows.
std::string verdict_of(const Table& table);

}  // namespace pxq::local::snapshot
