#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "local/data/host/proc_directory.h"
#include "model/row_batch.h"

namespace pxq::local {

/// What /proc/PID/stat says of a process since its start, in the kernel's own units.
struct ProcessStat {
  int64_t minor_faults = 0;
  int64_t major_faults = 0;
  int64_t user_ticks = 0;
  int64_t kernel_ticks = 0;
  int64_t threads = 0;
  int64_t start_ticks = 0;  // after boot
  int64_t virtual_bytes = 0;
  int64_t resident_pages = 0;
};

/// What /proc/PID/io says, in bytes: what system calls moved and what reached the storage.
struct ProcessIo {
  int64_t read_calls = 0;
  int64_t write_calls = 0;
  int64_t read_storage = 0;
  int64_t write_storage = 0;
};

/// Nothing when a field is missing or no number.
std::optional<ProcessStat> parse_process_stat(std::string_view text);

/// Lines that are missing count 0.
ProcessIo parse_process_io(std::string_view text);

/// Nothing when the process is gone.
std::optional<ProcessStat> read_process_stat(const ProcDirectory& proc, uint32_t pid);

/// The number by which Pixie knows a process: its agent, its pid and when it started.
Uint128 make_upid(uint32_t asid, uint32_t pid, int64_t start_ticks);

}  // namespace pxq::local
