#include "snapshot/segment.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "local/snapshot/gatherer.h"
#include "local/snapshot/writer.h"
#include "model/time_order.h"

namespace pxq {
namespace {

using local::snapshot::Contents;
using local::snapshot::Table;

class SegmentSink final : public ResultSink {
 public:
  SegmentSink(std::shared_ptr<const SegmentNotes> notes, std::optional<RunWindow> window,
              Output& output)
      : notes_(std::move(notes)), window_(window), output_(output), writer_(output) {}

  void begin(const Schema& schema) override {
    const Result<size_t> number = writer_.add_table(schema.name, schema.columns);
    if (!number.ok()) return output_.fail(number.status());
    numbers_[&schema] = *number;
    const auto& known = notes_->contents.tables;
    const auto found = std::ranges::find(known, schema.name, &Table::name);
    if (found == known.end()) return;
    Table& table = writer_.contents().tables[*number];
    table.description = found->description;
    table.evicted_before_ns = found->evicted_before_ns;
  }

  void rows(const Schema& schema, const RowBatch& batch) override {
    const auto number = numbers_.find(&schema);
    if (number == numbers_.end() || batch.num_rows == 0) return;
    if (const auto time = time_column(schema.columns)) {
      const auto& times = std::get<Time64Column>(batch.columns[*time]);
      const int64_t first = std::ranges::min_element(times)->ns;
      first_ns_ = std::min(first, first_ns_.value_or(first));
    }
    gatherer_.add(number->second, batch);
  }

  void end(const Summary& summary) override {
    if (!summary.status.ok() || !output_.status().ok()) return;
    gatherer_.finish();
    describe(writer_.contents());
    writer_.close(notes_->state);
  }

  const Status& status() const override { return output_.status(); }

 private:
  void describe(Contents& contents) const {
    const Contents& known = notes_->contents;
    contents.pxq_version = known.pxq_version;
    contents.cluster = known.cluster;
    contents.taken_ns = known.taken_ns;
    contents.without_bodies = known.without_bodies;
    contents.redacted = known.redacted;
    contents.lacking = known.lacking;
    contents.unanswered = known.unanswered;
    if (!window_) return;
    contents.end_ns = window_->end_ns - 1;  // the end of an export's window is not in it
    // A first window reaches back as far as there are rows.
    contents.start_ns =
        window_->start_ns > 0 ? window_->start_ns : first_ns_.value_or(contents.end_ns);
  }

  const std::shared_ptr<const SegmentNotes> notes_;
  const std::optional<RunWindow> window_;
  Output& output_;
  local::snapshot::SnapshotWriter writer_;
  local::snapshot::Gatherer gatherer_{writer_};
  std::map<const Schema*, size_t> numbers_;
  std::optional<int64_t> first_ns_;
};

}  // namespace

std::unique_ptr<ResultSink> make_segment_sink(std::shared_ptr<const SegmentNotes> notes,
                                              const RunIdentity& run, Output& output) {
  return std::make_unique<SegmentSink>(std::move(notes), run.window, output);
}

}  // namespace pxq
