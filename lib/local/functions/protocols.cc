#include <algorithm>
#include <span>

#include "local/functions/families.h"
#include "local/functions/kernel.h"

namespace pxq::local {
namespace {

// Names of the protocols' numbers, as Pixie spells them. Sorted by number.
struct Name {
  int64_t number;
  std::string_view text;
};

constexpr Name kProtocols[] = {
    {0, "Unknown"}, {1, "HTTP"}, {2, "HTTP2"}, {3, "MySQL"}, {4, "CQL"},
    {5, "PGSQL"},   {6, "DNS"},  {7, "Redis"}, {8, "NATS"},  {9, "Mongo"},
    {10, "Kafka"},  {11, "Mux"}, {12, "AMQP"}, {13, "TLS"},
};

constexpr Name kHttpResponses[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {102, "Processing"},
    {103, "Early Hints"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {208, "Already Reported"},
    {226, "IM Used"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {305, "Use Proxy"},
    {306, "(Unused)"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Payload Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Entity"},
    {423, "Locked"},
    {424, "Failed Dependency"},
    {425, "Too Early"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {506, "Variant Also Negotiates"},
    {507, "Insufficient Storage"},
    {508, "Loop Detected"},
    {510, "Not Extended"},
    {511, "Network Authentication Required"},
};

constexpr Name kKafkaKeys[] = {
    {0, "Produce"},
    {1, "Fetch"},
    {2, "ListOffsets"},
    {3, "Metadata"},
    {4, "LeaderAndIsr"},
    {5, "StopReplica"},
    {6, "UpdateMetadata"},
    {7, "ControlledShutdown"},
    {8, "OffsetCommit"},
    {9, "OffsetFetch"},
    {10, "FindCoordinator"},
    {11, "JoinGroup"},
    {12, "Heartbeat"},
    {13, "LeaveGroup"},
    {14, "SyncGroup"},
    {15, "DescribeGroups"},
    {16, "ListGroups"},
    {17, "SaslHandshake"},
    {18, "ApiVersions"},
    {19, "CreateTopics"},
    {20, "DeleteTopics"},
    {21, "DeleteRecords"},
    {22, "InitProducerId"},
    {23, "OffsetForLeaderEpoch"},
    {24, "AddPartitionsToTxn"},
    {25, "AddOffsetsToTxn"},
    {26, "EndTxn"},
    {27, "WriteTxnMarkers"},
    {28, "TxnOffsetCommit"},
    {29, "DescribeAcls"},
    {30, "CreateAcls"},
    {31, "DeleteAcls"},
    {32, "DescribeConfigs"},
    {33, "AlterConfigs"},
    {34, "AlterReplicaLogDirs"},
    {35, "DescribeLogDirs"},
    {36, "SaslAuthenticate"},
    {37, "CreatePartitions"},
    {38, "CreateDelegationToken"},
    {39, "RenewDelegationToken"},
    {40, "ExpireDelegationToken"},
    {41, "DescribeDelegationToken"},
    {42, "DeleteGroups"},
    {43, "ElectLeaders"},
    {44, "IncrementalAlterConfigs"},
    {45, "AlterPartitionReassignments"},
    {46, "ListPartitionReassignments"},
    {47, "OffsetDelete"},
    {48, "DescribeClientQuotas"},
    {49, "AlterClientQuotas"},
    {50, "DescribeUserScramCredentials"},
    {51, "AlterUserScramCredentials"},
    {56, "AlterIsr"},
    {57, "UpdateFeatures"},
    {60, "DescribeCluster"},
    {61, "DescribeProducers"},
};

constexpr Name kCqlOpcodes[] = {
    {0, "Error"},   {1, "Startup"},        {2, "Ready"},         {3, "Authenticate"},
    {5, "Options"}, {6, "Supported"},      {7, "Query"},         {8, "Result"},
    {9, "Prepare"}, {10, "Execute"},       {11, "Register"},     {12, "Event"},
    {13, "Batch"},  {14, "AuthChallenge"}, {15, "AuthResponse"}, {16, "AuthSuccess"},
};

constexpr Name kMysqlCommands[] = {
    {0, "Sleep"},
    {1, "Quit"},
    {2, "InitDB"},
    {3, "Query"},
    {4, "FieldList"},
    {5, "CreateDB"},
    {6, "DropDB"},
    {7, "Refresh"},
    {8, "Shutdown"},
    {9, "Statistics"},
    {10, "ProcessInfo"},
    {11, "Connect"},
    {12, "ProcessKill"},
    {13, "Debug"},
    {14, "Ping"},
    {15, "Time"},
    {16, "DelayedInsert"},
    {17, "ChangeUser"},
    {18, "BinlogDump"},
    {19, "TableDump"},
    {20, "ConnectOut"},
    {21, "RegisterSlave"},
    {22, "StmtPrepare"},
    {23, "StmtExecute"},
    {24, "StmtSendLongData"},
    {25, "StmtClose"},
    {26, "StmtReset"},
    {27, "SetOption"},
    {28, "StmtFetch"},
    {29, "Daemon"},
    {30, "BinlogDumpGTID"},
    {31, "ResetConnection"},
};

constexpr Name kDnsCodes[] = {
    {0, "NOERROR"},  {1, "FORMERR"},    {2, "SERVFAIL"}, {3, "NXDOMAIN"},  {4, "NOTIMP"},
    {5, "REFUSED"},  {6, "YXDOMAIN"},   {7, "YXRRSET"},  {8, "NXRRSET"},   {9, "NOTAUTH"},
    {10, "NOTZONE"}, {11, "DSOTYPENI"}, {16, "BADVERS"}, {17, "BADKEY"},   {18, "BADTIME"},
    {19, "BADMODE"}, {20, "BADNAME"},   {21, "BADALG"},  {22, "BADTRUNC"}, {23, "BADCOOKIE"},
};

constexpr Name kMuxFrames[] = {
    {-128, "Rerr"},         {-68, "Rinit"},  {-66, "Rdiscarded"},
    {-65, "Rping"},         {-64, "Rdrain"}, {-62, "Tdiscarded (legacy)"},
    {-2, "Rdispatch"},      {-1, "Rreq"},    {1, "Treq"},
    {2, "Tdispatch"},       {64, "Tdrain"},  {65, "Tping"},
    {66, "Tdiscarded"},     {67, "Tlease"},  {68, "Tinit"},
    {127, "Rerr (legacy)"},
};

constexpr Name kAmqpFrames[] = {
    {1, "Frame method"}, {2, "Content Header"}, {3, "Content Body"}, {8, "Heartbeat"}};

constexpr Name kAmqpClasses[] = {
    {10, "Connection"}, {20, "Channel"}, {40, "Exchange"}, {50, "Queue"}, {60, "Basic"}, {90, "Tx"},
};

// 1000 * class + method.
constexpr Name kAmqpMethods[] = {
    {10010, "ConnectionStart"},    {10011, "ConnectionStart-ok"},
    {10020, "ConnectionSecure"},   {10021, "ConnectionSecure-ok"},
    {10030, "ConnectionTune"},     {10031, "ConnectionTune-ok"},
    {10040, "ConnectionOpen"},     {10041, "ConnectionOpen-ok"},
    {10050, "ConnectionClose"},    {10051, "ConnectionClose-ok"},
    {20010, "ChannelOpen"},        {20011, "ChannelOpen-ok"},
    {20020, "ChannelFlow"},        {20021, "ChannelFlow-ok"},
    {20040, "ChannelClose"},       {20041, "ChannelClose-ok"},
    {40010, "ExchangeDeclare"},    {40011, "ExchangeDeclare-ok"},
    {40020, "ExchangeDelete"},     {40021, "ExchangeDelete-ok"},
    {50010, "QueueDeclare"},       {50011, "QueueDeclare-ok"},
    {50020, "QueueBind"},          {50021, "QueueBind-ok"},
    {50030, "QueuePurge"},         {50031, "QueuePurge-ok"},
    {50040, "QueueDelete"},        {50041, "QueueDelete-ok"},
    {50050, "QueueUnbind"},        {50051, "QueueUnbind-ok"},
    {60010, "BasicQos"},           {60011, "BasicQos-ok"},
    {60020, "BasicConsume"},       {60021, "BasicConsume-ok"},
    {60030, "BasicCancel"},        {60031, "BasicCancel-ok"},
    {60040, "BasicPublish"},       {60050, "BasicReturn"},
    {60060, "BasicDeliver"},       {60070, "BasicGet"},
    {60071, "BasicGet-ok"},        {60072, "BasicGet-empty"},
    {60080, "BasicAck"},           {60090, "BasicReject"},
    {60100, "BasicRecover-async"}, {60110, "BasicRecover"},
    {60111, "BasicRecover-ok"},    {90010, "TxSelect"},
    {90011, "TxSelect-ok"},        {90020, "TxCommit"},
    {90021, "TxCommit-ok"},        {90030, "TxRollback"},
    {90031, "TxRollback-ok"},
};

constexpr Name kGrpcCodes[] = {
    {0, "OK"},
    {1, "CANCELLED"},
    {2, "UNKNOWN"},
    {3, "INVALID_ARGUMENT"},
    {4, "DEADLINE_EXCEEDED"},
    {5, "NOT_FOUND"},
    {6, "ALREADY_EXISTS"},
    {7, "PERMISSION_DENIED"},
    {8, "RESOURCE_EXHAUSTED"},
    {9, "FAILED_PRECONDITION"},
    {10, "ABORTED"},
    {11, "OUT_OF_RANGE"},
    {12, "UNIMPLEMENTED"},
    {13, "INTERNAL"},
    {14, "UNAVAILABLE"},
    {15, "DATA_LOSS"},
    {16, "UNAUTHENTICATED"},
};

// Empty for a number that has no name.
std::string_view find_name(std::span<const Name> names, int64_t number) {
  const auto name = std::ranges::lower_bound(names, number, {}, &Name::number);
  return name != names.end() && name->number == number ? name->text : std::string_view();
}

// What stands for a number without a name: `prefix`, the number, `suffix`.
struct Otherwise {
  const char* prefix = "";
  bool with_number = true;
  const char* suffix = "";
};
constexpr Otherwise kNumber;
constexpr Otherwise kInvalid{"Invalid (", true, ")"};
constexpr Otherwise kUnknown{"Unknown (", true, ")"};
constexpr Otherwise kUnassigned{"Unassigned", false, ""};
constexpr Otherwise kUnknownCode{"unknown code", false, ""};

template <const auto& kNames, const Otherwise& kOtherwise>
std::string_view name_of(int64_t number, FunctionContext& context) {
  static_assert(std::ranges::is_sorted(kNames, {}, &Name::number));
  const std::string_view name = find_name(kNames, number);
  if (!name.empty()) return name;
  if (!kOtherwise.with_number) return kOtherwise.prefix;
  return context.strings->keep(kOtherwise.prefix + std::to_string(number) + kOtherwise.suffix);
}

// A class without a method is a frame that the protocol has no method for.
std::string_view amqp_method_name(int64_t class_id, int64_t method_id) {
  constexpr std::string_view kNone = "Unknown";
  if (class_id < 0 || class_id > 99 || method_id < 0 || method_id > 999) return kNone;
  const std::string_view name = class_id != 0 && method_id == 0
                                    ? find_name(kAmqpClasses, class_id)
                                    : find_name(kAmqpMethods, class_id * 1000 + method_id);
  return name.empty() ? kNone : name;
}

template <const auto& kNames, const Otherwise& kOtherwise>
ScalarFunction names(std::string_view function) {
  return scalar<name_of<kNames, kOtherwise>, int64_t>(function);
}

}  // namespace

std::vector<ScalarFunction> protocol_functions() {
  return {
      names<kProtocols, kInvalid>("protocol_name"),
      names<kHttpResponses, kUnassigned>("http_resp_message"),
      names<kKafkaKeys, kNumber>("kafka_api_key_name"),
      names<kMysqlCommands, kNumber>("mysql_command_name"),
      names<kCqlOpcodes, kNumber>("cql_opcode_name"),
      names<kAmqpFrames, kNumber>("amqp_frame_type_name"),
      scalar<amqp_method_name, int64_t, int64_t>("amqp_method_name"),
      names<kMuxFrames, kUnknown>("mux_frame_type_name"),
      names<kDnsCodes, kNumber>("dns_rcode_name"),
      names<kGrpcCodes, kUnknownCode>("grpc_status_code_to_str"),
  };
}

}  // namespace pxq::local
