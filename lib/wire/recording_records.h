#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/status.h"
#include "base/unique_fd.h"
#include "wire/recording_bytes.h"
#include "wire/recording_format.h"

namespace pxq::wire {

/// The records of a recording, one after the other (docs/recording.md). Believes nothing that its
/// checksum does not confirm. The first fault is kept, as kIncomplete where the file is cut or
/// damaged, and ends the reading.
class RecordingRecords {
 public:
  struct Head {
    recording::Type type{};
    uint32_t length = 0;  // of the payload
    Duration time{0};     // since the recorded run began
  };

  explicit RecordingRecords(UniqueFd fd) : bytes_(std::move(fd)) {}

  /// What stands before the first record. kUsage where it is none of a recording of this version;
  /// `path` is for the texts.
  Status read_prefix(const std::string& path);

  /// Goes to the next record that this version knows; false: there is a fault.
  bool peek();

  /// After peek(), until its payload is read.
  const Head& head() const { return *head_; }

  /// Adds the payload behind head() to a text.
  bool read(std::string& payload);

  /// Faults are told by the messages before them.
  void count_message(size_t size);
  std::string counted() const;
  bool has_counted(uint64_t messages, uint64_t message_bytes) const {
    return messages == messages_ && message_bytes == message_bytes_;
  }

  /// Nothing may follow.
  void read_close();

  /// What is wrong beyond what a checksum tells; false, for whoever returns it.
  bool lose(std::string_view what);
  bool lose(Status status);
  const Status& fault() const { return fault_; }

 private:
  bool fill(char* to, size_t count);
  bool read_payload(std::string* payload);
  bool checksum();
  Status cut() const;

  RecordingBytes bytes_;
  recording::Crc crc_;
  std::optional<Head> head_;  // of the next record, whose payload is not read yet
  uint64_t messages_ = 0;
  uint64_t message_bytes_ = 0;
  Status fault_;
};

}  // namespace pxq::wire
