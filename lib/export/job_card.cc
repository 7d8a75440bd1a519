#include "export/job_card.h"

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <system_error>

#include "file/atomic_file.h"
#include "file/file_bytes.h"
#include "text/json.h"
#include "text/json_bytes.h"

namespace pxq {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kCardVersion = 1;
constexpr size_t kLargestCard = 1 << 20;
constexpr std::string_view kState = ".json";
constexpr std::string_view kCard = ".json.card";

Json run_json(const JobRun& run) {
  return {{"started_ns", run.started_ns},
          {"finished_ns", run.finished_ns},
          {"exit", run.exit_code},
          {"verdict", run.verdict},
          {"error", json_text(run.error)},
          {"committed", run.committed},
          {"rows", run.rows}};
}

JobRun run_from_json(const Json& item) {
  return {.started_ns = whole_member<int64_t>(item, "started_ns"),
          .finished_ns = whole_member<int64_t>(item, "finished_ns"),
          .exit_code = whole_member<int>(item, "exit"),
          .verdict = item.at("verdict").get<std::string>(),
          .error = text_member(item, "error"),
          .committed = item.at("committed").get<bool>(),
          .rows = whole_member<uint64_t>(item, "rows")};
}

Json card_json(const JobCard& card) {
  Json arguments = Json::array();
  for (const std::string& argument : card.arguments) arguments.push_back(json_text(argument));
  Json document = {{"version", kCardVersion},
                   {"job", json_text(card.job)},
                   {"family", card.family},
                   {"script", json_text(card.script)},
                   {"arguments", std::move(arguments)},
                   {"to", json_text(card.to)},
                   {"database", card.database},
                   {"cluster", json_text(card.cluster)},
                   {"cluster_id", json_text(card.cluster_id)},
                   {"cloud", json_text(card.cloud)},
                   {"last", run_json(card.last)}};
  if (card.last_success_ns) document["last_success_ns"] = *card.last_success_ns;
  if (card.told_ns) document["told_ns"] = *card.told_ns;
  if (card.reached_ns) document["reached_ns"] = *card.reached_ns;
  if (!card.words.empty()) {
    for (const std::string& word : card.words) document["words"].push_back(json_text(word));
    document["directory"] = json_text(card.directory);
  }
  document["so_far"] = {
      {"runs", card.so_far.runs}, {"rows", card.so_far.rows}, {"files", card.so_far.files}};
  return document;
}

/// Throws the library's exception where a member is missing or of another type.
JobCard card_from_json(const Json& document) {
  JobCard card{.job = text_member(document, "job"),
               .family = text_member(document, "family"),
               .script = text_member(document, "script"),
               .arguments = {},
               .to = text_member(document, "to"),
               .database = document.at("database").get<bool>(),
               .cluster = text_member(document, "cluster"),
               .cluster_id = text_member(document, "cluster_id"),
               .cloud = text_member(document, "cloud"),
               .last = run_from_json(document.at("last"))};
  for (const Json& argument : document.at("arguments")) {
    card.arguments.push_back(original_bytes(argument.get<std::string>()));
  }
  card.last_success_ns = whole_member_if_there<int64_t>(document, "last_success_ns");
  card.told_ns = whole_member_if_there<int64_t>(document, "told_ns");
  card.reached_ns = whole_member_if_there<int64_t>(document, "reached_ns");
  for (const Json& word : document.value("words", Json::array())) {
    card.words.push_back(original_bytes(word.get<std::string>()));
  }
  if (document.contains("directory")) card.directory = text_member(document, "directory");
  if (document.contains("so_far")) {
    const Json& so_far = document["so_far"];
    card.so_far = {.runs = whole_member<uint64_t>(so_far, "runs"),
                   .rows = whole_member<uint64_t>(so_far, "rows"),
                   .files = whole_member<uint64_t>(so_far, "files")};
  }
  return card;
}

}  // namespace

std::string card_path(const std::string& state_path) {
  std::string path = state_path;
  if (path.ends_with(kState)) path.resize(path.size() - kState.size());
  return path.append(kCard);
}

Status save_card(const JobCard& card, const std::string& path) {
  auto file = FileOutput::open(path, {.force = true, .temp_tag = "card"});
  if (!file.ok()) return file.status();
  (*file)->text().append(document_text(card_json(card)));
  (*file)->commit();
  return (*file)->save();
}

std::string backfill_name(const std::string& job) { return job + " backfill"; }

std::optional<JobCard> load_card(const std::string& path) {
  const auto text = read_file(path, kLargestCard, Code::kUsage);
  if (!text.ok()) return std::nullopt;
  const Json document = Json::parse(*text, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  try {
    return card_from_json(document);
    // A card only tells of a job: one that cannot be read must not hide the job itself.
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

Result<std::vector<KnownJob>> jobs_in(const std::string& directory) {
  std::map<std::string, KnownJob> found;
  std::error_code error;
  std::filesystem::directory_iterator entries(directory, error);
  if (error == std::errc::no_such_file_or_directory) return std::vector<KnownJob>();
  if (error) return errno_status(Code::kUsage, "read", directory, error.value());
  for (const auto& entry : entries) {
    const std::string path = entry.path().string();
    if (base_name(path).starts_with('.')) continue;  // a temporary
    if (path.ends_with(kCard)) {
      const std::string state = path.substr(0, path.size() - kCard.size()).append(kState);
      found[state] = {.state = state, .card = load_card(path)};
    } else if (path.ends_with(kState)) {
      found.try_emplace(path, KnownJob{.state = path, .card = {}});
    }
  }
  std::vector<KnownJob> jobs;
  for (auto& [path, job] : found) jobs.push_back(std::move(job));
  return jobs;
}

}  // namespace pxq
