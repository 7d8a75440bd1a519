#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "local/data/demo/world.h"

namespace pxq::local::demo {

/// Bytes.
inline constexpr int64_t kMebibyte = 1 << 20;

/// A Java machine's memory.
struct JavaUse {
  int64_t young_ns = 0;
  int64_t full_ns = 0;
  int64_t used = 0;
  int64_t maximum = 0;
};

/// What a process has used since it started, and what it holds now.
struct ProcessUse {
  Uint128 upid;
  size_t pod = 0;
  bool is_sidecar = false;
  std::string_view language;  // of its program; proxy for a sidecar
  int64_t major_faults = 0;
  int64_t minor_faults = 0;
  int64_t user_ns = 0;
  int64_t kernel_ns = 0;
  int64_t threads = 0;
  int64_t virtual_bytes = 0;
  int64_t resident_bytes = 0;
  int64_t read_calls = 0;
  int64_t write_calls = 0;
  int64_t read_storage = 0;
  int64_t write_storage = 0;
  double cpu_share = 0;  // of one processor, at this moment
  std::shared_ptr<const JavaUse> java = nullptr;
};

/// What all processes have used by one moment.
class Usage {
 public:
  Usage(const World& world, int64_t time_ns);

  const std::vector<ProcessUse>& processes() const { return processes_; }
  /// What a pod sent and received since the shop opened; its calls are those of both directions.
  const Exchanged& moved(size_t pod) const { return moved_[pod]; }

 private:
  void add_moved();
  ProcessUse main_process(size_t pod) const;
  ProcessUse sidecar(size_t pod) const;
  void add_java(ProcessUse& use, int64_t age_ns) const;

  const World& world_;
  const int64_t time_ns_;
  std::vector<Exchanged> moved_;   // by pod
  std::vector<Exchanged> before_;  // by pod, until its process started
  std::vector<ProcessUse> processes_;
};

}  // namespace pxq::local::demo
