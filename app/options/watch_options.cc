#include "options/watch_options.h"

#include <fmt/format.h>
#include <CLI/App.hpp>

#include <CLI/Option.hpp>

#include "text/duration.h"

namespace pxq {
namespace {

constexpr Duration kShortest = std::chrono::milliseconds(100);

Result<std::optional<Duration>> read_duration(const std::string& text, const std::string& flag) {
  if (text.empty()) return std::optional<Duration>();
  const Result<int64_t> ns = parse_duration(text, flag);
  if (!ns.ok()) return ns.status();
  if (Duration(*ns) < kShortest) {
    return Status(Code::kUsage, fmt::format("{} '{}' is less than 100ms", flag, text));
  }
  return std::optional<Duration>(Duration(*ns));
}

}  // namespace

void WatchOptions::declare(CLI::App& app) {
  app.add_flag("-w{2s},--watch{2s}", watch,
               "run it again and again, every 2s or as said, and mark what changes")
      ->type_name("[=TIME]")
      ->group("Run");
  app.add_option("--for", length, "end after so long, with exit 0")
      ->type_name("TIME")
      ->group("Run");
}

Result<WatchPlan> WatchOptions::plan() const {
  const auto every = read_duration(watch, "--watch");
  if (!every.ok()) return every.status();
  const auto whole = read_duration(length, "--for");
  if (!whole.ok()) return whole.status();
  return WatchPlan{*every, *whole};
}

}  // namespace pxq
