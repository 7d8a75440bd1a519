#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "connect/run_console.h"

namespace pxq {

/// How far the clusters of a run are together.
struct FleetCount {
  size_t of = 0;
  size_t done = 0;
  std::vector<uint64_t> rows = {};  // of each
};

/// Tells what happens on one of several clusters, under its label and the lock that all share.
class MemberEvents final : public wire::RunEvents {
 public:
  MemberEvents(Context& context, Duration held, std::string label, std::mutex& mutex,
               FleetCount& count, size_t index)
      : context_(context),
        console_(context, held),
        label_(std::move(label)),
        mutex_(mutex),
        count_(count),
        index_(index) {}

  void retrying(const Status& failure, Duration pause) override {
    labelled([&] { console_.retrying(failure, pause); });
  }
  void resumed(const wire::Resumption& at) override {
    labelled([&] { console_.resumed(at); });
  }
  void odd(std::string_view what) override {
    labelled([&] { console_.odd(what); });
  }
  // Not under the lock: whoever writes the rows that are not taken has it.
  void held() override { console_.held(); }
  void message(const wire::MessageNews& news) override {
    labelled([&] { console_.message(news); });
  }
  void tick(const wire::RunProgress& progress) override;
  void rows_come() override {
    labelled([&] { console_.rows_come(); });
    rows_seen_ = true;
  }
  void ended() override {
    labelled([&] { console_.ended(); });
  }
  void probes(const wire::MutationInfo& info) override {
    labelled([&] { console_.probes(info); });
  }

 private:
  template <typename Work>
  void labelled(Work work) {
    const std::lock_guard lock(mutex_);
    context_.console.set_about(label_);
    work();
    context_.console.set_about({});
  }

  Context& context_;
  RunConsole console_;
  const std::string label_;
  std::mutex& mutex_;
  FleetCount& count_;
  const size_t index_;
  bool rows_seen_ = false;
};

}  // namespace pxq
