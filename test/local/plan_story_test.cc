#include "local/plan_story.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

namespace pxq::local::test {
namespace {

struct Letter {
  std::string_view letter;
  DataType type;
};
constexpr Letter kLetters[] = {{"t", DataType::kTime64Ns}, {"i", DataType::kInt64},
                               {"s", DataType::kString},   {"b", DataType::kBoolean},
                               {"u", DataType::kUint128},  {"f", DataType::kFloat64}};

std::string_view letter_of(DataType type) {
  for (const Letter& entry : kLetters) {
    if (entry.type == type) return entry.letter;
  }
  return "?";
}

SemanticType semantic_named(std::string_view name) {
  for (const SemanticType type :
       {SemanticType::kUpid, SemanticType::kIpAddress, SemanticType::kPort, SemanticType::kBytes,
        SemanticType::kDurationNs, SemanticType::kHttpReqMethod, SemanticType::kHttpRespStatus,
        SemanticType::kHttpRespMessage}) {
    if (semantic_type_name(type) == name) return type;
  }
  return SemanticType::kNone;
}

std::vector<ColumnInfo> parse_columns(const std::string& text) {
  std::vector<ColumnInfo> columns;
  std::istringstream words(text);
  std::string name;
  std::string type;
  while (words >> name >> type) {
    ColumnInfo column;
    column.name = name;
    for (const Letter& entry : kLetters) {
      if (type.substr(0, 1) == entry.letter) column.type = entry.type;
    }
    column.semantic = type.size() > 2 ? semantic_named(type.substr(2)) : SemanticType::kNone;
    columns.push_back(column);
  }
  return columns;
}

class EmptyTable final : public TableSource {
 public:
  EmptyTable(std::string name, const std::string& columns)
      : name_(std::move(name)), relation_(parse_columns(columns)) {}

  std::string_view name() const override { return name_; }
  std::string_view description() const override { return {}; }
  const std::vector<ColumnInfo>& relation() const override { return relation_; }
  Status scan(const ScanRequest&, RowReceiver&) const override {
    return {Code::kInternal, "compiling never reads"};
  }

 private:
  std::string name_;
  std::vector<ColumnInfo> relation_;
};

const char* const kProtocol =
    "time_ t upid u/UPID remote_addr s/IP_ADDRESS remote_port i/PORT local_addr s/IP_ADDRESS "
    "local_port i/PORT trace_role i encrypted b ";

struct Shape {
  std::string operator()(const Operator::Source& source) const { return "source " + source.table; }
  std::string operator()(const Operator::Map&) const { return "map"; }
  std::string operator()(const Operator::Filter&) const { return "filter"; }
  std::string operator()(const Operator::Limit& limit) const {
    return fmt::format("limit {}", limit.rows);
  }
  std::string operator()(const Operator::Aggregate& aggregate) const {
    return aggregate.ungrouped ? "agg all" : fmt::format("agg {}", aggregate.groups.size());
  }
  std::string operator()(const Operator::Join&) const { return "join"; }
  std::string operator()(const Operator::Union& append) const {
    return append.time_column ? "union by time" : "union";
  }
};

std::string shape_of(const Operator& op) {
  std::string text = std::visit(Shape(), op.node);
  if (op.inputs.empty()) return text;
  std::string inputs;
  for (const OperatorPtr& input : op.inputs) {
    if (!inputs.empty()) inputs += ", ";
    inputs += shape_of(*input);
  }
  return text + " (" + inputs + ")";
}

}  // namespace

TableSet story_tables() {
  const std::string protocol = kProtocol;
  TableSet tables;
  const auto add = [&tables](const char* name, const std::string& columns) {
    tables.add(std::make_unique<EmptyTable>(name, columns));
  };
  add("http_events",
      protocol +
          "major_version i minor_version i content_type i req_headers s "
          "req_method s/HTTP_REQ_METHOD req_path s req_body s req_body_size i/BYTES "
          "resp_headers s resp_status i/HTTP_RESP_STATUS resp_message s/HTTP_RESP_MESSAGE "
          "resp_body s resp_body_size i/BYTES latency i/DURATION_NS");
  add("dns_events", protocol +
                        "req_header s req_body s resp_header s resp_body s "
                        "latency i/DURATION_NS");
  add("process_stats",
      "time_ t upid u/UPID major_faults i minor_faults i cpu_utime_ns i/DURATION_NS "
      "cpu_ktime_ns i/DURATION_NS num_threads i vsize_bytes i/BYTES rss_bytes i/BYTES "
      "rchar_bytes i/BYTES wchar_bytes i/BYTES read_bytes i/BYTES write_bytes i/BYTES");
  add("conn_stats",
      "time_ t upid u/UPID remote_addr s/IP_ADDRESS remote_port i/PORT trace_role i addr_family i "
      "protocol i ssl b conn_open i conn_close i conn_active i bytes_sent i/BYTES "
      "bytes_recv i/BYTES");
  add("network_stats",
      "time_ t pod_id s rx_bytes i/BYTES rx_packets i rx_errors i rx_drops i "
      "tx_bytes i/BYTES tx_packets i tx_errors i tx_drops i");
  return tables;
}

std::string columns_text(const std::vector<ColumnInfo>& columns) {
  std::string text;
  for (const ColumnInfo& column : columns) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}", column.name, letter_of(column.type));
    const std::string_view semantic = semantic_type_name(column.semantic);
    if (semantic != "NONE") text += fmt::format("/{}", semantic);
  }
  return text;
}

std::string Story::error() const {
  std::string text;
  for (const CompileError& error : result.errors) {
    if (!text.empty()) text += '\n';
    text += error.has_position ? fmt::format("{}:{} {}", error.line, error.column, error.message)
                               : "- " + error.message;
  }
  return text;
}

std::string Story::tables() const {
  std::string text;
  for (const Plan::Sink& sink : result.plan.sinks) {
    if (!text.empty()) text += ' ';
    text += sink.table;
  }
  return text;
}

const Operator* Story::op(std::string_view table) const {
  for (const Plan::Sink& sink : result.plan.sinks) {
    if (sink.table == table) return sink.input.get();
  }
  return nullptr;
}

std::string Story::columns(std::string_view table) const {
  const Operator* found = op(table);
  return found == nullptr ? "no such table; " + error() : columns_text(found->relation);
}

std::string Story::shape(std::string_view table) const {
  const Operator* found = op(table);
  return found == nullptr ? "no such table; " + error() : shape_of(*found);
}

Story compile_functions(std::string_view text, std::vector<FunctionCall> functions) {
  static const TableSet kTables = story_tables();
  CompileRequest request;
  request.text = text;
  request.functions = functions;
  request.now_ns = kNow;
  return {compile(request, kTables)};
}

Story compile_script(std::string_view text) { return compile_functions(text, {}); }

Story compile_line(std::string_view line) {
  return compile_script(fmt::format("import px\ndf = px.DataFrame('http_events')\n{}\n", line));
}

}  // namespace pxq::local::test
