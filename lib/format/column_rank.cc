#include "format/column_rank.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace pxq {
namespace {

std::optional<ColumnRank> by_semantic(SemanticType semantic) {
  switch (semantic) {
    case SemanticType::kServiceName:
    case SemanticType::kPodName:
    case SemanticType::kNodeName:
    case SemanticType::kContainerName:
    case SemanticType::kNamespaceName: return ColumnRank::kName;
    case SemanticType::kHttpReqMethod: return ColumnRank::kOperation;
    case SemanticType::kHttpRespStatus:
    case SemanticType::kPodPhase:
    case SemanticType::kPodStatus:
    case SemanticType::kContainerState:
    case SemanticType::kContainerStatus: return ColumnRank::kStatus;
    case SemanticType::kDurationNs:
    case SemanticType::kQuantiles:
    case SemanticType::kDurationNsQuantiles: return ColumnRank::kDuration;
    case SemanticType::kTimeNs: return ColumnRank::kTime;
    case SemanticType::kPercent:
    case SemanticType::kThroughputPerNs:
    case SemanticType::kThroughputBytesPerNs: return ColumnRank::kCount;
    case SemanticType::kBytes: return ColumnRank::kSize;
    case SemanticType::kIpAddress:
    case SemanticType::kPort: return ColumnRank::kEndpoint;
    case SemanticType::kUpid:
    case SemanticType::kAgentUid:
    case SemanticType::kAsid: return ColumnRank::kIdentity;
    default: return std::nullopt;
  }
}

template <size_t size>
bool is_one_of(std::string_view name, const std::array<std::string_view, size>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool holds(std::string_view name, std::string_view part) {
  return name.find(part) != std::string_view::npos;
}

// Scripts lose semantic types easily, and hold on to the names of the tables they read.
ColumnRank by_name(std::string_view name) {
  static constexpr std::array<std::string_view, 14> kNames = {
      "service",   "pod",       "namespace", "node",        "container", "cmdline", "name",
      "requestor", "responder", "source",    "destination", "src",       "dst",     "client"};
  static constexpr std::array<std::string_view, 13> kOperations = {
      "req_method", "method", "req_path", "path",    "endpoint", "req_cmd", "cmd",
      "req_op",     "query",  "req",      "command", "topic",    "request"};
  static constexpr std::array<std::string_view, 8> kStates = {
      "resp_status", "status",     "error", "error_code",
      "resp_code",   "resp_error", "state", "exit_code"};
  if (holds(name, "headers") || holds(name, "body") || holds(name, "content_type")) {
    return ColumnRank::kBulk;
  }
  if (is_one_of(name, kOperations)) return ColumnRank::kOperation;
  if (is_one_of(name, kStates)) return ColumnRank::kStatus;
  if (is_one_of(name, kNames)) return ColumnRank::kName;
  if (name.starts_with("latency") || holds(name, "duration")) return ColumnRank::kDuration;
  // Not pid: it is short, and what people know a process by.
  if (name.ends_with("_id") || name == "upid" || name == "asid") {
    return ColumnRank::kIdentity;
  }
  if (holds(name, "_addr") || holds(name, "_port")) return ColumnRank::kEndpoint;
  if (holds(name, "bytes") || holds(name, "_size")) return ColumnRank::kSize;
  return ColumnRank::kText;
}

}  // namespace

ColumnRank column_rank(const ColumnInfo& column) {
  if (column.type == DataType::kTime64Ns) return ColumnRank::kTime;
  if (const auto rank = by_semantic(column.semantic)) return *rank;
  if (column.type == DataType::kUint128) return ColumnRank::kIdentity;
  const ColumnRank rank = by_name(column.name);
  const bool is_number = column.type == DataType::kInt64 || column.type == DataType::kFloat64;
  return rank == ColumnRank::kText && is_number ? ColumnRank::kCount : rank;
}

}  // namespace pxq
