#include "wire/recording_writer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "wire/plain_message.h"
#include "wire/recording_format.h"
#include "wire/recording_packer.h"
#include "wire/stream_end.h"

namespace pxq::wire {

using recording::put;
using recording::Type;

namespace {

// How much a crash may cost.
constexpr size_t kMostUnflushed = 1u << 20;
constexpr Duration kLongestUnflushed = std::chrono::seconds(1);
// What is compressed in a millisecond needs no thread.
constexpr size_t kWorthThread = 1u << 20;

uint8_t ended_by(const StreamEnd& end, bool left) {
  switch (end.ended) {
    case Ended::kConnect: return 1;
    case Ended::kIdle: return 2;
    case Ended::kTotal: return 3;
    case Ended::kStopped: return 4;
    case Ended::kNot: break;
  }
  return left ? recording::kLeft : uint8_t{0};
}

}  // namespace

struct RecordingWriter::State {
  explicit State(Output& to) : out(to), packer(to) {}

  void begin(const RecordingHeader& header);
  void message(const Bytes& bytes, TimePoint arrived);
  void checked(std::string_view bytes);
  void checksum();
  void record(Type type, const Bytes& payload, TimePoint at);
  void flush(TimePoint now);

  Output& out;
  RecordingPacker packer;
  recording::Crc crc;
  TimePoint start = MonotonicClock::now();
  TimePoint flushed = start;
  size_t unflushed = 0;
  uint64_t messages = 0;
  uint64_t message_bytes = 0;
};

void RecordingWriter::State::checked(std::string_view bytes) {
  crc.update(bytes);
  packer.add(bytes);
}

void RecordingWriter::State::checksum() {
  char bytes[recording::kCrcSize];
  put<uint32_t>(bytes, crc.value());
  packer.add({bytes, sizeof bytes});
}

void RecordingWriter::State::record(Type type, const Bytes& payload, TimePoint at) {
  if (!packer.status().ok()) return;
  char head[recording::kHeadSize] = {};
  head[0] = static_cast<char>(type);
  put<uint32_t>(head + 4, static_cast<uint32_t>(payload.size()));
  put<uint64_t>(head + 8, static_cast<uint64_t>(std::max(at - start, Duration::zero()).count()));
  checked({head, sizeof head});
  // The head has a checksum of its own, because a reader must trust the length before it reads so
  // much.
  checksum();
  // In the pieces that it came in: joining them would be a copy of every row.
  payload.each_piece([this](std::string_view piece) { checked(piece); });
  checksum();
  unflushed += payload.size();
}

void RecordingWriter::State::flush(TimePoint now) {
  packer.flush();
  flushed = now;
  unflushed = 0;
}

void RecordingWriter::State::message(const Bytes& bytes, TimePoint arrived) {
  record(Type::kMessage, bytes, arrived);
  const TimePoint now = MonotonicClock::now();
  if (unflushed >= kMostUnflushed || now - flushed >= kLongestUnflushed) flush(now);
}

RecordingWriter::RecordingWriter(Output& out, const RecordingHeader& header, Packing packing)
    : state_(std::make_unique<State>(out)), may_get_help_(may_get_help(packing)) {
  state_->begin(header);
  if (packing == Packing::kAside) state_->packer.get_help();
}

void RecordingWriter::State::begin(const RecordingHeader& header) {
  const auto prefix = recording::prefix();
  const std::string_view bytes(prefix.data(), prefix.size());
  crc.update(bytes);
  out.text().append(bytes);
  out.commit();
  const std::string json = to_json(header);
  if (json.size() > recording::kLongestHeader) {
    return packer.fail({Code::kLimit, "the script's arguments are too long for a recording"});
  }
  record(Type::kHeader, json, start);
  flush(start);
}

RecordingWriter::~RecordingWriter() = default;

void RecordingWriter::attempt(bool resumed) {
  const std::string how(resumed ? 1 : 0, static_cast<char>(recording::kResumed));
  state_->record(Type::kAttempt, how, MonotonicClock::now());
}

void RecordingWriter::message(const Bytes& bytes, TimePoint arrived) {
  ++state_->messages;
  state_->message_bytes += bytes.size();
  if (may_get_help_ && state_->message_bytes > kWorthThread) state_->packer.get_help();
  state_->message(bytes, arrived);
}

void RecordingWriter::end(const StreamEnd& end, bool left) {
  // Half of what an end may hold leaves room for the rest of it.
  const std::string text = end.rpc.error_message().substr(0, recording::kLongestEnd / 2);
  std::string payload(recording::kEndSize, '\0');
  put<uint32_t>(payload.data(), static_cast<uint32_t>(end.rpc.error_code()));
  payload[4] = static_cast<char>(ended_by(end, left));
  put<uint32_t>(payload.data() + 8, static_cast<uint32_t>(text.size()));
  state_->record(Type::kEnd, payload + text, MonotonicClock::now());
}

void RecordingWriter::close() {
  std::string payload(recording::kCloseSize, '\0');
  put<uint64_t>(payload.data(), state_->messages);
  put<uint64_t>(payload.data() + 8, state_->message_bytes);
  state_->record(Type::kClose, payload, MonotonicClock::now());
  state_->packer.end();
}

bool RecordingWriter::work() { return state_->packer.work(); }

const Status& RecordingWriter::status() const { return state_->packer.status(); }
uint64_t RecordingWriter::messages() const { return state_->messages; }

RecordedSource::RecordedSource(MessageSource& source, RecordingWriter& writer, bool resumed)
    : source_(source), writer_(writer) {
  writer_.attempt(resumed);
}

std::optional<Message> RecordedSource::next() {
  // What it waits for comes by threads that want a processor, as the packing's does.
  while (!source_.ready() && writer_.work()) {
  }
  std::optional<Message> message = source_.next();
  if (!message) {
    ended_ = true;
    return message;
  }
  const auto plain =
      message->opened ? plain_message(message->bytes.whole(), *message->opened) : std::nullopt;
  writer_.message(plain ? Bytes(*plain) : message->bytes, message->arrived);
  return message;
}

void RecordedSource::cancel() {
  // To leave a stream before its end is our own doing, and the recording says so.
  left_ = !ended_;
  source_.cancel();
}

StreamEnd RecordedSource::finish() {
  StreamEnd end = source_.finish();
  writer_.end(end, left_);
  return end;
}

}  // namespace pxq::wire
