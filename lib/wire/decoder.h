#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/row_batch.h"
#include "sink/summary.h"
#include "wire/bytes.h"

/// The one place that distrusts the wire. Message bytes come in; behind it every column has its
/// schema's type and the batch's length. Wire facts: docs/wire.md, calls and messages.
namespace pxq::wire {

/// Bounds that are checked before anything is allocated for what they bound.
struct DecodeLimits {
  size_t columns = 10'000;          // of one table
  size_t tables = 4'096;            // of one run
  size_t batch_bytes = 64u << 20;   // of one batch once it is decoded
  size_t details = 100'000;         // compile errors or probes of one status; more are dropped
  size_t schema_bytes = 64u << 20;  // of all tables' relations
};

/// A vizierpb.Status: an error whenever any part of it is set, since some failures come as code 0.
struct InBandStatus {
  int32_t code = 0;
  std::string message;
  std::vector<Diagnostic> details;  // positions without a file

  bool is_error() const { return code != 0 || !message.empty() || !details.empty(); }
};

/// A probe that a script installs.
struct ProbeState {
  enum class State { kUnknown = 0, kPending = 1, kRunning = 2, kFailed = 3, kTerminated = 4 };
  std::string id;
  std::string name;
  State state = State::kUnknown;
};

struct MutationInfo {
  InBandStatus status;
  std::vector<ProbeState> probes;
};

/// A batch whose envelope is read and whose columns are still bytes of the message.
struct EncodedBatch {
  std::string_view table_id;
  std::vector<Bytes> columns;
  int64_t num_rows = 0;
  bool eow = false;
  bool eos = false;
  size_t bytes = 0;  // as received
};

/// One ExecuteScriptResponse taken apart; views point into the message.
struct Response {
  std::optional<InBandStatus> status;
  std::string_view query_id;
  std::optional<Schema> metadata;
  std::optional<EncodedBatch> batch;
  std::optional<Bytes> encrypted_batch;
  std::optional<ExecutionStats> stats;
  std::optional<MutationInfo> mutation;
};

/// Reads a whole response but for the columns' values. kIncomplete when it is malformed, kLimit
/// when it is too large.
Result<Response> decode_response(const Bytes& message, const DecodeLimits& limits);

/// The encrypted batch of a response; nothing where it has none, or cannot be read.
std::optional<Bytes> find_encrypted_batch(const Bytes& message);

/// Reads the envelope of a RowBatchData, such as an encrypted batch holds once it is opened.
Result<EncodedBatch> decode_envelope(const Bytes& bytes, const DecodeLimits& limits);

/// Reads the columns into `batch`, whose vectors are reused; string cells are views into the
/// message, which the caller keeps alive. On failure `batch` holds nothing that may be used.
Status decode_columns(const EncodedBatch& encoded, const Schema& schema, const DecodeLimits& limits,
                      RowBatch& batch);

}  // namespace pxq::wire
