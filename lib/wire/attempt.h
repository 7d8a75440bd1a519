#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wire/classify.h"
#include "wire/ledger.h"
#include "wire/message_source.h"
#include "wire/script_call.h"

namespace pxq::wire {

/// One result of a run, from the first message to the verdict: a stream, or several where one was
/// cut and resumed. The sink hears of tables only with the first row, or when the attempt is
/// closed: one that failed before can be repeated unseen.
class Attempt {
 public:
  Attempt(const RunOptions& options, ResultSink& sink, TimePoint start)
      : options_(options), sink_(sink), ledger_(options.decode), start_(start) {}

  /// Reads the stream to its end; `address` names the peer in messages.
  Status go(MessageSource& stream, std::string_view address);

  /// Whether, after a go() that ended so, the server may still have the rest and the user takes it
  /// although rows in between may be lost.
  bool resumable(const Status& end) const;

  /// The next go() reads what the server still has of the same query. `end` is that of the last.
  void resume(Status end);

  /// Ends the sink and says how the run went. A rest that the server did not give leaves the cut
  /// itself as the verdict.
  Summary close(Status status);

  const std::string& query_id() const { return ledger_.query_id(); }
  bool resumed() const { return cut_.has_value(); }
  bool visible() const { return visible_; }
  bool heard() const { return heard_ != Heard::kNothing; }  // on the last stream
  bool fed() const { return heard_ == Heard::kResult; }     // more than a refusal came on it

  /// Whether its time was over before it had begun.
  bool ran_out_unheard() const { return !heard() && ended_ == Ended::kTotal; }
  bool probes_pending() const { return probes_pending_; }

 private:
  /// What the last stream has brought so far.
  enum class Heard { kNothing, kRefusal, kResult };

  void tick();
  Status read_all(MessageSource& stream);
  Status take(const Message& message);
  void go_on();
  Status take_mutation(const MutationInfo& mutation);
  Status take_metadata(Schema schema);
  Status take_data(const Response& response, const Message& message);
  Status take_sealed(const std::shared_ptr<const Result<Opened>>& opened);
  Status take_batch(const EncodedBatch& encoded, const std::shared_ptr<const void>& storage);
  void reveal(const Ledger::Table* current);
  Progress progress() const;

  const RunOptions& options_;
  ResultSink& sink_;
  Ledger ledger_;
  const TimePoint start_;
  Duration first_row_{0};
  TimePoint last_tick_ = start_;        // of the sink
  std::vector<Ledger::Table*> unseen_;  // announced, and not yet told to the sink
  std::optional<Status> cut_;           // how the last stream ended that brought something
  Ended ended_ = Ended::kNot;           // why we ended the last stream
  Heard heard_ = Heard::kNothing;
  bool visible_ = false;
  bool probes_pending_ = false;
  bool satisfied_ = false;  // the user wants no more
};

}  // namespace pxq::wire
