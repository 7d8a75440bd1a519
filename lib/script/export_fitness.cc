#include "script/export_fitness.h"

#include <fmt/format.h>

#include <set>

#include "script/mutation.h"
#include "script/tokens.h"

namespace pxq {
namespace {

// The names of methods and functions that a script calls behind a dot.
std::set<std::string, std::less<>> calls_of(std::string_view text) {
  std::set<std::string, std::less<>> calls;
  const std::vector<Token> tokens = tokenize(text);
  for (size_t i = 1; i + 1 < tokens.size(); ++i) {
    if (tokens[i - 1].text == "." && tokens[i + 1].text == "(") {
      calls.emplace(tokens[i].text);
    }
  }
  return calls;
}

// Whether a script that groups rows says somewhere that time_ comes out of it: as a key, or as the
// name of an aggregate or of a column.
bool keeps_time(std::string_view text) {
  const std::vector<Token> tokens = tokenize(text);
  bool in_keys = false;
  for (size_t i = 0; i < tokens.size(); ++i) {
    in_keys = (in_keys && tokens[i].text != ")") || tokens[i].text == "groupby";
    if (in_keys && (tokens[i].text == "'time_'" || tokens[i].text == "\"time_\"")) return true;
    if (tokens[i].text == "time_" && i + 1 < tokens.size() && tokens[i + 1].text == "=")
      return true;
  }
  return false;
}

std::string window_of(std::string_view text, const Vis& vis, std::vector<std::string>& notes) {
  const bool takes_start = vis.find_variable("start_time") != nullptr;
  const bool takes_end = vis.find_variable("end_time") != nullptr;
  if (find_effects(text).plugin_window) return "pinned by px.plugin";
  if (takes_start && takes_end) return "pinned by the arguments start_time and end_time";
  if (takes_start) return "its start is pinned by the argument start_time";
  if (text.find("start_time") == std::string_view::npos) return "all that is held, each time";
  notes.emplace_back(
      "its own start must reach back further than the time between two runs, and than --lag");
  return "not pinned: the script has a start of its own";
}

}  // namespace

bool may_count_rows(std::string_view text) {
  bool reads = false;
  const std::vector<Token> tokens = tokenize(text);
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    const std::string_view next = tokens[i + 1].text;
    if (tokens[i].text == "." && next == "agg") return true;
    // Views of a module count inside it.
    if (tokens[i].text == "import" && next != "px") return true;
    reads = reads || (tokens[i].text == "." && next == "DataFrame");
  }
  return !reads;
}

ExportFitness judge_for_export(std::string_view text, const Vis& vis,
                               const std::vector<RowLimit>& limits, bool aligned) {
  ExportFitness fitness;
  fitness.window = window_of(text, vis, fitness.notes);
  const auto calls = calls_of(text);
  for (const RowLimit& limit : limits) {
    fitness.unfit.push_back(
        fmt::format("a window with more rows than {} is cut: {}", limit.what, limit.remedy));
  }
  const bool counts = calls.contains("agg");
  if (counts && text.find("time_") == std::string_view::npos) {
    fitness.unfit.emplace_back("it groups rows and keeps no time_, by which rows are exported");
  } else if (calls.contains("bin") && !aligned) {
    fitness.unfit.emplace_back(
        "it counts rows by time: the last bin of a window would be half counted; --align the bin");
  }
  fitness.of_timed_tables = fitness.fit() && counts && !keeps_time(text);
  if (calls.contains("script_reference")) {
    fitness.notes.emplace_back("cells that are links are compared by what they show");
  }
  return fitness;
}

}  // namespace pxq
