#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/output.h"
#include "base/packing.h"
#include "wire/message_source.h"
#include "wire/recording_header.h"

namespace pxq::wire {

/// Writes a recording (docs/recording.md) to an Output, which must outlive it. What it has flushed
/// can be read back whatever becomes of it afterwards; without close() the recording reads as cut.
/// On two processors or more another thread helps with a long one: from the constructor to close()
/// the Output is the writer's alone. A failure stays in status(). One thread.
class RecordingWriter {
 public:
  RecordingWriter(Output& out, const RecordingHeader& header, Packing packing = Packing::kByCores);
  ~RecordingWriter();

  /// A new attempt at the run: the messages so far were given up, or, `resumed`, go on.
  void attempt(bool resumed = false);
  void message(const Bytes& bytes, TimePoint arrived);
  /// The attempt has ended. `left`: pxq read no further, while the stream may have gone on.
  void end(const StreamEnd& end, bool left);
  /// For a caller that would wait otherwise: packs some of what it has got. False: all is packed.
  bool work();
  /// The run has ended. REQUIRES: called once, after the last end().
  void close();

  const Status& status() const;
  uint64_t messages() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
  const bool may_get_help_;
};

/// A source whose messages are written down as they are taken, encrypted rows that it has opened in
/// plain text: their key dies with the run. Both must outlive it.
class RecordedSource final : public MessageSource {
 public:
  /// `resumed`: the source goes on where another one was cut.
  RecordedSource(MessageSource& source, RecordingWriter& writer, bool resumed = false);

  std::optional<Message> next() override;
  void while_waiting(std::function<void()> told) override {
    source_.while_waiting(std::move(told));
  }
  const Status& status() const override { return writer_.status(); }
  void cancel() override;
  StreamEnd finish() override;

 private:
  MessageSource& source_;
  RecordingWriter& writer_;
  bool left_ = false;
  bool ended_ = false;
};

}  // namespace pxq::wire
