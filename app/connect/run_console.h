#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "local/data/data_set.h"
#include "wire/run_events.h"

namespace pxq {

/// Tells on stderr what happens while a run goes on: to everybody what may cost rows, the rest to
/// those who asked for more words or look at a terminal.
class RunConsole final : public wire::RunEvents {
 public:
  /// `held`: after how long a destination that takes no rows is told of, as in TimeLimits.
  RunConsole(Context& context, Duration held) : context_(context), held_(held) {}

  /// Once a run has asked for a state of a cluster that is not there, that is told, once.
  void watch(std::shared_ptr<local::StateGap> gap) { gap_ = std::move(gap); }

  void retrying(const Status& failure, Duration pause) override;
  void resumed(const wire::Resumption& at) override;
  void odd(std::string_view what) override;
  void note(std::string_view text) override;
  void held() override;
  /// Each message, to those who asked for it twice.
  void message(const wire::MessageNews& news) override;
  /// On a terminal: how far the run is, until something else is to be seen there.
  void tick(const wire::RunProgress& progress) override;
  void rows_come() override;
  void ended() override;
  /// The server has sent something.
  bool heard() const { return heard_; }
  /// What has changed since the last time.
  void probes(const wire::MutationInfo& info) override;

 private:
  void tell(const std::string& what, const std::string& state);
  void tell_notes();

  Context& context_;
  const Duration held_;
  std::shared_ptr<local::StateGap> gap_;
  uint64_t messages_ = 0;
  uint64_t bytes_ = 0;
  std::vector<std::string> notes_;  // of this run
  bool noted_ = false;              // an earlier run's were told: those of the next are the same
  bool rows_seen_ = false;
  bool heard_ = false;
  std::map<std::string, std::string> told_;  // of probes
};

}  // namespace pxq
