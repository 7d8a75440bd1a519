#pragma once

#include <string>
#include <vector>

#include "wire/classify.h"
#include "wire/ledger.h"
#include "wire/message_source.h"
#include "wire/script_call.h"

namespace pxq::wire {

/// One stream of a run, from the first message to the verdict. The sink hears of tables only with
/// the first row, or when the attempt is closed: one that failed before can be repeated unseen.
class Attempt {
 public:
  Attempt(const RunOptions& options, ResultSink& sink, TimePoint start)
      : options_(options), sink_(sink), ledger_(options.decode), start_(start) {}

  /// Reads the stream to its end; `address` names the peer in messages.
  Status go(MessageSource& stream, std::string_view address);

  /// Ends the sink and says how the run went.
  Summary close(Status status);

  bool visible() const { return visible_; }
  bool heard() const { return any_message_; }
  bool probes_pending() const { return probes_pending_; }

 private:
  Status read_all(MessageSource& stream);
  Status take(const Message& message);
  Status take_mutation(const MutationInfo& mutation);
  Status take_metadata(Schema schema);
  Status take_data(const Response& response, const Message& message);
  Status take_sealed(std::string_view sealed);
  Status take_batch(const EncodedBatch& encoded, const std::shared_ptr<const void>& storage);
  void reveal(const Ledger::Table* current);
  Progress progress() const;

  const RunOptions& options_;
  ResultSink& sink_;
  Ledger ledger_;
  const TimePoint start_;
  Duration first_row_{0};
  std::vector<Ledger::Table*> unseen_;  // announced, and not yet told to the sink
  bool visible_ = false;
  bool any_message_ = false;
  bool probes_pending_ = false;
  bool satisfied_ = false;  // the user wants no more
};

}  // namespace pxq::wire
