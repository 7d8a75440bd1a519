#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "wire/message_source.h"
#include "wire/recording_header.h"

namespace pxq::wire {

struct PlayOptions {
  size_t max_message_bytes = 128u << 20;
  double speed = 0;  // 2 is twice as fast as it came; 0: without waiting
  std::stop_token stop = {};
};

/// Reads a recording and hands its messages out as the call did that they come from, attempt by
/// attempt: finish() tells how the recorded call ended, or what is wrong with the recording, as
/// kIncomplete (cut, damaged, or the recorded run itself stopped early) or kLimit. Keeps one
/// message and a window of the compression (8 MiB); believes nothing that its checksum does not
/// confirm.
class RecordingReader final : public MessageSource {
 public:
  /// kUsage where the file cannot be read, is no recording or of a newer version; kIncomplete where
  /// it ends or breaks before its first attempt.
  static Result<std::unique_ptr<RecordingReader>> open(const std::string& path,
                                                       const PlayOptions& options);
  ~RecordingReader() override;

  const RecordingHeader& header() const;

  std::optional<Message> next() override;
  void cancel() override;
  StreamEnd finish() override;

  /// After finish(): goes on to the next attempt; false when that was the last.
  bool next_attempt();

  /// Whether this attempt goes on with the query of the one before, whose messages stand.
  bool resumed() const;

 private:
  struct State;
  explicit RecordingReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pxq::wire
