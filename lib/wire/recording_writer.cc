#include "wire/recording_writer.h"

#include <zstd.h>

#include <algorithm>
#include <string>

#include "wire/plain_message.h"
#include "wire/recording_format.h"
#include "wire/stream_end.h"

namespace pxq::wire {

using recording::put;
using recording::Type;

namespace {

// The server waits while this packs. Level -1 takes little more than half of level 1's time (1.3
// against 0.7 GB a second of wide rows) for a file that is a ninth larger.
constexpr int kLevel = -1;
constexpr size_t kPiece = 64 * 1024;
// How much a crash may cost.
constexpr size_t kMostUnflushed = 1u << 20;
constexpr Duration kLongestUnflushed = std::chrono::seconds(1);

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
  explicit State(Output& to) : out(to), context(::ZSTD_createCCtx()) {
    ::ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kLevel);
    ::ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { ::ZSTD_freeCCtx(context); }

  void pack(std::string_view bytes, ZSTD_EndDirective mode);
  void checked(std::string_view bytes);
  void checksum();
  void record(Type type, std::string_view payload, TimePoint at);
  void flush(TimePoint now, ZSTD_EndDirective mode);

  Output& out;
  ZSTD_CCtx* context;
  recording::Crc crc;
  TimePoint start = MonotonicClock::now();
  TimePoint flushed = start;
  size_t unflushed = 0;
  uint64_t messages = 0;
  uint64_t message_bytes = 0;
};

void RecordingWriter::State::pack(std::string_view bytes, ZSTD_EndDirective mode) {
  if (context == nullptr) return out.fail({Code::kOutput, "no memory to compress a recording"});
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  for (bool done = false; !done && out.status().ok();) {
    // zstd writes straight into the output's buffer, which saves a copy of every message.
    ZSTD_outBuffer packed{out.text().reserve(kPiece), kPiece, 0};
    const size_t left = ::ZSTD_compressStream2(context, &packed, &in, mode);
    if (::ZSTD_isError(left) != 0) return out.fail({Code::kOutput, ::ZSTD_getErrorName(left)});
    out.text().advance(packed.pos);
    out.commit();
    done = mode == ZSTD_e_continue ? in.pos == in.size : left == 0;
  }
}

void RecordingWriter::State::checked(std::string_view bytes) {
  crc.update(bytes);
  pack(bytes, ZSTD_e_continue);
}

void RecordingWriter::State::checksum() {
  char bytes[recording::kCrcSize];
  put<uint32_t>(bytes, crc.value());
  pack({bytes, sizeof bytes}, ZSTD_e_continue);
}

void RecordingWriter::State::record(Type type, std::string_view payload, TimePoint at) {
  if (!out.status().ok()) return;
  char head[recording::kHeadSize] = {};
  head[0] = static_cast<char>(type);
  put<uint32_t>(head + 4, static_cast<uint32_t>(payload.size()));
  put<uint64_t>(head + 8, static_cast<uint64_t>(std::max(at - start, Duration::zero()).count()));
  checked({head, sizeof head});
  // The head has a checksum of its own, because a reader must trust the length before it reads so
  // much.
  checksum();
  checked(payload);
  checksum();
  unflushed += payload.size();
}

void RecordingWriter::State::flush(TimePoint now, ZSTD_EndDirective mode) {
  pack({}, mode);
  out.flush();
  flushed = now;
  unflushed = 0;
}

RecordingWriter::RecordingWriter(Output& out, const RecordingHeader& header)
    : state_(std::make_unique<State>(out)) {
  const auto prefix = recording::prefix();
  const std::string_view bytes(prefix.data(), prefix.size());
  state_->crc.update(bytes);
  out.text().append(bytes);
  out.commit();
  const std::string json = to_json(header);
  if (json.size() > recording::kLongestHeader) {
    out.fail({Code::kLimit, "the script's arguments are too long for a recording"});
    return;
  }
  state_->record(Type::kHeader, json, state_->start);
  state_->flush(state_->start, ZSTD_e_flush);
}

RecordingWriter::~RecordingWriter() = default;

void RecordingWriter::attempt(bool resumed) {
  const char how = static_cast<char>(recording::kResumed);
  state_->record(Type::kAttempt, {&how, resumed ? size_t{1} : size_t{0}}, MonotonicClock::now());
}

void RecordingWriter::message(std::string_view bytes, TimePoint arrived) {
  ++state_->messages;
  state_->message_bytes += bytes.size();
  state_->record(Type::kMessage, bytes, arrived);
  const TimePoint now = MonotonicClock::now();
  if (state_->unflushed >= kMostUnflushed || now - state_->flushed >= kLongestUnflushed) {
    state_->flush(now, ZSTD_e_flush);
  }
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
  char payload[recording::kCloseSize];
  put<uint64_t>(payload, state_->messages);
  put<uint64_t>(payload + 8, state_->message_bytes);
  const TimePoint now = MonotonicClock::now();
  state_->record(Type::kClose, {payload, sizeof payload}, now);
  state_->flush(now, ZSTD_e_end);
}

const Status& RecordingWriter::status() const { return state_->out.status(); }
uint64_t RecordingWriter::messages() const { return state_->messages; }

RecordedSource::RecordedSource(MessageSource& source, RecordingWriter& writer, bool resumed)
    : source_(source), writer_(writer) {
  writer_.attempt(resumed);
}

std::optional<Message> RecordedSource::next() {
  std::optional<Message> message = source_.next();
  if (!message) {
    ended_ = true;
    return message;
  }
  // A recording holds whole messages, so the pieces are joined here once, and the decoder reads the
  // joined bytes too.
  const std::string_view bytes = message->bytes.whole();
  message->bytes = bytes;
  const auto plain = message->opened ? plain_message(bytes, *message->opened) : std::nullopt;
  writer_.message(plain ? *plain : bytes, message->arrived);
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
