#include "local/data/host/network_device.h"

#include <algorithm>
#include <optional>

#include "local/data/host/proc_directory.h"
#include "local/data/host/saturation.h"

namespace pxq::local {
namespace {

bool is_counted(std::string_view name) {
  // Loopback and the machine's ends of its containers' links: what passes there is counted on
  // another device too.
  static constexpr std::string_view kLeftOut[] = {"lo", "docker", "v"};
  return std::ranges::none_of(kLeftOut,
                              [name](std::string_view prefix) { return name.starts_with(prefix); });
}

std::optional<NetworkCounters> device_counters(std::string_view text) {
  Words words{text};
  NetworkCounters counters{};
  for (size_t i = 0; i < counters.size(); ++i) {
    if (i == 4) words.skip(4);  // fifo, frame, compressed, multicast
    const std::optional<int64_t> number = words.number();
    if (!number) return std::nullopt;
    counters[i] = *number;
  }
  return counters;
}

}  // namespace

NetworkCounters sum_network_devices(std::string_view text) {
  NetworkCounters sums{};
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const size_t colon = line.rfind(':');  // the two header lines have none
    if (colon == std::string_view::npos || !is_counted(Words{line.substr(0, colon)}.next()))
      continue;
    const std::optional<NetworkCounters> counters = device_counters(line.substr(colon + 1));
    if (!counters) continue;
    for (size_t i = 0; i < sums.size(); ++i) sums[i] = saturating_add(sums[i], (*counters)[i]);
  }
  return sums;
}

}  // namespace pxq::local
