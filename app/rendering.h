#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "command.h"
#include "destination.h"
#include "options/output_options.h"
#include "options/talk_options.h"
#include "script/request.h"
#include "sink/select.h"
#include "wire/script_call.h"

namespace pxq {

/// By what a run is judged and told, beside its summary. Both texts outlive the call.
struct RunFacts {
  const ScriptRequest& request;  // whose lines the server's positions count
  std::string_view text;         // of the script as its user wrote it; empty: not known
  uint64_t row_cap = 0;          // the server's
};

/// A run's way from decoded rows to its user, live or replayed: selection, format, destination, the
/// verdict and the last words.
class Rendering {
 public:
  /// Refuses what cannot work before anything is asked of a server. `strict`: doubt is failure.
  static Result<std::unique_ptr<Rendering>> open(const OutputOptions& output,
                                                 const TalkOptions& talk, bool strict,
                                                 Context& context);

  ResultSink& sink() { return select_; }

  /// Lets a run ask whether to go on: of this, of options.record where it is set, and of signals.
  void attach(wire::RunOptions& options) const;

  /// After sink().end(): brings everything out or leaves no trace, says how it went, and returns
  /// that.
  Status conclude(Summary summary, const RunFacts& facts);

 private:
  Rendering(Selection selection, std::unique_ptr<Destination> destination, const TalkOptions& talk,
            bool strict, Context& context);

  Status doubt(const Summary& summary) const;
  void report(const Summary& summary, const RunFacts& facts);

  std::unique_ptr<Destination> destination_;
  Select select_;
  const TalkOptions& talk_;
  const bool strict_;
  Context& context_;
};

}  // namespace pxq
