#include "snapshot/progress.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "format/footer.h"
#include "model/time_order.h"
#include "text/number.h"
#include "text/time_text.h"
#include "text/visible.h"

namespace pxq {
namespace {

struct Size {
  uint64_t rows = 0;
  uint64_t bytes = 0;
};

Size size_of(const local::snapshot::Table& table) {
  Size size;
  for (const local::snapshot::Segment& segment : table.segments) {
    size.rows += segment.rows;
    size.bytes += segment.bytes;
  }
  return size;
}

}  // namespace

void SnapshotProgress::phase(std::string words) { phase_ = std::move(words); }

void SnapshotProgress::slice(size_t number, size_t slices) {
  phase_ = fmt::format("slice {} of {}", number, slices);
}

void SnapshotProgress::wrote(uint64_t rows, const local::snapshot::Contents& contents) {
  rows_ = rows;
  bytes_ = 0;
  for (const local::snapshot::Table& table : contents.tables) bytes_ += size_of(table).bytes;
}

void SnapshotProgress::tick(const wire::RunProgress& progress) {
  if (elapsed() < kQuietStart) return;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(elapsed()).count();
  const uint64_t rows = rows_ + progress.rows;
  const std::string read =
      rows == 0 ? std::string()
                : fmt::format(", {} rows, {} kept", grouped(rows), size_text(bytes_));
  context_.console.progress(fmt::format("{}{}, {} s; Ctrl-C cancels", phase_, read, seconds),
                            context_.err);
}

void SnapshotProgress::finish(const local::snapshot::Contents& contents) {
  context_.console.clear_progress();
  if (!context_.console.verbose()) return;
  for (const local::snapshot::Table& table : contents.tables) {
    const Size size = size_of(table);
    std::string times;
    if (size.rows > 0) {
      times = fmt::format(", {} to {}", rfc3339_text(table.segments.front().first_ns),
                          rfc3339_text(table.segments.back().last_ns));
    }
    context_.console.line(fmt::format("{}: {} rows, {}{}", visible(table.name), grouped(size.rows),
                                      size_text(size.bytes), times));
  }
}

}  // namespace pxq
