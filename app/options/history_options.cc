#include "options/history_options.h"

#include <fmt/format.h>

#include <vector>

#include "format/footer.h"
#include "local/data/history/history.h"
#include "settings/target.h"
#include "text/duration.h"

namespace pxq {

void HistoryOptions::declare(CLI::App& app) {
  app.add_option("--history", time_,
                 "how much of this machine's past is kept (default 1h; 0: nothing)")
      ->type_name("DURATION")
      ->group("Target");
  app.add_option("--history-memory", memory_, "what it may take of memory (default 256M)")
      ->type_name("SIZE")
      ->group("Target");
}

Status HistoryOptions::begin(const local::DataSet& data) {
  const std::string flag = time_.empty() ? "--history-memory" : "--history";
  if (data.history == nullptr) {
    if (time_.empty() && memory_.empty()) return {};
    return {Code::kUsage,
            fmt::format("{} is for this machine, and {} has its own past", flag, data.name),
            "leave it out"};
  }
  local::HistoryLimits limits;
  if (!time_.empty()) {
    const Result<Duration> time = parse_limit(time_, "--history");
    if (!time.ok()) return time.status();
    limits.time = *time;
  }
  if (!memory_.empty()) {
    const Result<size_t> size = parse_size("--history-memory", memory_);
    if (!size.ok()) return size.status();
    limits.bytes = *size;
  }
  data.history->set_keeper(local::History::Keeper::kServer, limits);
  if (limits.time == Duration::zero()) return {};
  std::vector<std::string> tables;
  for (const auto& table : data.tables.all()) tables.emplace_back(table->name());
  data.history->use_on(tables);
  told_ = fmt::format("; the last {} of this machine is kept, {} at most",
                      time_.empty() ? "1h" : time_, size_text(limits.bytes));
  return {};
}

}  // namespace pxq
