#include "wire/script_call.h"

#include <fmt/format.h>

#include <optional>
#include <system_error>

#include "wire/classify.h"
#include "wire/ledger.h"
#include "wire/request_message.h"

namespace pxq::wire {
namespace {

constexpr const char* kExecuteScript = "/px.api.vizierpb.VizierService/ExecuteScript";

size_t decoded_bytes(const RowBatch& batch) {
  size_t bytes = 0;
  for (const Column& column : batch.columns) {
    bytes += std::visit([](const auto& values) { return values.capacity() * sizeof(values[0]); },
                        column);
  }
  return bytes;
}

/// One attempt at a run, from the first message to the verdict.
class Run {
 public:
  Run(const RunOptions& options, ResultSink& sink)
      : options_(options), sink_(sink), ledger_(options.decode), start_(MonotonicClock::now()) {}

  Summary go(const Peer& peer, const ScriptRequest& request);
  /// Ends the sink and says how the run went.
  Summary close(Status status);

 private:
  Status read_all(MessageStream& stream);
  Status take(const Message& message);
  Status take_metadata(Schema schema);
  Status take_batch(const EncodedBatch& encoded, const Message& message);
  Progress progress() const;

  const RunOptions& options_;
  ResultSink& sink_;
  Ledger ledger_;
  TimePoint start_;
  Duration first_row_{0};
  bool any_message_ = false;
  bool satisfied_ = false;  // the user wants no more
};

Summary Run::go(const Peer& peer, const ScriptRequest& request) {
  MessageStream stream(peer.channel, kExecuteScript, to_buffer(to_message(request)),
                       {options_.limits, peer.metadata, options_.queue_bytes}, options_.stop);
  Status ours = read_all(stream);
  if (!ours.ok()) stream.cancel();
  const StreamEnd end = stream.finish();
  if (satisfied_) return close({});
  // The in-band status, or what we found wrong, says more than the RPC status that follows it. Our
  // own end of the call comes first: what was half read then is no finding.
  Status theirs = classify_end(end, progress(), peer.address, options_.limits);
  const bool we_ended = end.ended != Ended::kNot;
  return close(we_ended || ours.ok() ? std::move(theirs) : std::move(ours));
}

Summary Run::close(Status status) {
  Summary summary = satisfied_ ? ledger_.close_early() : ledger_.close(std::move(status));
  summary.first_row = first_row_;
  summary.elapsed = MonotonicClock::now() - start_;
  sink_.end(summary);
  return summary;
}

Status Run::read_all(MessageStream& stream) {
  while (std::optional<Message> message = stream.next()) {
    if (Status status = take(*message); !status.ok()) return status;
    if (Status status = options_.output_status(); !status.ok()) return status;
    if (options_.satisfied()) {
      satisfied_ = true;
      stream.cancel();
      return {};
    }
  }
  return {};
}

Status Run::take(const Message& message) {
  any_message_ = true;
  Result<Response> decoded = decode_response(message.bytes, options_.decode);
  if (!decoded.ok()) return decoded.status();
  Response& response = *decoded;
  if (Status status = ledger_.enter_query_id(response.query_id); !status.ok()) return status;
  if (response.status && response.status->is_error()) return classify_in_band(*response.status);
  if (response.mutation && response.mutation->status.is_error()) {
    return classify_in_band(response.mutation->status);
  }
  if (response.metadata) {
    if (Status status = take_metadata(*std::move(response.metadata)); !status.ok()) return status;
  }
  if (response.encrypted_batch) {
    return {Code::kIncomplete, "the server sent encrypted data without being asked to"};
  }
  if (response.batch) {
    if (Status status = take_batch(*response.batch, message); !status.ok()) return status;
  }
  if (response.stats) ledger_.enter_stats(*response.stats);
  return {};
}

Status Run::take_metadata(Schema schema) {
  Result<Ledger::Table*> table = ledger_.announce(std::move(schema));
  if (!table.ok()) return table.status();
  if (*table != nullptr) sink_.begin((*table)->schema);
  return {};
}

Status Run::take_batch(const EncodedBatch& encoded, const Message& message) {
  Result<Ledger::Table*> found = ledger_.find(encoded.table_id);
  if (!found.ok()) return found.status();
  Ledger::Table& table = **found;
  RowBatch& batch = table.batch;
  if (Status status = decode_columns(encoded, table.schema, options_.decode, batch); !status.ok()) {
    return status;
  }
  if (Status status = ledger_.enter(table, batch, encoded.bytes); !status.ok()) return status;
  batch.storage = message.storage;
  if (batch.num_rows != 0 && first_row_ == Duration::zero()) {
    first_row_ = MonotonicClock::now() - start_;
  }
  sink_.rows(table.schema, batch);
  batch.storage.reset();
  // Room is kept for the next batch, but the more tables there are the less of it each may keep.
  if (decoded_bytes(batch) > options_.decode.batch_bytes / ledger_.table_count()) batch = {};
  return {};
}

Progress Run::progress() const {
  if (!any_message_) return Progress::kNothing;
  if (ledger_.what_is_missing().empty()) return Progress::kWhole;
  return ledger_.rows() != 0 ? Progress::kRows : Progress::kMessages;
}

}  // namespace

Summary run_script(const Peer& peer, const ScriptRequest& request, const RunOptions& options,
                   ResultSink& sink) {
  Run run(options, sink);
  try {
    return run.go(peer, request);
  } catch (const std::system_error& error) {
    return run.close({Code::kLimit, fmt::format("cannot start a thread: {}", error.what())});
  }
}

}  // namespace pxq::wire
