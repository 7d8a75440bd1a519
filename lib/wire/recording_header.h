#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "script/request.h"
#include "wire/limits.h"

namespace pxq::wire {

/// What a recording says about its run. Nothing in it is a credential; fields are only ever added
/// (docs/recording.md).
struct RecordingHeader {
  std::string pxq_version;
  int64_t started_unix_ns = 0;
  std::string script_name;
  std::string script_source;  // as messages name it
  std::string script_sha256;  // of the text that was sent
  uint64_t lines_before = 0;
  uint64_t row_cap = 0;
  std::vector<FunctionCall> functions;
  std::string cluster_id;
  std::string cluster_name;
  std::string address;
  TimeLimits limits;
  bool decrypted = false;  // the rows came encrypted and are kept in plain
};

std::string to_json(const RecordingHeader& header);

/// kIncomplete for what no pxq wrote, a number that is no whole one too; fields that are not there
/// keep their defaults.
Result<RecordingHeader> parse_recording_header(std::string_view json);

}  // namespace pxq::wire
