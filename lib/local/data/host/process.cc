#include "local/data/host/process.h"

#include <string>

namespace pxq::local {

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
  // The name may hold spaces, parentheses and line ends; the numbers begin after its last ')'.
  const size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  Words words{text.substr(name_end + 1)};
  ProcessStat stat;
  size_t field = 2;  // as proc(5) counts: the name is the second
  const auto take = [&words, &field](size_t wanted, int64_t& value) {
    words.skip(wanted - field - 1);
    field = wanted;
    const std::optional<int64_t> number = words.number();
    value = number.value_or(0);
    return number.has_value();
  };
  const bool whole = take(10, stat.minor_faults) && take(12, stat.major_faults) &&
                     take(14, stat.user_ticks) && take(15, stat.kernel_ticks) &&
                     take(20, stat.threads) && take(22, stat.start_ticks) &&
                     take(23, stat.virtual_bytes) && take(24, stat.resident_pages);
  if (!whole) return std::nullopt;
  return stat;
}

ProcessIo parse_process_io(std::string_view text) {
  ProcessIo io;
  while (!text.empty()) {
    Words words{take_line(text)};
    const std::string_view key = words.next();
    const int64_t value = words.number().value_or(0);
    if (key == "rchar:") io.read_calls = value;
    if (key == "wchar:") io.write_calls = value;
    if (key == "read_bytes:") io.read_storage = value;
    if (key == "write_bytes:") io.write_storage = value;
  }
  return io;
}

std::optional<ProcessStat> read_process_stat(const ProcDirectory& proc, uint32_t pid) {
  const std::optional<std::string> text = proc.read(std::to_string(pid) + "/stat");
  if (!text) return std::nullopt;
  return parse_process_stat(*text);
}

Uint128 make_upid(uint32_t asid, uint32_t pid, int64_t start_ticks) {
  return {uint64_t{asid} << 32 | pid, static_cast<uint64_t>(start_ticks)};
}

}  // namespace pxq::local
