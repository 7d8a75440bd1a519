#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake/messages.h"
#include "fake/raw_http2.h"
#include "fake/recording_sink.h"
#include "fake/script.h"
#include "fake/vizier.h"
#include "wire/endpoint.h"
#include "wire/script_call.h"

namespace pxq::wire {

/// Hands on what a test wants to hear.
struct Events final : RunEvents {
  std::function<void(const Status&)> on_retry = [](const Status&) {};
  std::function<void(const Resumption&)> on_resumed = [](const Resumption&) {};
  std::function<void(std::string_view)> on_odd = [](std::string_view) {};
  std::function<void()> on_held = [] {};
  std::function<void(const MutationInfo&)> on_probes = [](const MutationInfo&) {};

  void retrying(const Status& failure, Duration /*pause*/) override { on_retry(failure); }
  void resumed(const Resumption& at) override { on_resumed(at); }
  void odd(std::string_view what) override { on_odd(what); }
  void held() override { on_held(); }
  void probes(const MutationInfo& info) override { on_probes(info); }
};

/// A run from the client's side, with the sink that saw it.
struct Session {
  Events events;
  RunOptions options;
  ScriptRequest request;
  fake::RecordingSink sink;

  Session() {
    options.events = &events;
    request.text = "import px";
  }

  Summary run(const Peer& peer) { return run_script(peer, request, options, sink); }
  Summary run(const std::string& address) { return run(plaintext(address)); }

  static Peer plaintext(const std::string& address) {
    Endpoint endpoint = *parse_endpoint(address);
    endpoint.plaintext = true;
    return {*make_channel(endpoint), endpoint.text(), {}};
  }

  size_t rows() const {
    size_t count = 0;
    for (const fake::RecordedTable& table : sink.tables()) count += table.rows.size();
    return count;
  }
};

/// A session that does not wait, and remembers how long it would have.
struct Impatient : Session {
  std::vector<Duration> pauses;

  Impatient() {
    options.retry.chance = [] { return 0.5; };
    options.retry.wait = [this](Duration pause, const std::stop_token&) {
      pauses.push_back(pause);
      return true;
    };
  }
};

inline fake::Table numbers(std::string_view name = "t") { return fake::Table(name).int64("a"); }

/// A stream that is whole: two rows.
inline fake::Script whole() {
  const fake::Table t = numbers();
  return fake::Script()
      .send(t.metadata())
      .send(t.batch().int64({1, 2}))
      .send(t.end())
      .send(fake::stats());
}

}  // namespace pxq::wire
