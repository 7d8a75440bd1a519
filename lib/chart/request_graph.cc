#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "chart/columns.h"
#include "chart/display.h"
#include "chart/edges.h"

namespace pxq::chart {
namespace {

constexpr std::string_view kName = "RequestGraph";

/// How the rows of one edge make one figure.
enum class Joining { kSum, kGreatest, kMean };

struct Measured {
  std::string_view field;
  std::string_view name;
  Joining joining;
};

// What a row says of its requests, in the order in which it is shown. Latencies of several rows
// cannot be added up: the worst stands for them.
constexpr std::array<Measured, 8> kMeasures{{
    {"requestsPerSecondColumn", "requests", Joining::kSum},
    {"errorRateColumn", "errors", Joining::kMean},
    {"p50Column", "p50", Joining::kGreatest},
    {"p90Column", "p90", Joining::kGreatest},
    {"p99Column", "p99", Joining::kGreatest},
    {"inboundBytesPerSecondColumn", "inbound", Joining::kSum},
    {"outboundBytesPerSecondColumn", "outbound", Joining::kSum},
    {"totalRequestCountColumn", "total requests", Joining::kSum},
}};
constexpr size_t kRequests = 0;
constexpr size_t kErrors = 1;
constexpr size_t kInbound = 5;
constexpr size_t kOutbound = 6;

/// Who stands at one end of a row.
struct Party {
  std::optional<size_t> pod;
  std::optional<size_t> service;
  std::optional<size_t> ip;
};

class RequestGraph final : public Chart {
 public:
  struct Columns {
    Party requestor;
    Party responder;
    std::array<std::optional<size_t>, kMeasures.size()> measures;
  };

  RequestGraph(Columns columns, const Schema& schema) : columns_(columns), schema_(schema) {}

  void rows(const RowBatch& batch) override {
    for (size_t row = 0; row < batch.num_rows; ++row) {
      add(services_, batch, row, true);
      add(pods_, batch, row, false);
    }
  }

  Drawing finish() override {
    Network network;
    network.weight = {.label = "bytes in and out", .quantity = Quantity::kBytesRate};
    if (columns_.requestor.service && columns_.responder.service) {
      network.views.push_back(finish(services_, "services"));
    }
    network.views.push_back(finish(pods_, "pods"));
    return network;
  }

 private:
  using Values = std::array<double, kMeasures.size()>;
  struct Side {
    EdgeList edges;
    std::vector<Values> values;  // of each edge
  };

  static std::string first_of(std::initializer_list<std::optional<size_t>> columns,
                              const RowBatch& batch, size_t row) {
    for (const auto& column : columns) {
      if (!column) continue;
      std::string text = text_at(batch.columns[*column], row);
      if (!text.empty()) return text;
    }
    return "unknown";
  }

  // What has no service is told by its pod, what has neither by its address.
  static std::string name_of(const Party& party, const RowBatch& batch, size_t row, bool services) {
    return services ? first_of({party.service, party.pod, party.ip}, batch, row)
                    : first_of({party.pod, party.service, party.ip}, batch, row);
  }

  void add(Side& side, const RowBatch& batch, size_t row, bool services) const {
    const size_t index = side.edges.add(name_of(columns_.requestor, batch, row, services),
                                        name_of(columns_.responder, batch, row, services), true);
    if (index == SIZE_MAX) return;
    if (side.values.size() <= index) side.values.resize(index + 1, Values{});
    join(side.values[index], batch, row);
  }

  void join(Values& all, const RowBatch& batch, size_t row) const {
    Values one{};
    for (size_t i = 0; i < kMeasures.size(); ++i) {
      if (!columns_.measures[i]) continue;
      const double value = number_at(batch.columns[*columns_.measures[i]], row);
      one[i] = std::isfinite(value) ? value : 0;
    }
    const double requests = all[kRequests] + one[kRequests];
    const double errors = all[kErrors] * all[kRequests] + one[kErrors] * one[kRequests];
    for (size_t i = 0; i < kMeasures.size(); ++i) {
      if (kMeasures[i].joining == Joining::kSum) all[i] += one[i];
      if (kMeasures[i].joining == Joining::kGreatest) all[i] = std::max(all[i], one[i]);
    }
    all[kErrors] = requests > 0 ? errors / requests : std::max(all[kErrors], one[kErrors]);
  }

  Network::View finish(Side& side, std::string name) const {
    for (size_t i = 0; i < side.values.size(); ++i) {
      Network::Edge& edge = side.edges.all()[i];
      const Values& values = side.values[i];
      edge.weight = values[kInbound] + values[kOutbound];
      if (!columns_.measures[kInbound] && !columns_.measures[kOutbound]) {
        edge.weight = values[kRequests];
      }
      if (values[kErrors] > 0) edge.level = Network::Level::kMedium;
      if (values[kErrors] >= 0.05) edge.level = Network::Level::kHigh;
      edge.facts = facts_of(values);
    }
    return side.edges.finish(std::move(name));
  }

  std::vector<Network::Fact> facts_of(const Values& values) const {
    std::vector<Network::Fact> facts;
    for (size_t i = 0; i < kMeasures.size(); ++i) {
      if (!columns_.measures[i]) continue;
      facts.push_back({.name = std::string(kMeasures[i].name),
                       .value = values[i],
                       .quantity = quantity_of(schema_.columns[*columns_.measures[i]].semantic)});
    }
    return facts;
  }

  const Columns columns_;
  const Schema schema_;
  Side services_;
  Side pods_;
};

Party party_of(const Spec& spec, const Schema& schema, const std::string& who) {
  return {.pod = find_column(schema, spec.column(who + "PodColumn")),
          .service = find_column(schema, spec.column(who + "ServiceColumn")),
          .ip = find_column(schema, spec.column(who + "IPColumn"))};
}

bool is_known(const Party& party) { return party.pod || party.service || party.ip; }

}  // namespace

Result<std::unique_ptr<Chart>> make_request_graph(const Spec& spec, const Schema& schema) {
  RequestGraph::Columns columns{.requestor = party_of(spec, schema, "requestor"),
                                .responder = party_of(spec, schema, "responder"),
                                .measures = {}};
  if (!is_known(columns.requestor) || !is_known(columns.responder)) {
    return Status(Code::kUsage,
                  "RequestGraph in vis.json names no pod, service or address that the table has");
  }
  for (size_t i = 0; i < kMeasures.size(); ++i) {
    const auto column = find_column(schema, spec.column(kMeasures[i].field));
    if (column && is_number(schema.columns[*column])) columns.measures[i] = column;
  }
  return std::unique_ptr<Chart>(std::make_unique<RequestGraph>(columns, schema));
}

}  // namespace pxq::chart
