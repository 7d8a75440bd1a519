#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "local/data/table_source.h"

namespace pxq::local {

class History;

/// A data set that lacks the state of a cluster, and whether somebody has asked for it.
struct StateGap {
  std::string note;  // what that means for a script, a sentence
  std::atomic<bool> met = false;
};

/// What a local Vizier runs scripts on: tables, and what time it is there. Safe to ask from several
/// queries at once.
struct DataSet {
  std::string name;  // as --local= names it
  TableSet tables;
  /// The moment of a query that starts now, Unix nanoseconds.
  std::function<int64_t()> now;
  /// What is known of the cluster at a moment; null: nothing, as on a machine without Kubernetes.
  std::function<std::shared_ptr<const ClusterState>(int64_t now_ns)> cluster = nullptr;
  /// Whether rows of the past can be asked for; else all rows are of the moment of asking.
  bool has_past = false;
  bool is_stored = false;  // in a file, whose rows stay as they are
  bool goes_on = false;    // rows are added as time passes
  /// What somebody who uses it must know, a sentence each.
  std::vector<std::string> notes = {};
  /// From when to when there are rows; moments beyond it cannot be asked for. None: not known.
  std::optional<TimeWindow> span = {};
  std::shared_ptr<StateGap> gap = nullptr;  // null: the state is known, or there is no cluster
  /// Of tables that are read at the moment of asking: what is kept of them; null: there are none.
  std::shared_ptr<History> history = nullptr;
};

/// A kind of data set, one line of sources.def.
struct DataSource {
  std::string_view name;
  std::string_view description;
  /// `options` is what follows the name and its comma. kUsage for what it does not understand.
  Result<DataSet> (*open)(std::string_view options);
};

const std::vector<DataSource>& data_sources();

/// A kind of file that holds a data set, known by its ending; a line of sources.def.
struct StoredSource {
  std::string_view ending;  // with its dot
  std::string_view description;
  /// kUsage and kIncomplete for what is no such file or a torn one, kLimit for what is too large.
  Result<DataSet> (*open)(const std::string& path);
};

const std::vector<StoredSource>& stored_sources();

/// Whether a word that stands alone can only mean a data set: it is the name of a source, with or
/// without options, or has the ending of a file that holds one.
bool names_data_set(std::string_view word);

/// Opens what `--local=TEXT` names: NAME, NAME,options, or a path: a text with a dot or a slash.
/// `at_ns` is what time it shall be there; without it, it is the end of what is stored. An unknown
/// name, and a moment that the source does not have, are kUsage.
Result<DataSet> open_data_set(std::string_view text, std::optional<int64_t> at_ns = std::nullopt);

}  // namespace pxq::local
