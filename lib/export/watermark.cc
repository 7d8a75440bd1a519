#include "export/watermark.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "file/file_bytes.h"
#include "file/path_template.h"
#include "text/json.h"
#include "text/json_bytes.h"

namespace pxq {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr size_t kLargestState = size_t{1} << 30;

Json seam_json(const Seam& seam) {
  Json rows = Json::array();
  for (const auto& [row, count] : seam) {
    rows.push_back(Json::array({row.time_ns, hex_digits(row.hash), count}));
  }
  return rows;
}

// By what the next run sees what was lost; left out where there is nothing.
void add_evidence(const TableState& table, Json& item) {
  Json rows = Json::array();
  for (const auto& [origin, row] : table.last_rows) {
    rows.push_back(Json::array({origin, row.time_ns, hex_digits(row.hash)}));
  }
  if (!rows.empty()) item["last_rows"] = std::move(rows);
  if (table.evidence_from_ns != INT64_MIN) item["evidence_from_ns"] = table.evidence_from_ns;
}

Json gaps_json(const std::vector<Gap>& gaps) {
  Json items = Json::array();
  for (const Gap& gap : gaps) {
    items.push_back({{"table", json_text(gap.table)},
                     {"from_ns", gap.from_ns},
                     {"to_ns", gap.to_ns},
                     {"certain", gap.certain},
                     {"missing_rows", gap.missing_rows}});
  }
  return items;
}

Json state_json(const ExportState& state) {
  Json tables = Json::array();
  for (const auto& [name, table] : state.tables) {
    tables.push_back({{"name", json_text(name)},
                      {"watermark_ns", table.watermark_ns},
                      {"seam_from_ns", table.seam_from_ns},
                      {"seam", seam_json(table.seam)}});
    add_evidence(table, tables.back());
  }
  Json document = {{"version", kVersion},
                   {"job", json_text(state.job)},
                   {"cluster", json_text(state.cluster)},
                   {"tables", std::move(tables)}};
  if (!state.untold_gaps.empty()) document["untold_gaps"] = gaps_json(state.untold_gaps);
  if (state.clock_ahead_ns != 0) document["clock_ahead_ns"] = state.clock_ahead_ns;
  return document;
}

std::string checksum(const Json& without_checksum) { return sha256_hex(without_checksum.dump()); }

std::optional<RowHash> parse_hash(const std::string& text) {
  RowHash hash = {};
  if (text.size() != 2 * hash.size()) return std::nullopt;
  for (size_t i = 0; i < text.size(); ++i) {
    const size_t digit = std::string_view("0123456789abcdef").find(text[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    hash[i / 2] = static_cast<uint8_t>(hash[i / 2] << 4 | digit);
  }
  return hash;
}

void read_evidence(const Json& item, TableState& table) {
  table.evidence_from_ns = item.value("evidence_from_ns", INT64_MIN);
  for (const Json& row : item.value("last_rows", Json::array())) {
    const auto hash = parse_hash(row.at(2).get<std::string>());
    if (hash) table.last_rows[row.at(0).get<Origin>()] = {row.at(1).get<int64_t>(), *hash};
  }
}

std::vector<Gap> gaps_from_json(const Json& items) {
  std::vector<Gap> gaps;
  for (const Json& item : items) {
    gaps.push_back({original_bytes(item.at("table").get<std::string>()),
                    item.at("from_ns").get<int64_t>(), item.at("to_ns").get<int64_t>(),
                    item.at("certain").get<bool>(), item.at("missing_rows").get<uint64_t>()});
  }
  return gaps;
}

/// Throws the library's exception where a member is missing or of another type.
ExportState from_json(const Json& document) {
  ExportState state{.job = original_bytes(document.at("job").get<std::string>()),
                    .cluster = original_bytes(document.at("cluster").get<std::string>()),
                    .tables = {}};
  for (const Json& item : document.at("tables")) {
    TableState table{.watermark_ns = item.at("watermark_ns").get<int64_t>(),
                     .seam_from_ns = item.at("seam_from_ns").get<int64_t>(),
                     .seam = {}};
    for (const Json& row : item.at("seam")) {
      const auto hash = parse_hash(row.at(1).get<std::string>());
      if (hash) table.seam[{row.at(0).get<int64_t>(), *hash}] = row.at(2).get<uint64_t>();
    }
    read_evidence(item, table);
    state.tables[original_bytes(item.at("name").get<std::string>())] = std::move(table);
  }
  state.untold_gaps = gaps_from_json(document.value("untold_gaps", Json::array()));
  state.clock_ahead_ns = document.value("clock_ahead_ns", int64_t{0});
  return state;
}

Status refused(const std::string& path, const std::string& why) {
  return {Code::kUsage, fmt::format("the state {} {}", path, why),
          "look at it; to start over from what the cluster still holds, remove it"};
}

}  // namespace

std::string state_text(const ExportState& state) {
  Json document = state_json(state);
  document["checksum"] = checksum(document);
  return document.dump() + "\n";
}

Result<ExportState> parse_state(const std::string& text, const std::string& path,
                                const std::string& job, const std::string& cluster,
                                int64_t now_ns) {
  Json document = Json::parse(text, nullptr, false);
  if (!document.is_object()) return refused(path, "is torn or not a state of pxq");
  const Json version = document.value("version", Json());
  if (version.is_number_integer() && version > kVersion) {
    return refused(path, "is from a newer pxq");
  }
  const Json sum = document.value("checksum", Json());
  document.erase("checksum");
  if (version != kVersion || !sum.is_string() || sum != checksum(document)) {
    return refused(path, "is torn or was changed by hand: its checksum does not fit");
  }
  ExportState state;
  try {
    state = from_json(document);
  } catch (const Json::exception&) {
    return refused(path, "is not a state of pxq");
  }
  if (state.job != job) return refused(path, "belongs to the job '" + state.job + "'");
  if (state.cluster != cluster) {
    return refused(path,
                   fmt::format("belongs to the cluster '{}', not '{}'", state.cluster, cluster));
  }
  for (const auto& [name, table] : state.tables) {
    if (table.watermark_ns > now_ns) {
      return refused(path, fmt::format("is from the future: '{}' is exported up to {} ns, and it "
                                       "is {} ns now",
                                       name, table.watermark_ns, now_ns));
    }
  }
  return state;
}

Result<std::optional<ExportState>> load_state(const std::string& path, const std::string& job,
                                              const std::string& cluster, int64_t now_ns) {
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    return std::optional<ExportState>();
  }
  auto text = read_file(path, kLargestState, Code::kUsage);
  if (!text.ok()) return text.status();
  auto state = parse_state(*text, path, job, cluster, now_ns);
  if (!state.ok()) return state.status();
  return std::optional<ExportState>(*std::move(state));
}

std::string state_path(const std::string& directory, const std::string& job) {
  return fmt::format("{}/{}-{}.json", directory, path_safe(job).substr(0, 60),
                     sha256_hex(job).substr(0, 12));
}

}  // namespace pxq
