#include "model/schema.h"

namespace pxq {

std::string_view data_type_name(DataType type) {
  switch (type) {
    case DataType::kBoolean: return "BOOLEAN";
    case DataType::kInt64: return "INT64";
    case DataType::kUint128: return "UINT128";
    case DataType::kFloat64: return "FLOAT64";
    case DataType::kString: return "STRING";
    case DataType::kTime64Ns: return "TIME64NS";
    case DataType::kUnknown: break;
  }
  return "UNKNOWN";
}

std::string_view semantic_type_name(SemanticType type) {
  switch (type) {
    case SemanticType::kTimeNs: return "TIME_NS";
    case SemanticType::kAgentUid: return "AGENT_UID";
    case SemanticType::kAsid: return "ASID";
    case SemanticType::kUpid: return "UPID";
    case SemanticType::kServiceName: return "SERVICE_NAME";
    case SemanticType::kPodName: return "POD_NAME";
    case SemanticType::kPodPhase: return "POD_PHASE";
    case SemanticType::kPodStatus: return "POD_STATUS";
    case SemanticType::kNodeName: return "NODE_NAME";
    case SemanticType::kContainerName: return "CONTAINER_NAME";
    case SemanticType::kContainerState: return "CONTAINER_STATE";
    case SemanticType::kContainerStatus: return "CONTAINER_STATUS";
    case SemanticType::kNamespaceName: return "NAMESPACE_NAME";
    case SemanticType::kBytes: return "BYTES";
    case SemanticType::kPercent: return "PERCENT";
    case SemanticType::kDurationNs: return "DURATION_NS";
    case SemanticType::kThroughputPerNs: return "THROUGHPUT_PER_NS";
    case SemanticType::kThroughputBytesPerNs: return "THROUGHPUT_BYTES_PER_NS";
    case SemanticType::kQuantiles: return "QUANTILES";
    case SemanticType::kDurationNsQuantiles: return "DURATION_NS_QUANTILES";
    case SemanticType::kIpAddress: return "IP_ADDRESS";
    case SemanticType::kPort: return "PORT";
    case SemanticType::kHttpReqMethod: return "HTTP_REQ_METHOD";
    case SemanticType::kHttpRespStatus: return "HTTP_RESP_STATUS";
    case SemanticType::kHttpRespMessage: return "HTTP_RESP_MESSAGE";
    case SemanticType::kScriptReference: return "SCRIPT_REFERENCE";
    case SemanticType::kUnspecified:
    case SemanticType::kNone: break;
  }
  return "NONE";
}

}  // namespace pxq
