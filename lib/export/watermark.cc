#include "export/watermark.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "export/dedup_text.h"
#include "file/file_bytes.h"
#include "file/path_template.h"
#include "text/json_bytes.h"

namespace pxq {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kStateVersion = 2;
constexpr int kVersionOfLists = 1;  // each row of a dedup window was an array of its own
// A row of the dedup window takes some thirty bytes, and the overlap may span hours.
constexpr size_t kLargestState = size_t{1} << 30;

Json spellings_json(const std::map<std::string, std::string>& spellings) {
  Json files = Json::array();
  for (const auto& [path, spelling] : spellings) {
    files.push_back({{"path", json_text(path)}, {"spelling", json_text(spelling)}});
  }
  return files;
}

// What tells the next run which rows were lost; left out where there is nothing.
void add_evidence(const TableState& table, Json& item) {
  Json rows = Json::array();
  for (const auto& [origin, row] : table.last_rows) {
    rows.push_back(Json::array({origin, row.time_ns, hex_digits(row.hash)}));
  }
  if (!rows.empty()) item["last_rows"] = std::move(rows);
  if (table.evidence_from_ns != INT64_MIN) item["evidence_from_ns"] = table.evidence_from_ns;
  if (!table.behind.empty()) item["behind"] = table.behind;
  if (!table.shape.empty()) item["shape"] = table.shape;
}

Json gaps_json(const std::vector<Gap>& gaps) {
  Json items = Json::array();
  for (const Gap& gap : gaps) {
    items.push_back({{"table", json_text(gap.table)},
                     {"from_ns", gap.from_ns},
                     {"to_ns", gap.to_ns},
                     {"certain", gap.certain},
                     {"missing_rows", gap.missing_rows}});
    if (gap.skipped) items.back()["skipped"] = true;
  }
  return items;
}

Json stretches_json(const std::vector<Stretch>& stretches) {
  Json items = Json::array();
  for (const Stretch& one : stretches) items.push_back(Json::array({one.from_ns, one.to_ns}));
  return items;
}

Json state_json(const ExportState& state) {
  Json tables = Json::array();
  for (const auto& [name, table] : state.tables) {
    tables.push_back({{"name", json_text(name)},
                      {"watermark_ns", table.watermark_ns},
                      {"seam_from_ns", table.dedup_from_ns},
                      {"seam", dedup_text(table.dedup_window, table.dedup_from_ns)}});
    add_evidence(table, tables.back());
  }
  Json document = {{"version", kStateVersion},
                   {"job", json_text(state.job)},
                   {"cluster", json_text(state.cluster)}};
  if (state.reached_ns) document["reached_ns"] = *state.reached_ns;
  document["tables"] = std::move(tables);
  if (!state.spellings.empty()) document["files"] = spellings_json(state.spellings);
  if (!state.untold_gaps.empty()) document["untold_gaps"] = gaps_json(state.untold_gaps);
  if (state.clock_ahead_ns != 0) document["clock_ahead_ns"] = state.clock_ahead_ns;
  if (state.began_ns) document["began_ns"] = *state.began_ns;
  if (!state.skipped.empty()) document["skipped"] = stretches_json(state.skipped);
  if (!state.covered.empty()) document["covered"] = stretches_json(state.covered);
  return document;
}

// The members keep their order, so that what is read back is the text that was summed.
std::string checksum(const Json& without_checksum) { return sha256_hex(without_checksum.dump()); }

std::optional<RowHash> parse_hash(std::string_view text) {
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
  table.evidence_from_ns =
      whole_member_if_there<int64_t>(item, "evidence_from_ns").value_or(INT64_MIN);
  for (const Json& origin : item.value("behind", Json::array())) {
    table.behind.insert(whole<Origin>(origin));
  }
  table.shape = item.value("shape", std::string());
  for (const Json& row : item.value("last_rows", Json::array())) {
    const auto hash = parse_hash(row.at(2).get<std::string>());
    if (hash) table.last_rows[whole<Origin>(row.at(0))] = {whole<int64_t>(row.at(1)), *hash};
  }
}

std::vector<Gap> gaps_from_json(const Json& items) {
  std::vector<Gap> gaps;
  for (const Json& item : items) {
    gaps.push_back({text_member(item, "table"), whole_member<int64_t>(item, "from_ns"),
                    whole_member<int64_t>(item, "to_ns"), item.at("certain").get<bool>(),
                    whole_member<uint64_t>(item, "missing_rows"), item.value("skipped", false)});
  }
  return gaps;
}

std::vector<Stretch> stretches_from_json(const Json& items) {
  std::vector<Stretch> stretches;
  for (const Json& item : items) {
    stretches.push_back({whole<int64_t>(item.at(0)), whole<int64_t>(item.at(1))});
  }
  return stretches;
}

std::optional<DedupWindow> dedup_window_of_lists(const Json& rows) {
  DedupWindow window;
  for (const Json& row : rows) {
    const auto hash = parse_hash(row.at(1).get<std::string>());
    if (!hash) return std::nullopt;
    window[{whole<int64_t>(row.at(0)), *hash}] += whole<uint64_t>(row.at(2));
  }
  return window;
}

/// Throws the library's exception where a member is missing or of another type.
std::optional<TableState> table_from_json(const Json& item) {
  TableState table{.watermark_ns = whole_member<int64_t>(item, "watermark_ns"),
                   .dedup_from_ns = whole_member<int64_t>(item, "seam_from_ns"),
                   .dedup_window = {}};
  const Json& rows = item.at("seam");
  auto window = rows.is_array()
                    ? dedup_window_of_lists(rows)
                    : parse_dedup_window(rows.get_ref<const std::string&>(), table.dedup_from_ns);
  if (!window) return std::nullopt;
  table.dedup_window = *std::move(window);
  read_evidence(item, table);
  return table;
}

/// Throws the library's exception where a member is missing or of another type.
std::optional<ExportState> from_json(const Json& document) {
  ExportState state{.job = text_member(document, "job"),
                    .cluster = text_member(document, "cluster"),
                    .tables = {}};
  for (const Json& item : document.at("tables")) {
    auto table = table_from_json(item);
    if (!table) return std::nullopt;
    state.tables[text_member(item, "name")] = *std::move(table);
  }
  state.reached_ns = whole_member_if_there<int64_t>(document, "reached_ns");
  for (const Json& file : document.value("files", Json::array())) {
    state.spellings[text_member(file, "path")] = text_member(file, "spelling");
  }
  state.untold_gaps = gaps_from_json(document.value("untold_gaps", Json::array()));
  state.clock_ahead_ns = whole_member_if_there<int64_t>(document, "clock_ahead_ns").value_or(0);
  state.began_ns = whole_member_if_there<int64_t>(document, "began_ns");
  state.skipped = stretches_from_json(document.value("skipped", Json::array()));
  state.covered = stretches_from_json(document.value("covered", Json::array()));
  return state;
}

Status refused(const std::string& path, const std::string& why) {
  return {Code::kUsage, fmt::format("the state {} {}", path, why),
          "`pxq jobs` lists the states and says how one is begun anew"};
}

}  // namespace

std::string state_text(const ExportState& state) {
  Json document = state_json(state);
  document["checksum"] = checksum(document);
  return document.dump() + "\n";
}

Result<ExportState> parse_state(const std::string& text, const std::string& path) {
  Json document = Json::parse(text, nullptr, false);
  if (!document.is_object()) return refused(path, "is torn or not a state of pxq");
  // Told before the checksum, which a newer version may well form otherwise.
  const auto version = whole_number<int64_t>(document.value("version", Json()));
  if (version && *version > kStateVersion) return refused(path, "is from a newer pxq");
  const Json sum = document.value("checksum", Json());
  document.erase("checksum");
  const bool known = version == kStateVersion || version == kVersionOfLists;
  if (!known || !sum.is_string() || sum != checksum(document)) {
    return refused(path, "is torn or was changed by hand: its checksum does not fit");
  }
  try {
    if (auto state = from_json(document)) return *std::move(state);
  } catch (const Json::exception&) {  // the library's own way to say that a member is missing
  }
  return refused(path, "is not a state of pxq");
}

Status check_state(const ExportState& state, const std::string& path, const StateOwner& owner,
                   int64_t now_ns) {
  if (std::ranges::find(owner.jobs, state.job) == owner.jobs.end()) {
    return refused(path, "belongs to the job '" + state.job + "'");
  }
  // Before a cloud has been asked nobody knows which of its clusters it is.
  const bool known = !owner.clusters.empty();
  if (known && std::ranges::find(owner.clusters, state.cluster) == owner.clusters.end()) {
    return refused(path, fmt::format("belongs to the cluster '{}', not '{}'", state.cluster,
                                     owner.clusters.front()));
  }
  for (const auto& [name, table] : state.tables) {
    // A watermark may lie ahead of this clock by as much as the server's clock was ahead.
    if (table.watermark_ns <= now_ns || table.watermark_ns - now_ns <= state.clock_ahead_ns)
      continue;
    return refused(
        path, fmt::format("is from the future: '{}' is exported up to {} ns, and it is {} ns now",
                          name, table.watermark_ns, now_ns));
  }
  return {};
}

Result<std::optional<ExportState>> load_state(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    return std::optional<ExportState>();
  }
  auto text = read_file(path, kLargestState, Code::kUsage);
  if (!text.ok()) return text.status();
  auto state = parse_state(*text, path);
  if (!state.ok()) return state.status();
  return std::optional<ExportState>(*std::move(state));
}

std::string state_path(const std::string& directory, const std::string& job) {
  // The beginning is for people; the hash tells the jobs apart.
  return fmt::format("{}/{}-{}.json", directory, path_safe(job).substr(0, 60),
                     sha256_hex(job).substr(0, 12));
}

}  // namespace pxq
