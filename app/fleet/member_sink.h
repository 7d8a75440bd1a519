#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "output/destination.h"
#include "process/console.h"

namespace pxq {

/// The way of one cluster's rows into the lock that all clusters share: whatever stands behind it
/// is used by one thread at a time.
class GuardedSink final : public ResultSink {
 public:
  GuardedSink(std::mutex& mutex, const std::string& label, Console& console, ResultSink& next)
      : mutex_(mutex), label_(label), console_(console), next_(next) {}

  void begin(const Schema& schema) override {
    guarded([&] { next_.begin(schema); });
  }
  void rows(const Schema& schema, const RowBatch& batch) override {
    guarded([&] { next_.rows(schema, batch); });
  }
  void end(const Summary& summary) override {
    guarded([&] { next_.end(summary); });
  }
  void tick() override {
    guarded([&] { next_.tick(); });
  }

  // A copy: what stands behind may change as soon as the lock is gone.
  const Status& status() const override {
    const std::lock_guard lock(mutex_);
    if (status_.ok() && !next_.status().ok()) status_ = next_.status();
    return status_;
  }
  bool satisfied() const override {
    const std::lock_guard lock(mutex_);
    return next_.satisfied();
  }

 private:
  template <typename Work>
  void guarded(Work work) {
    const std::lock_guard lock(mutex_);
    console_.set_about(label_);
    work();
    console_.set_about({});
  }

  std::mutex& mutex_;
  const std::string& label_;
  Console& console_;
  ResultSink& next_;
  mutable Status status_;
};

/// Where one cluster's rows go that are a part of all clusters' rows: what becomes of those is
/// decided once all have come.
class MergedRows final : public Destination {
 public:
  explicit MergedRows(std::unique_ptr<ResultSink> source) : source_(std::move(source)) {}

  const Status& status() const override { return source_->status(); }
  bool satisfied() const override { return source_->satisfied(); }
  Status conclude(const Status& /*run*/) override { return {}; }

 private:
  ResultSink& sink() override { return *source_; }

  std::unique_ptr<ResultSink> source_;
};

}  // namespace pxq
