#include "local/exec/scan.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace pxq::local {
namespace {

constexpr size_t kNowhere = SIZE_MAX;

size_t place_of(std::span<const size_t> columns, size_t column) {
  const auto found = std::ranges::find(columns, column);
  return found == columns.end() ? kNowhere : static_cast<size_t>(found - columns.begin());
}

size_t time_column(const std::vector<ColumnInfo>& relation) {
  for (size_t i = 0; i < relation.size(); ++i) {
    if (relation[i].name == "time_" && relation[i].type == DataType::kTime64Ns) return i;
  }
  return kNowhere;
}

}  // namespace

TimeWindow window_of(const Operator::Source& source) {
  TimeWindow window;
  if (source.start_ns) window.start_ns = *source.start_ns;
  if (source.end_ns) window.end_ns = *source.end_ns;
  return window;
}

Scan::Scan(const TableSource& table, std::vector<const Operator::Source*> sources)
    : table_(table), sources_(std::move(sources)), window_(window_of(*sources_.front())) {
  bool same_window = true;
  for (const Operator::Source* source : sources_) {
    const TimeWindow window = window_of(*source);
    same_window = same_window && window == window_;
    window_ = window_.hull(window);
    for (const size_t column : source->columns) {
      if (place_of(columns_, column) == kNowhere) columns_.push_back(column);
    }
  }
  // Sources with other windows are read together, and each gets its rows by their time.
  const size_t time = time_column(table.relation());
  if (same_window || time == kNowhere) return;
  time_ = place_of(columns_, time);
  if (time_ == kNowhere) {
    time_ = columns_.size();
    columns_.push_back(time);
  }
}

Scan::Scan(const TableSource& table, const Operator::Source& source, const TimeWindow& window)
    : Scan(table, {&source}) {
  window_ = window;
}

class Scan::Receiver final : public RowReceiver {
 public:
  Receiver(const Scan& scan, Execution& execution, ExecutionCounters& counters,
           const Deliver& deliver)
      : scan_(scan), execution_(execution), counters_(counters), deliver_(deliver) {}

  bool rows(RowBatch&& batch) override {
    if (status_ = check(batch); !status_.ok()) return false;
    const Frame frame = frame_of(std::move(batch));
    std::vector<Frame> frames;
    for (const Operator::Source* source : scan_.sources_) frames.push_back(part(*source, frame));
    const Result<bool> more = deliver_(std::move(frames));
    if (!more.ok()) status_ = more.status();
    return more.ok() && *more;
  }

  const Status& status() const { return status_; }

 private:
  Status check(const RowBatch& batch) const {
    if (Status status = execution_.check(); !status.ok()) return status;
    const std::string name{scan_.table_.name()};
    bool sound = batch.columns.size() == scan_.columns_.size();
    for (size_t i = 0; sound && i < batch.columns.size(); ++i) {
      sound = column_type(batch.columns[i]) == scan_.table_.relation()[scan_.columns_[i]].type &&
              column_size(batch.columns[i]) == batch.num_rows;
    }
    if (sound && batch.num_rows <= kMaxRows) return {};
    return {Code::kInternal, "table '" + name + "' broke its own relation"};
  }

  static Frame frame_of(RowBatch&& batch) {
    Frame frame{{}, batch.num_rows, std::make_shared<FrameMemory>()};
    if (batch.storage != nullptr) frame.memory->others.push_back(std::move(batch.storage));
    for (Column& column : batch.columns) frame.columns.push_back(share(std::move(column)));
    return frame;
  }

  /// What one source wants of the rows.
  Frame part(const Operator::Source& source, const Frame& frame) {
    Frame chosen{{}, frame.rows, frame.memory};
    for (const size_t column : source.columns) {
      chosen.columns.push_back(frame.columns[place_of(scan_.columns_, column)]);
    }
    if (scan_.time_ != kNowhere) {
      const TimeWindow window = window_of(source);
      const auto& times = std::get<Time64Column>(*frame.columns[scan_.time_]);
      std::vector<uint32_t> rows;
      for (size_t row = 0; row < times.size(); ++row) {
        if (window.contains(times[row].ns)) rows.push_back(static_cast<uint32_t>(row));
      }
      if (rows.size() != frame.rows) chosen = gather(chosen, rows);
    }
    counters_.records_processed += chosen.rows;
    for (const ColumnPtr& column : chosen.columns) {
      counters_.bytes_processed += payload_bytes(*column, 0, chosen.rows);
    }
    return chosen;
  }

  const Scan& scan_;
  Execution& execution_;
  ExecutionCounters& counters_;
  const Deliver& deliver_;
  Status status_;
};

Status Scan::run(Execution& execution, ExecutionCounters& counters, const Deliver& deliver) const {
  if (Status status = execution.check(); !status.ok()) return status;
  for (const size_t column : columns_) {
    if (column < table_.relation().size()) continue;
    return {Code::kInternal, "a source asks for a column that its table does not have"};
  }
  Receiver receiver(*this, execution, counters, deliver);
  const ScanRequest request{.columns = columns_,
                            .window = window_,
                            .now_ns = execution.functions.now_ns,
                            .asid = execution.functions.asid,
                            .cluster = execution.functions.cluster};
  Status status = table_.scan(request, receiver);
  return receiver.status().ok() ? status : receiver.status();
}

}  // namespace pxq::local
