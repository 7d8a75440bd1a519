#include "local/data/listers.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "local/data/catalogue.h"
#include "local/data/row_builder.h"
#include "local/data/sampled_table.h"
#include "local/functions/function.h"

namespace pxq::local {
namespace {

/// Fills the rows of one lister.
using Fill = std::function<void(RowBuilder& rows, FunctionContext& context)>;

class Lister final : public SampledTable {
 public:
  Lister(std::string name, Fill fill) : name_(std::move(name)), fill_(std::move(fill)) {}

  std::string_view name() const override { return name_; }
  std::string_view description() const override { return catalogue_description(name_); }
  const std::vector<ColumnInfo>& relation() const override { return catalogue_relation(name_); }

 private:
  Result<RowBatch> sample(FunctionContext& context) const override {
    RowBuilder rows(relation());
    if (fill_ != nullptr) fill_(rows, context);
    return std::move(rows).finish();
  }

  const std::string name_;
  const Fill fill_;
};

/// What a table tells of itself, kept here because the table's owner moves.
struct TableCard {
  std::string name;
  std::string description;
  std::vector<ColumnInfo> columns;
};

using TableCards = std::shared_ptr<const std::vector<TableCard>>;

TableCards cards_of(const TableSet& tables) {
  std::vector<TableCard> cards;
  for (const auto& table : tables.all()) {
    cards.push_back(
        {std::string(table->name()), std::string(table->description()), table->relation()});
  }
  // The same order whatever order the data set keeps them in.
  std::ranges::sort(cards, {}, &TableCard::name);
  return std::make_shared<const std::vector<TableCard>>(std::move(cards));
}

template <size_t kCount>
bool is_among(const std::array<std::string_view, kCount>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

/// How Pixie's collectors use a column.
std::string_view pattern_of(std::string_view column) {
  static constexpr auto kCounters = std::to_array<std::string_view>(
      {"time_",       "young_gc_time", "full_gc_time", "rx_bytes",     "rx_packets",
       "rx_errors",   "rx_drops",      "tx_bytes",     "tx_packets",   "tx_errors",
       "tx_drops",    "major_faults",  "minor_faults", "cpu_utime_ns", "cpu_ktime_ns",
       "rchar_bytes", "wchar_bytes",   "read_bytes",   "write_bytes",  "conn_open",
       "conn_close",  "bytes_sent",    "bytes_recv",   "tx",           "rx",
       "retransmits"});
  static constexpr auto kGauges = std::to_array<std::string_view>(
      {"used_heap_size", "total_heap_size", "max_heap_size", "count", "num_threads", "vsize_bytes",
       "rss_bytes", "latency", "conn_active", "body_size", "req_body_size", "resp_body_size"});
  static constexpr auto kChoices = std::to_array<std::string_view>(
      {"trace_role", "encrypted", "ssl", "addr_family", "protocol", "major_version",
       "minor_version", "content_type", "req_method", "resp_status", "req_op", "resp_op"});
  if (is_among(kCounters, column)) return "METRIC_COUNTER";
  if (is_among(kGauges, column)) return "METRIC_GAUGE";
  return is_among(kChoices, column) ? "GENERAL_ENUM" : "GENERAL";
}

void list_tables(const TableCards& tables, RowBuilder& rows, FunctionContext& context) {
  for (const TableCard& table : *tables) {
    rows.add(context.strings->keep(table.name)).add(context.strings->keep(table.description));
  }
}

void list_columns(const TableCards& tables, RowBuilder& rows, FunctionContext& context) {
  for (const TableCard& table : *tables) {
    for (const ColumnInfo& column : table.columns) {
      rows.add(context.strings->keep(table.name)).add(context.strings->keep(column.name));
      rows.add(std::string_view(data_type_name(column.type))).add(pattern_of(column.name));
      rows.add(context.strings->keep(column.description));
    }
  }
}

std::string type_array(std::span<const DataType> types) {
  std::string json = "{\"args\":[";
  for (const DataType type : types) {
    json += fmt::format("{}\"{}\"", json.back() == '[' ? "" : ",", data_type_name(type));
  }
  return json + "]}";
}

void list_scalars(RowBuilder& rows, FunctionContext& context) {
  for (const ScalarFunction& function : scalar_functions()) {
    rows.add(function.name).add(std::string_view(data_type_name(function.result)));
    rows.add(context.strings->keep(type_array(function.arguments)));
  }
}

void list_aggregates(RowBuilder& rows, FunctionContext& context) {
  for (const AggregateFunction& function : aggregate_functions()) {
    rows.add(function.name).add(std::string_view(data_type_name(function.result)));
    rows.add(context.strings->keep(type_array({&function.argument, 1})));
  }
}

constexpr std::string_view kKelvinArgument =
    R"({"args":[{"name":"include_kelvin","type":"BOOLEAN","stype":"ST_NONE",)"
    R"("desc":"Whether to list Kelvin agents too"}]})";

void list_listers(RowBuilder& rows, FunctionContext& context) {
  const TableSet all = catalogue_tables();
  for (const auto& table : all.listers()) {
    if (!table->name().ends_with("()")) continue;  // the same with other arguments
    const std::string_view name = table->name().substr(3, table->name().size() - 5);
    const bool takes_kelvin = name == "GetAgentStatus" || name == "GetLinuxHeadersStatus";
    std::string relation = "{\"relation\":[";
    for (const ColumnInfo& column : table->relation()) {
      relation +=
          fmt::format(R"({}{{"name":"{}","type":"{}","ptype":"GENERAL","desc":""}})",
                      relation.back() == '[' ? "" : ",", column.name, data_type_name(column.type));
    }
    rows.add(context.strings->keep(name)).add(std::string_view("UDTF_ONE_KELVIN"));
    rows.add(takes_kelvin ? kKelvinArgument : std::string_view(R"({"args":[]})"));
    rows.add(context.strings->keep(relation + "]}"));
  }
}

/// The agents of the cluster, or the one that a machine without a cluster is for itself.
std::vector<Node> agents(const FunctionContext& context, bool with_kelvin) {
  std::vector<Node> nodes;
  for (const Node& node : context.state_or_here().parts().nodes) {
    if (node.is_agent && (with_kelvin || !node.is_kelvin)) nodes.push_back(node);
  }
  const ClusterParts& parts = context.state_or_here().parts();
  if (!parts.nodes.empty() || parts.is_elsewhere) return nodes;
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) name[0] = '\0';
  Node here;
  here.name = name.data();
  here.ip = "127.0.0.1";
  here.asid = context.asid;
  here.agent_id = {context.asid, 0};
  here.life.start_ns = context.now_ns;
  here.has_kernel_headers = access("/lib/modules", R_OK) == 0;
  return {here};
}

void list_agents(bool with_kelvin, RowBuilder& rows, FunctionContext& context) {
  // Agents report every five seconds, so the last word of each is younger than that.
  constexpr int64_t kBeat = 5'000'000'000;
  for (const Node& node : agents(context, with_kelvin)) {
    rows.add(node.agent_id).add(int64_t{node.asid}).add(context.strings->keep(node.name));
    rows.add(context.strings->keep(node.ip)).add(context.strings->keep(node.agent_state));
    rows.add(Time64{node.life.start_ns}).add((context.now_ns - node.life.start_ns) % kBeat);
    rows.add(static_cast<uint8_t>(node.has_kernel_headers));
  }
}

void list_headers(bool with_kelvin, RowBuilder& rows, FunctionContext& context) {
  for (const Node& node : agents(context, with_kelvin)) {
    rows.add(int64_t{node.asid}).add(static_cast<uint8_t>(node.has_kernel_headers));
  }
}

void list_sampling_periods(RowBuilder& rows, FunctionContext& context) {
  constexpr int64_t kPeriod = 11;  // Pixie's default; a Kelvin has no profiler
  for (const Node& node : agents(context, true)) {
    rows.add(int64_t{node.asid}).add(node.is_kelvin ? int64_t{0} : kPeriod);
  }
}

void tell_version(RowBuilder& rows, FunctionContext& context) {
  const std::string& version = context.state_or_here().parts().vizier_version;
  rows.add(version.empty() ? std::string_view("local") : context.strings->keep(version));
}

}  // namespace

void add_listers(DataSet& data) {
  const auto add = [&data](std::string_view call, Fill fill) {
    data.tables.add_lister(std::make_unique<Lister>("px." + std::string(call), std::move(fill)));
  };
  const TableCards tables = cards_of(data.tables);
  using Rows = RowBuilder;
  using Context = FunctionContext;
  add("GetTables()",
      [tables](Rows& rows, Context& context) { list_tables(tables, rows, context); });
  add("GetSchemas()",
      [tables](Rows& rows, Context& context) { list_columns(tables, rows, context); });
  add("GetUDFList()", list_scalars);
  add("GetUDAList()", list_aggregates);
  add("GetUDTFList()", list_listers);
  for (const bool all : {true, false}) {
    const std::string arguments = all ? "()" : "(include_kelvin=False)";
    add("GetAgentStatus" + arguments,
        [all](Rows& rows, Context& context) { list_agents(all, rows, context); });
    add("GetLinuxHeadersStatus" + arguments,
        [all](Rows& rows, Context& context) { list_headers(all, rows, context); });
  }
  add("GetProfilerSamplingPeriodMS()", list_sampling_periods);
  add("Version()", tell_version);
  for (const char* empty :
       {"GetTracepointStatus()", "GetCronScriptHistory()", "_HeapGrowthStacks()"}) {
    add(empty, nullptr);
  }
}

}  // namespace pxq::local
