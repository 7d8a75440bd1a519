#include "fleet/member_events.h"

#include <fmt/format.h>

#include <chrono>
#include <numeric>

namespace pxq {
void MemberEvents::tick(const wire::RunProgress& progress) {
  const std::lock_guard lock(mutex_);
  count_.rows[index_] = progress.rows;
  if ((rows_seen_ && context_.rows_on_screen) || progress.elapsed < kQuietStart) return;
  const uint64_t rows = std::accumulate(count_.rows.begin(), count_.rows.end(), uint64_t{0});
  context_.console.progress(
      fmt::format("{} of {} clusters, {} rows, {} s; Ctrl-C cancels", count_.done, count_.of, rows,
                  std::chrono::duration_cast<std::chrono::seconds>(progress.elapsed).count()),
      context_.err);
}

}  // namespace pxq
