#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/status.h"
#include "base/text_buffer.h"

namespace pxq {

/// Where formatted bytes go. Writers append a record (a row, a title, a footer) to text() and then
/// commit() it; nothing uncommitted is ever written. Failure is sticky: after the first one all
/// later bytes are dropped, so writers never check and the driver asks status() once per batch.
/// One thread only.
class Output {
 public:
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  virtual ~Output() = default;

  TextBuffer& text() { return text_; }

  /// Ends a record. Hands bytes on when enough have gathered.
  void commit() {
    if (text_.size() == committed_) return;
    committed_ = text_.size();
    record_ends_.push_back(committed_);
    if (committed_ >= kWriteSize) flush();
  }

  /// Hands all committed bytes on to the destination.
  void flush();

  /// Records a failure from above (for example two tables in one CSV); the first one stays.
  void fail(Status failure);

  const Status& status() const { return status_; }

  /// Bytes handed on so far.
  uint64_t bytes_written() const { return bytes_written_; }

 protected:
  /// Takes all of `bytes`, which end at a record's end, or says why not.
  virtual Status write(std::string_view bytes) = 0;

  /// Where the records end in the bytes that write() was given: ascending offsets, the last one is
  /// the size. Valid during write(), for destinations that may have to stop between two records.
  std::span<const size_t> record_ends() const { return record_ends_; }

  /// Pieces of about this size go to the destination: large enough that the system call does not
  /// show, small enough to stay in cache (performance.md: 128 to 512 KiB).
  static constexpr size_t kWriteSize = 128u << 10;

 private:
  TextBuffer text_;
  size_t committed_ = 0;
  std::vector<size_t> record_ends_;  // of what is committed and not yet handed on
  uint64_t bytes_written_ = 0;
  Status status_;
};

/// Keeps everything in memory, for tests and for parts that are assembled later.
class StringOutput final : public Output {
 public:
  const std::string& str() {
    flush();
    return text_so_far_;
  }

 protected:
  Status write(std::string_view bytes) override {
    text_so_far_.append(bytes);
    return {};
  }

 private:
  std::string text_so_far_;
};

}  // namespace pxq
