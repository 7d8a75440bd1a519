#pragma once

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
};

/// A kind of data set, one line of sources.def.
struct DataSource {
  std::string_view name;
  std::string_view description;
  /// `options` is what follows the name and its comma. kUsage for what it does not understand.
  Result<DataSet> (*open)(std::string_view options);
};

const std::vector<DataSource>& data_sources();

/// Opens what `--local=TEXT` names: NAME or NAME,options. `at_ns` is what time it shall be there.
/// An unknown name, and a moment for a source without a past, are kUsage.
Result<DataSet> open_data_set(std::string_view text, std::optional<int64_t> at_ns = std::nullopt);

}  // namespace pxq::local
