#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "export/summary_file.h"
#include "format/odd_text.h"
#include "options/talk_options.h"
#include "output/output_plan.h"
#include "report/assertion.h"
#include "report/table_facts.h"
#include "result/shaping.h"
#include "script/request.h"
#include "script/row_limits.h"
#include "sink/pipe.h"
#include "sink/select.h"

namespace pxq {

/// The measure by which rows are missing where clusters are.
inline constexpr std::string_view kNotOfAll = "not of all clusters";

/// By what a run is judged and told, beside its summary. Both texts outlive the call.
struct RunFacts {
  const ScriptRequest& request;  // whose lines the server's positions count
  std::string_view text;         // of the script as its user wrote it; empty: not known
  uint64_t row_cap = 0;          // the server's
  bool partial = false;          // of several clusters some are missing or cut
};

/// How a run is judged and what is known of it before it starts.
struct RenderingOptions {
  const TalkOptions& talk;
  bool cut_is_failure = false;  // a table with exactly the server's cap of rows
  /// Asked of a failure: another try follows, and it is not told. `too_much`: nothing is wrong but
  /// that a table was cut.
  std::function<bool(bool too_much)> untold = {};
  /// Asked of the run's error and of the script that it is about: true where the asker tells it.
  std::function<bool(const Status& error, std::string_view script)> takes_error = {};
  std::vector<RowLimit> limits = {};  // of the script itself: a table as long as one was cut
  std::vector<Assertion> assertions = {};
  /// The user's own end of a run, whatever it has brought: asked about ten times a second.
  std::function<bool()> enough = {};
  std::string_view enough_by = "ended by --for";
  /// What is known of tables beside what the server tells, such as that they were cut.
  std::function<void(Summary&)> mark = {};
  std::optional<int64_t> run_column_ns = {};  // rows tell when their run began
  std::vector<std::string> promised = {};     // tables that the script's vis.json says will come
  RunIdentity run = {};
  Shape shape = {};
  /// Where the format writes bytes as they are, of cells that its readers may refuse: told at the
  /// end.
  std::shared_ptr<OddText> odd_text = {};
};

/// A run's way from decoded rows to its user, live or replayed: selection, format, destination, the
/// verdict and the last words.
class Rendering {
 public:
  /// Refuses what cannot work before anything is asked of a server.
  static Result<std::unique_ptr<Rendering>> open(const OutputPlan& output, RenderingOptions options,
                                                 Context& context);

  /// The same with a destination of the caller's own.
  Rendering(Selection selection, std::unique_ptr<Destination> destination, RenderingOptions options,
            Context& context);

  ResultSink& sink() { return pipe_; }

  /// After sink().end(): brings everything out or leaves no trace, says how it went, and returns
  /// that.
  Status conclude(Summary summary, const RunFacts& facts);

  /// After conclude(): adds what is known of tables and files.
  void describe(RunReport& report) const;

 private:
  TableFactsSink& build(const Selection& selection);
  Status doubt(const Summary& summary) const;
  void report(const Summary& summary, const RunFacts& facts);

  void count_written(Summary& summary) const;
  void accept_own_limits(Summary& summary, const RunFacts& facts) const;
  void tell_odd_text() const;
  void tell_parts(const Summary& summary) const;

  RenderingOptions options_;
  std::unique_ptr<Destination> destination_;
  Pipe pipe_;
  Shaping shaping_;
  TableFactsSink& facts_;  // of rows that are written, with columns that are not
  Select& rows_;           // of --limit, and of tables
  const bool limits_;      // --limit is given
  Summary summary_;
  bool too_much_ = false;
  Context& context_;
};

}  // namespace pxq
