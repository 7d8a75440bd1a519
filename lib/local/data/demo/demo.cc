#include "local/data/demo/demo.h"

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <string>

#include "base/number_text.h"
#include "base/wall_clock.h"
#include "local/data/demo/events.h"
#include "local/data/demo/samples.h"
#include "local/data/demo/world.h"

namespace pxq::local {
namespace {

constexpr std::string_view kHint = "write --local=demo, or --local=demo,seed=7,hours=24,scale=1";

struct Settings {
  uint64_t seed = 1;
  double hours = 24;
  double scale = 1;
};

Status bad_value(std::string_view name, std::string_view value, std::string_view what) {
  return {Code::kUsage, fmt::format("--local=demo: {} cannot be '{}': {}", name, value, what),
          std::string(kHint)};
}

template <typename Number>
bool read(std::string_view text, Number& number) {
  const std::optional<Number> found = number_from<Number>(text);
  number = found.value_or(number);
  return found.has_value();
}

Status take(std::string_view name, std::string_view value, Settings& settings) {
  constexpr double kMostHours = 24.0 * 366;
  constexpr double kMostScale = 10000;
  if (name == "seed") {
    if (read(value, settings.seed)) return {};
    return bad_value(name, value, "it is a whole number");
  }
  if (name == "hours") {
    if (read(value, settings.hours) && settings.hours > 0 && settings.hours <= kMostHours)
      return {};
    return bad_value(name, value, "it is a number above 0, up to a year");
  }
  if (name == "scale") {
    if (read(value, settings.scale) && settings.scale > 0 && settings.scale <= kMostScale)
      return {};
    return bad_value(name, value, "it is a number above 0, up to 10000");
  }
  return {Code::kUsage, fmt::format("--local=demo has no option '{}'", name), std::string(kHint)};
}

Result<Settings> parse(std::string_view options) {
  Settings settings;
  while (!options.empty()) {
    const size_t comma = options.find(',');
    const std::string_view option = options.substr(0, comma);
    const size_t equals = option.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : option.substr(equals + 1);
    if (Status status = take(option.substr(0, equals), value, settings); !status.ok()) {
      return status;
    }
    options = comma == std::string_view::npos ? std::string_view() : options.substr(comma + 1);
  }
  return settings;
}

}  // namespace

Result<DataSet> open_demo(std::string_view options) {
  const Result<Settings> settings = parse(options);
  if (!settings.ok()) return settings.status();
  const auto past = static_cast<int64_t>(settings->hours * 60 * demo::kMinute);
  const auto world = std::make_shared<const demo::World>(settings->seed, settings->scale, past);
  DataSet data{.name = "demo", .tables = {}, .now = wall_clock_ns};
  demo::add_event_tables(data.tables, world);
  demo::add_sample_tables(data.tables, world);
  data.cluster = [world, past](int64_t now_ns) { return world->shop.state(now_ns, now_ns - past); };
  data.has_past = true;
  data.goes_on = true;
  data.span = TimeWindow{demo::kOpening, std::numeric_limits<int64_t>::max()};
  return data;
}

}  // namespace pxq::local
