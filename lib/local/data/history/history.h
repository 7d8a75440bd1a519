#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "base/wall_clock.h"
#include "local/data/history/sample_log.h"
#include "local/data/table_source.h"

namespace pxq::local {

/// The past of tables whose rows come into being as they are read. While somebody uses such a table
/// a thread reads it once a second, less often where that would take more than a twentieth of a
/// core, and the rows are kept within limits. A table that nobody uses is not read. Safe from
/// several threads.
class History {
 public:
  /// How often tables are read, as often as Pixie's agents do.
  static constexpr Duration kInterval = std::chrono::seconds(1);

  /// Who wants a past, which is what words about a missing one depend on.
  enum class Keeper {
    kNobody,   // tables are read when a query runs
    kWatcher,  // a run that repeats itself: each query reads tables anew, beside their past
    kSampler,  // a run that was told to wait for one
    kServer,
  };

  /// `clock` gives Unix nanoseconds.
  explicit History(std::function<int64_t()> clock = wall_clock_ns);
  History(const History&) = delete;
  History& operator=(const History&) = delete;
  ~History();

  /// A table that reads what `history` keeps of `table`; where that is nothing, `table` itself.
  static std::unique_ptr<TableSource> keep(const std::shared_ptr<History>& history,
                                           std::unique_ptr<TableSource> table);

  /// Who keeps it, and how much.
  void set_keeper(Keeper keeper, const HistoryLimits& limits = {});

  bool is_watched() const;

  /// As long as it lives its tables are in use. Must not outlive the History.
  class Use {
   public:
    Use() = default;
    Use(Use&& other) noexcept;
    Use& operator=(Use&& other) noexcept;
    ~Use();

   private:
    friend class History;
    Use(History& history, std::vector<size_t> tables);

    History* history_ = nullptr;
    std::vector<size_t> tables_;
  };

  /// From now on these tables are read again and again, the first time before it returns. Names of
  /// other tables mean nothing here.
  [[nodiscard]] Use use(std::span<const std::string> names);
  /// The same for as long as this lives.
  void use_on(std::span<const std::string> names);

  /// A query is about to read the past of these: a watcher's are in use from then on.
  void before_query(std::span<const std::string> names);

  /// Reads the tables in use, now.
  void sample();

  /// What is missing of a table's rows since `start_ns`, a sentence; empty: nothing, or nothing
  /// that its reader does not know.
  std::string gap(std::string_view table, int64_t start_ns, int64_t now_ns) const;

 private:
  class Table;
  struct Sampled {
    std::shared_ptr<const TableSource> source;
    size_t users = 0;
  };

  std::vector<size_t> find(std::span<const std::string> names) const;
  void enter(std::span<const size_t> tables);
  void sample(std::span<const size_t> tables);
  void run();
  std::vector<size_t> in_use() const;
  void leave(std::span<const size_t> tables);

  const std::function<int64_t()> clock_;
  std::mutex sampling_;  // one reader at a time: times ascend
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Sampled> tables_;
  SampleLog log_{HistoryLimits{}};
  Keeper keeper_ = Keeper::kNobody;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses the members above
};

}  // namespace pxq::local
