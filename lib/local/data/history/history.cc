#include "local/data/history/history.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <numeric>
#include <type_traits>
#include <utility>

namespace pxq::local {
namespace {

/// Of the time, so much may be spent on reading: one part of so many.
constexpr int kLeastPause = 20;

/// The processor's time that this thread has taken.
Duration thread_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

size_t bytes_of(const RowBatch& batch) {
  size_t bytes = 0;
  for (const Column& column : batch.columns) {
    bytes += std::visit(
        [](const auto& values) {
          size_t sum = values.capacity() * sizeof(values[0]);
          if constexpr (std::is_same_v<std::remove_cvref_t<decltype(values)>, StringColumn>) {
            for (const std::string_view text : values) sum += text.size();
          }
          return sum;
        },
        column);
  }
  return bytes;
}

/// Keeps all rows of a table.
class Keeping final : public RowReceiver {
 public:
  explicit Keeping(TableSample& sample) : sample_(sample) {}

  bool rows(RowBatch&& batch) override {
    for (Column& column : batch.columns) {
      std::visit([](auto& values) { values.shrink_to_fit(); }, column);
    }
    sample_.bytes += sizeof(RowBatch) + bytes_of(batch);
    sample_.batches.push_back(std::move(batch));
    return true;
  }

 private:
  TableSample& sample_;
};

TableSamplePtr take_sample(const TableSource& source, int64_t now_ns) {
  auto sample = std::make_shared<TableSample>();
  sample->time_ns = now_ns;
  sample->bytes = sizeof(TableSample);
  std::vector<size_t> columns(source.relation().size());
  std::iota(columns.begin(), columns.end(), size_t{0});
  Keeping keeping(*sample);
  // What cannot be read now is missing at this moment; a query that asks finds out why.
  if (!source.scan({.columns = columns, .window = {}, .now_ns = now_ns}, keeping).ok()) {
    return nullptr;
  }
  return sample;
}

std::string seconds_text(int64_t ns) { return fmt::format("{} s", ns / 1'000'000'000); }

}  // namespace

/// What queries see of a table.
class History::Table final : public TableSource {
 public:
  Table(std::shared_ptr<History> history, size_t number, std::shared_ptr<const TableSource> now)
      : history_(std::move(history)), number_(number), now_(std::move(now)) {}

  std::string_view name() const override { return now_->name(); }
  std::string_view description() const override { return now_->description(); }
  const std::vector<ColumnInfo>& relation() const override { return now_->relation(); }
  bool is_sample() const override { return true; }

  int64_t whole_until(int64_t now_ns) const override {
    const std::lock_guard lock(history_->mutex_);
    return history_->log_.newest(number_).value_or(now_ns);
  }

  Status scan(const ScanRequest& request, RowReceiver& receiver) const override {
    bool reads_now = false;
    for (const TableSamplePtr& sample : find_past(request, reads_now)) {
      for (const RowBatch& batch : sample->batches) {
        RowBatch part;
        part.num_rows = batch.num_rows;
        part.storage = batch.storage;
        for (const size_t column : request.columns) part.columns.push_back(batch.columns[column]);
        if (!receiver.rows(std::move(part))) return {};
      }
    }
    return reads_now ? now_->scan(request, receiver) : Status();
  }

 private:
  /// `reads_now`: whether the table is also to be read itself.
  std::vector<TableSamplePtr> find_past(const ScanRequest& request, bool& reads_now) const {
    const std::lock_guard lock(history_->mutex_);
    const bool has_past = history_->log_.newest(number_).has_value();
    reads_now = !has_past ||
                (history_->keeper_ == Keeper::kWatcher && request.window.contains(request.now_ns));
    // Samples that are younger than the query are not of its moment.
    const int64_t end = std::min(request.window.end_ns, request.now_ns);
    return history_->log_.find(number_, {request.window.start_ns, end});
  }

  const std::shared_ptr<History> history_;
  const size_t number_;
  const std::shared_ptr<const TableSource> now_;
};

History::History(std::function<int64_t()> clock) : clock_(std::move(clock)) {}

History::~History() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::unique_ptr<TableSource> History::keep(const std::shared_ptr<History>& history,
                                           std::unique_ptr<TableSource> table) {
  const std::shared_ptr<const TableSource> source = std::move(table);
  const std::lock_guard lock(history->mutex_);
  history->tables_.push_back({source});
  return std::make_unique<Table>(history, history->log_.add_table(), source);
}

void History::set_keeper(Keeper keeper, const HistoryLimits& limits) {
  const std::lock_guard lock(mutex_);
  keeper_ = keeper;
  log_.set_limits(limits);
}

History::Use::Use(History& history, std::vector<size_t> tables)
    : history_(&history), tables_(std::move(tables)) {}

History::Use::Use(Use&& other) noexcept
    : history_(std::exchange(other.history_, nullptr)), tables_(std::move(other.tables_)) {}

History::Use& History::Use::operator=(Use&& other) noexcept {
  std::swap(history_, other.history_);
  std::swap(tables_, other.tables_);
  return *this;
}

History::Use::~Use() {
  if (history_ != nullptr) history_->leave(tables_);
}

bool History::is_watched() const {
  const std::lock_guard lock(mutex_);
  return keeper_ == Keeper::kWatcher;
}

std::vector<size_t> History::find(std::span<const std::string> names) const {
  std::vector<size_t> found;
  for (size_t i = 0; i < tables_.size(); ++i) {
    if (std::ranges::find(names, tables_[i].source->name()) != names.end()) found.push_back(i);
  }
  return found;
}

History::Use History::use(std::span<const std::string> names) {
  std::unique_lock lock(mutex_);
  std::vector<size_t> tables = find(names);
  lock.unlock();
  enter(tables);
  return {*this, std::move(tables)};
}

void History::use_on(std::span<const std::string> names) {
  std::unique_lock lock(mutex_);
  const std::vector<size_t> tables = find(names);
  lock.unlock();
  enter(tables);
}

void History::before_query(std::span<const std::string> names) {
  std::unique_lock lock(mutex_);
  if (keeper_ != Keeper::kWatcher) return;
  std::vector<size_t> tables = find(names);
  std::erase_if(tables, [this](size_t table) { return tables_[table].users != 0; });
  lock.unlock();
  enter(tables);
}

void History::enter(std::span<const size_t> tables) {
  std::vector<size_t> started;
  {
    const std::lock_guard lock(mutex_);
    for (const size_t table : tables) {
      if (tables_[table].users++ == 0) started.push_back(table);
    }
    if (!started.empty() && !thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  sample(started);
  changed_.notify_all();
}

void History::leave(std::span<const size_t> tables) {
  const std::lock_guard lock(mutex_);
  for (const size_t table : tables) --tables_[table].users;
}

std::vector<size_t> History::in_use() const {
  std::vector<size_t> tables;
  for (size_t i = 0; i < tables_.size(); ++i) {
    if (tables_[i].users != 0) tables.push_back(i);
  }
  return tables;
}

void History::sample() {
  std::unique_lock lock(mutex_);
  const std::vector<size_t> tables = in_use();
  lock.unlock();
  sample(tables);
}

void History::sample(std::span<const size_t> tables) {
  const std::lock_guard one_at_a_time(sampling_);
  for (const size_t table : tables) {
    std::unique_lock lock(mutex_);
    const std::shared_ptr<const TableSource> source = tables_[table].source;
    const std::optional<int64_t> last = log_.newest(table);
    lock.unlock();
    // A clock that was set back must not mix up the order of rows.
    const int64_t now_ns = last ? std::max(clock_(), *last + 1) : clock_();
    TableSamplePtr sample = take_sample(*source, now_ns);
    lock.lock();
    if (sample != nullptr) log_.add(table, std::move(sample));
  }
}

void History::run() {
  std::unique_lock lock(mutex_);
  TimePoint due = MonotonicClock::now() + kInterval;
  while (!stopping_) {
    if (in_use().empty()) {
      changed_.wait(lock, [this] { return stopping_ || !in_use().empty(); });
      due = MonotonicClock::now() + kInterval;
    }
    if (changed_.wait_until(lock, due, [this] { return stopping_; })) return;
    lock.unlock();
    const Duration before = thread_time();
    sample();
    const Duration cost = thread_time() - before;
    lock.lock();
    const TimePoint now = MonotonicClock::now();
    due += kInterval;
    if (due < now) due = now + kInterval;  // the machine was asleep: what was missed stays missed
    due = std::max(due, now + cost * kLeastPause);
  }
}

std::string History::gap(std::string_view table, int64_t start_ns, int64_t now_ns) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(
      tables_, table, [](const Sampled& sampled) { return sampled.source->name(); });
  // A moment ago is now: no reader can tell the two apart.
  if (found == tables_.end() || now_ns - start_ns <= kInterval.count()) return {};
  const auto number = static_cast<size_t>(found - tables_.begin());
  const std::optional<int64_t> oldest = log_.oldest(number);
  const std::string asked =
      fmt::format("the script asks for the last {}", seconds_text(now_ns - start_ns));
  if (!oldest && keeper_ == Keeper::kServer) {
    return asked + ", and its server keeps no past: all rows are of this moment";
  }
  if (!oldest && keeper_ == Keeper::kWatcher) return {};
  if (!oldest) {
    return asked +
           ", and this machine is read once, as it runs: --sample 10s, or `pxq serve`, "
           "gives it a past";
  }
  if (*oldest - start_ns <= kInterval.count()) return {};
  const bool dropped = log_.has_dropped(number);
  if (keeper_ != Keeper::kServer && !dropped) return {};
  return fmt::format("{} of {}, of which the last {} are there: {}", asked, table,
                     seconds_text(now_ns - *oldest),
                     dropped ? "what is older was dropped, as memory for it is limited"
                             : "nothing is kept from before");
}

}  // namespace pxq::local