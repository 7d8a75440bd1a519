#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pxq {

/// Pixie's column types; the numbers are those of vizierpb.DataType.
enum class DataType : int32_t {
  kUnknown = 0,
  kBoolean = 1,
  kInt64 = 2,
  kUint128 = 3,
  kFloat64 = 4,
  kString = 5,
  kTime64Ns = 6,
};

/// What a column's values mean; the numbers are those of vizierpb.SemanticType. A newer server may
/// send numbers that are not listed: they are kept and treated as kNone.
enum class SemanticType : int32_t {
  kUnspecified = 0,
  kNone = 1,
  kTimeNs = 2,
  kAgentUid = 100,
  kAsid = 101,
  kUpid = 200,
  kServiceName = 300,
  kPodName = 400,
  kPodPhase = 401,
  kPodStatus = 402,
  kNodeName = 500,
  kContainerName = 600,
  kContainerState = 601,
  kContainerStatus = 602,
  kNamespaceName = 700,
  kBytes = 800,
  kPercent = 900,
  kDurationNs = 901,
  kThroughputPerNs = 902,
  kThroughputBytesPerNs = 903,
  kQuantiles = 1000,
  kDurationNsQuantiles = 1001,
  kIpAddress = 1100,
  kPort = 1200,
  kHttpReqMethod = 1300,
  kHttpRespStatus = 1400,
  kHttpRespMessage = 1500,
  kScriptReference = 3000,
};

/// Pixie's spelling: BOOLEAN, INT64, UINT128, FLOAT64, STRING, TIME64NS, or UNKNOWN.
std::string_view data_type_name(DataType type);

/// Pixie's spelling without the prefix: DURATION_NS, BYTES ...; NONE for numbers not listed.
std::string_view semantic_type_name(SemanticType type);

/// One column of a relation. The name is raw bytes from the server and need not be UTF-8.
struct ColumnInfo {
  std::string name;
  DataType type = DataType::kUnknown;
  SemanticType semantic = SemanticType::kNone;
  std::string description;

  bool operator==(const ColumnInfo&) const = default;
};

/// A table as the server announced it: its relation, its name (raw bytes, not unique) and the id
/// that its batches carry.
struct Schema {
  std::string name;
  std::string id;
  std::vector<ColumnInfo> columns;

  bool operator==(const Schema&) const = default;
};

}  // namespace pxq
