#include "wire/attempt.h"

#include <fmt/format.h>

#include <optional>

#include "wire/envelope.h"
#include "wire/stream_end.h"

namespace pxq::wire {
namespace {

size_t decoded_bytes(const RowBatch& batch) {
  size_t bytes = 0;
  for (const Column& column : batch.columns) {
    // Capacity is measured and not size, because capacity is what stays allocated while a batch is
    // kept for the next one.
    bytes += std::visit([](const auto& values) { return values.capacity() * sizeof(values[0]); },
                        column);
  }
  return bytes;
}

RowBatch end_of(const Schema& schema) {
  RowBatch batch;
  for (const ColumnInfo& column : schema.columns) batch.columns.push_back(make_column(column.type));
  batch.eos = true;
  return batch;
}

Status failed_probe(const ProbeState& probe, const InBandStatus& status) {
  const std::string& name = probe.name.empty() ? probe.id : probe.name;
  const std::string_view fate =
      probe.state == ProbeState::State::kFailed ? "failed to install" : "was terminated";
  return {Code::kServer, status.message.empty()
                             ? fmt::format("the probe '{}' {}", name, fate)
                             : fmt::format("the probe '{}' {}: {}", name, fate, status.message)};
}

// Whether a failure says no more than that there is no rest to be had.
bool is_refusal(Code code) {
  switch (code) {
    case Code::kConnect:
    case Code::kServer:
    case Code::kIncomplete:
    case Code::kAuth:
    case Code::kScript:
    case Code::kUsage: return true;
    default: return false;
  }
}

Status not_resumed(const Status& cut, const Status& why) {
  return Status(cut.code(),
                fmt::format("{}; it could not be resumed: {}", cut.message(), why.message()),
                why.hint())
      .with_grpc_code(cut.grpc_code())
      .with_retryable(cut.retryable());
}

}  // namespace

namespace {

std::string_view kind_of(const Response& response) {
  if (response.status && response.status->is_error()) return "a failure";
  if (response.metadata) return "a table";
  if (response.batch) return "rows";
  if (response.encrypted_batch) return "encrypted rows";
  if (response.stats) return "statistics";
  return response.mutation ? "probes" : "nothing new";
}

}  // namespace

Status Attempt::go(MessageSource& stream, std::string_view address) {
  Status ours = read_all(stream);
  if (!ours.ok()) stream.cancel();
  const StreamEnd end = stream.finish();
  ended_ = end.ended;
  for (const std::string& note : end.notes) options_.events->note(note);
  // The stream was cancelled because enough had come, so the status it ended with is no failure.
  if (satisfied_) return {};
  if (ours.ok() && !end.fault.ok()) return end.fault;
  // The in-band status, or what we found wrong, says more than the RPC status that follows it. Our
  // own end of the call comes first: what was half read then is no finding.
  Status theirs = classify_end(end, progress(), address, options_.limits);
  const bool we_ended = end.ended != Ended::kNot;
  Status status = we_ended || ours.ok() ? std::move(theirs) : std::move(ours);
  return status.ok() ? ledger_.close({}).status : status;
}

bool Attempt::resumable(const Status& end) const {
  if (!options_.resume || !ledger_.any_table() || query_id().empty()) return false;
  if (!fed()) return true;  // asked for once more
  // What the server says of its query, in the stream or by ending it OK, is the query's own end.
  return (end.code() == Code::kIncomplete || end.code() == Code::kConnect) && end.grpc_code() > 0;
}

void Attempt::resume(Status end) {
  if (fed()) cut_ = std::move(end);
  heard_ = Heard::kNothing;
  probes_pending_ = false;
}

Summary Attempt::close(Status status) {
  options_.events->ended();
  reveal(nullptr);
  if (resumed() && !fed() && is_refusal(status.code())) status = not_resumed(*cut_, status);
  Summary summary = satisfied_ ? ledger_.close_early() : ledger_.close(std::move(status));
  summary.first_row = first_row_;
  summary.elapsed = MonotonicClock::now() - start_;
  sink_.end(summary);
  return summary;
}

void Attempt::tick() {
  last_tick_ = MonotonicClock::now();
  options_.events->tick({last_tick_ - start_, heard(), ledger_.rows()});
  sink_.tick();
}

Status Attempt::read_all(MessageSource& stream) {
  stream.while_waiting([this, &stream] {
    tick();
    // Also while nothing comes there may be somebody who has seen enough.
    if (satisfied_ || !sink_.satisfied()) return;
    satisfied_ = true;
    stream.cancel();
  });
  while (std::optional<Message> message = stream.next()) {
    if (Status status = take(*message); !status.ok()) return status;
    // A stream that always has a message ready never calls back while waiting, so time is told here
    // too.
    if (MonotonicClock::now() - last_tick_ >= kTick) tick();
    if (const Status& status = stream.status(); !status.ok()) return status;
    if (const Status& status = sink_.status(); !status.ok()) return status;
    if (sink_.satisfied()) {
      satisfied_ = true;
      stream.cancel();
      return {};
    }
  }
  return {};
}

Status Attempt::take(const Message& message) {
  if (!heard()) heard_ = Heard::kRefusal;  // unless more is found in it
  if (message.bytes.empty()) options_.events->odd("the server sent an empty message");
  Result<Response> decoded = decode_response(message.bytes, options_.decode);
  if (!decoded.ok()) return decoded.status();
  Response& response = *decoded;
  options_.events->message({message.bytes.size(), kind_of(response)});
  if (Status status = ledger_.enter_query_id(response.query_id); !status.ok()) return status;
  if (response.status && response.status->is_error()) return classify_in_band(*response.status);
  if (resumed() && !fed()) go_on();
  heard_ = Heard::kResult;
  if (response.mutation) {
    if (Status status = take_mutation(*response.mutation); !status.ok()) return status;
  }
  if (response.metadata) {
    if (Status status = take_metadata(*std::move(response.metadata)); !status.ok()) return status;
  }
  if (Status status = take_data(response, message); !status.ok()) return status;
  if (response.stats) ledger_.enter_stats(*response.stats);
  return {};
}

void Attempt::go_on() {
  const bool lossy = !ledger_.all_ended();
  ledger_.enter_gap();
  options_.events->resumed({*cut_, ledger_.rows(), lossy});
}

Status Attempt::take_mutation(const MutationInfo& mutation) {
  options_.events->probes(mutation);
  for (const ProbeState& probe : mutation.probes) {
    if (probe.state == ProbeState::State::kFailed ||
        probe.state == ProbeState::State::kTerminated) {
      return failed_probe(probe, mutation.status);
    }
  }
  if (!mutation.status.is_error()) return {};
  // The server ends the call now; to see the probes' progress the script is sent again.
  probes_pending_ = mutation.status.code == grpc::UNAVAILABLE;
  return classify_in_band(mutation.status);
}

Status Attempt::take_metadata(Schema schema) {
  Result<Ledger::Table*> table = ledger_.announce(std::move(schema));
  if (!table.ok()) return table.status();
  if (*table == nullptr) {
    options_.events->odd("the server announced a table twice");
    return {};
  }
  unseen_.push_back(*table);
  if (visible_) reveal(nullptr);
  return {};
}

Status Attempt::take_data(const Response& response, const Message& message) {
  const bool asked = options_.envelope != nullptr;
  if (response.encrypted_batch && !asked) {
    return {Code::kIncomplete, "the server sent encrypted data without being asked to"};
  }
  if (response.batch && asked) {
    return {Code::kIncomplete, "the server sent rows in plain text although encryption was asked",
            "--no-e2e accepts them"};
  }
  if (response.batch) return take_batch(*response.batch, message.storage);
  if (!response.encrypted_batch) return {};
  if (message.opened == nullptr) return {Code::kInternal, "encrypted rows were not opened"};
  return take_sealed(message.opened);
}

Status Attempt::take_sealed(const std::shared_ptr<const Result<Opened>>& opened) {
  if (!opened->ok()) return opened->status();
  const Opened& sealed = **opened;
  if (options_.envelope->repeats(sealed.sealing)) {
    return cannot_open("a batch was sent a second time");
  }
  Result<EncodedBatch> batch = decode_envelope(sealed.rows.view(), options_.decode);
  return batch.ok() ? take_batch(*batch, opened) : batch.status();
}

Status Attempt::take_batch(const EncodedBatch& encoded,
                           const std::shared_ptr<const void>& storage) {
  Result<Ledger::Table*> found = ledger_.find(encoded.table_id);
  if (!found.ok()) return found.status();
  Ledger::Table& table = **found;
  RowBatch& batch = table.batch;
  if (Status status = decode_columns(encoded, table.schema, options_.decode, batch); !status.ok()) {
    return status;
  }
  if (Status status = ledger_.enter(table, batch, encoded.bytes); !status.ok()) return status;
  if (batch.num_rows == 0 && !visible_) return {};  // a heartbeat, or an end that can be told later
  if (first_row_ == Duration::zero()) first_row_ = MonotonicClock::now() - start_;
  options_.events->rows_come();
  reveal(&table);
  batch.storage = storage;
  sink_.rows(table.schema, batch);
  // The columns are kept to be filled again, but not the message that they point into: it would
  // stay in memory until the table's next batch.
  batch.storage.reset();
  // Room is kept for the next batch, but the more tables there are the less of it each may keep.
  if (decoded_bytes(batch) > options_.decode.batch_bytes / ledger_.table_count()) batch = {};
  return {};
}

// Tells the sink of all tables that it does not know, and of those that have ended without a row.
void Attempt::reveal(const Ledger::Table* current) {
  visible_ = true;
  for (const Ledger::Table* table : unseen_) sink_.begin(table->schema);
  for (const Ledger::Table* table : unseen_) {
    // Not table->batch: what was decoded last may have been refused.
    if (table->eos && table != current) sink_.rows(table->schema, end_of(table->schema));
  }
  unseen_.clear();
}

Progress Attempt::progress() const {
  if (!heard()) return Progress::kNothing;
  if (ledger_.what_is_missing().empty()) return Progress::kWhole;
  return ledger_.rows() != 0 ? Progress::kRows : Progress::kMessages;
}

}  // namespace pxq::wire
