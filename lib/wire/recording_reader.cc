#include "wire/recording_reader.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "wire/recording_bytes.h"
#include "wire/recording_format.h"

namespace pxq::wire {

using recording::get;
using recording::Type;

namespace {

using Got = RecordingBytes::Got;

constexpr size_t kPiece = 1u << 20;
constexpr double kLongestWait = 1e8;  // seconds; some years

struct Head {
  Type type{};
  uint32_t length = 0;
  Duration time{0};
};

std::string count_of(uint64_t messages) {
  return fmt::format("{} {}", messages, messages == 1 ? "message" : "messages");
}

Status not_a_recording(const std::string& path, std::string_view why) {
  return {Code::kUsage, fmt::format("{} is not a recording: {}", path, why),
          "pxq run --record FILE makes one"};
}

// kOk where the file begins as a recording of this version does.
Status check_prefix(const std::string& path, std::string_view found) {
  if (found.empty()) return not_a_recording(path, "it is empty");
  const std::string_view magic = found.substr(0, recording::kMagic.size());
  if (!recording::kMagic.starts_with(magic)) return not_a_recording(path, "it begins otherwise");
  if (found.size() < recording::kPrefixSize) {
    return {Code::kIncomplete, fmt::format("{} is cut at its beginning", path)};
  }
  const auto version = get<uint16_t>(found.data() + recording::kMagic.size());
  if (version == recording::kVersion) return {};
  return {Code::kUsage, fmt::format("{} is a recording of version {}; this pxq reads version {}",
                                    path, version, recording::kVersion)};
}

}  // namespace

struct RecordingReader::State {
  State(UniqueFd fd, PlayOptions with) : options(std::move(with)), bytes(std::move(fd)) {}

  bool peek();
  bool consume(std::string* payload);
  bool read(char* to, size_t count);
  bool checksum();
  bool lose(std::string_view what);
  bool lose(Status status);
  Status read_header();
  void enter_attempt();
  std::optional<Message> take();
  bool wait_for(Duration time);
  StreamEnd read_end();
  StreamEnd ended_as(uint8_t who, grpc::Status rpc);
  void check_close();

  PlayOptions options;
  RecordingBytes bytes;
  recording::Crc crc;
  RecordingHeader header;
  TimePoint start = MonotonicClock::now();
  std::optional<Head> head;  // of the next record, whose payload is not read yet
  uint64_t messages = 0;
  uint64_t message_bytes = 0;
  bool cancelled = false;
  bool stopped = false;
  bool another = false;  // an attempt follows
  bool resumed = false;
  Status fault;
};

bool RecordingReader::State::lose(Status status) {
  if (fault.ok()) fault = std::move(status);
  return false;
}

bool RecordingReader::State::lose(std::string_view what) {
  return lose(Status(Code::kIncomplete, fmt::format("the recording is damaged after {}: {}",
                                                    count_of(messages), what)));
}

bool RecordingReader::State::read(char* to, size_t count) {
  switch (bytes.read(to, count)) {
    case Got::kAll: return true;
    case Got::kDamaged: return lose(bytes.damage());
    case Got::kCut: break;
  }
  return lose(
      Status(Code::kIncomplete, fmt::format("the recording is cut after {}", count_of(messages))));
}

bool RecordingReader::State::checksum() {
  char stored[recording::kCrcSize];
  if (!read(stored, sizeof stored)) return false;
  return get<uint32_t>(stored) == crc.value() || lose("a checksum is wrong");
}

// Fills `head` with the next record's that this version knows.
bool RecordingReader::State::peek() {
  while (!head) {
    if (!fault.ok()) return false;
    char raw[recording::kHeadSize];
    if (!read(raw, sizeof raw)) return false;
    crc.update({raw, sizeof raw});
    if (!checksum()) return false;
    const auto time = std::min<uint64_t>(get<uint64_t>(raw + 8), INT64_MAX);
    head = {static_cast<Type>(raw[0]), get<uint32_t>(raw + 4), Duration(time)};
    if (head->type >= Type::kHeader && head->type <= Type::kClose) break;
    if (!consume(nullptr)) return false;
  }
  return true;
}

// Reads the payload behind `head`. Room is made as bytes come, not as the length promises.
bool RecordingReader::State::consume(std::string* payload) {
  std::string skipped;
  std::string& into = payload != nullptr ? *payload : skipped;
  for (size_t left = head->length; left != 0;) {
    const size_t piece = std::min(left, kPiece);
    const size_t at = payload != nullptr ? into.size() : 0;
    into.resize(at + piece);
    if (!read(into.data() + at, piece)) return false;
    crc.update(std::string_view(into).substr(at));
    left -= piece;
  }
  head.reset();
  return checksum();
}

Status RecordingReader::State::read_header() {
  if (!peek()) return fault;
  if (head->type != Type::kHeader || head->length > recording::kLongestHeader) {
    lose("its header is missing");
    return fault;
  }
  std::string json;
  if (!consume(&json)) return fault;
  Result<RecordingHeader> parsed = parse_recording_header(json);
  if (!parsed.ok()) return parsed.status();
  header = *std::move(parsed);
  return {};
}

void RecordingReader::State::enter_attempt() {
  resumed = false;
  if (!peek()) return;
  if (head->type == Type::kAttempt && head->length <= recording::kLongestEnd) {
    std::string how;
    resumed = consume(&how) && !how.empty() && how[0] == recording::kResumed;
  } else if (head->type == Type::kClose) {
    lose(Status(Code::kIncomplete, "the recorded run ended before the server was asked"));
  } else {
    lose("a record is out of its place");
  }
}

// False: a stop came first.
bool RecordingReader::State::wait_for(Duration time) {
  if (options.speed > 0) {
    const double seconds = std::chrono::duration<double>(time).count() / options.speed;
    const auto due = start + std::chrono::duration_cast<Duration>(
                                 std::chrono::duration<double>(std::min(seconds, kLongestWait)));
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_until(lock, options.stop, due, [] { return false; });
  }
  stopped = options.stop.stop_requested();
  return !stopped;
}

std::optional<Message> RecordingReader::State::take() {
  if (head->length > options.max_message_bytes) {
    lose(Status(Code::kLimit,
                fmt::format("the recording holds a message of {} bytes; the largest accepted has "
                            "{}",
                            head->length, options.max_message_bytes),
                "--max-message changes the limit"));
    return std::nullopt;
  }
  const Duration time = head->time;
  auto payload = std::make_shared<std::string>();
  if (!consume(payload.get()) || !wait_for(time)) return std::nullopt;
  ++messages;
  message_bytes += payload->size();
  const std::string_view view = *payload;
  return Message{view, std::move(payload), MonotonicClock::now()};
}

StreamEnd RecordingReader::State::read_end() {
  std::string payload;
  if (head->length < recording::kEndSize || head->length > recording::kLongestEnd) {
    lose("an end has a wrong size");
    return {{}, Ended::kNot, fault};
  }
  if (!consume(&payload)) return {{}, Ended::kNot, fault};
  const auto code = static_cast<grpc::StatusCode>(get<int32_t>(payload.data()));
  const auto length = get<uint32_t>(payload.data() + 8);
  if (length > payload.size() - recording::kEndSize) {
    lose("an end has a wrong size");
    return {{}, Ended::kNot, fault};
  }
  return ended_as(static_cast<uint8_t>(payload[4]),
                  grpc::Status(code, payload.substr(recording::kEndSize, length)));
}

StreamEnd RecordingReader::State::ended_as(uint8_t who, grpc::Status rpc) {
  const auto stopped_early = [&](std::string_view why) -> StreamEnd {
    if (cancelled) return {std::move(rpc), Ended::kNot, {}};
    return {std::move(rpc), Ended::kNot,
            Status(Code::kIncomplete,
                   fmt::format("the recorded run {} after {}", why, count_of(messages)))};
  };
  switch (who) {
    case 0: return {std::move(rpc), Ended::kNot, {}};
    case 1: return {std::move(rpc), Ended::kConnect, {}};
    case 2: return {std::move(rpc), Ended::kIdle, {}};
    case 3: return {std::move(rpc), Ended::kTotal, {}};
    case 4: return stopped_early("was interrupted");
    case recording::kLeft: return stopped_early("read no further");
    default: return stopped_early("ended in a way that this pxq does not know,");
  }
}

// Only the close proves that nothing is missing.
void RecordingReader::State::check_close() {
  if (!peek()) return;
  if (head->type == Type::kAttempt) {
    another = true;
    return;
  }
  std::string payload;
  if (head->type != Type::kClose || head->length < recording::kCloseSize ||
      head->length > recording::kLongestEnd) {
    lose("a record is out of its place");
    return;
  }
  if (!consume(&payload)) return;
  if (get<uint64_t>(payload.data()) != messages ||
      get<uint64_t>(payload.data() + 8) != message_bytes) {
    lose("it has not the messages that it should");
    return;
  }
  switch (bytes.read_close()) {
    case Got::kAll: return;
    case Got::kCut:
      lose(Status(Code::kIncomplete,
                  fmt::format("the recording is cut after {}", count_of(messages))));
      return;
    case Got::kDamaged: lose(bytes.damage());
  }
}

RecordingReader::RecordingReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
RecordingReader::~RecordingReader() = default;

Result<std::unique_ptr<RecordingReader>> RecordingReader::open(const std::string& path,
                                                               const PlayOptions& options) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd) return errno_status(Code::kUsage, "open", path, errno);
  auto state = std::make_unique<State>(std::move(fd), options);
  Result<std::string> prefix = state->bytes.prefix(recording::kPrefixSize);
  if (!prefix.ok()) return not_a_recording(path, prefix.status().message());
  if (Status status = check_prefix(path, *prefix); !status.ok()) return status;
  state->crc.update(*prefix);
  if (Status status = state->read_header(); !status.ok()) return status;
  state->enter_attempt();
  return std::unique_ptr<RecordingReader>(new RecordingReader(std::move(state)));
}

const RecordingHeader& RecordingReader::header() const { return state_->header; }
bool RecordingReader::resumed() const { return state_->resumed; }

std::optional<Message> RecordingReader::next() {
  State& state = *state_;
  if (state.cancelled || state.stopped || !state.peek()) return std::nullopt;
  if (state.head->type == Type::kMessage) return state.take();
  if (state.head->type != Type::kEnd) state.lose("a record is out of its place");
  return std::nullopt;
}

void RecordingReader::cancel() { state_->cancelled = true; }

StreamEnd RecordingReader::finish() {
  State& state = *state_;
  const grpc::Status cancelled(grpc::StatusCode::CANCELLED, "cancelled");
  if (state.stopped) return {cancelled, Ended::kStopped, {}};
  if (state.cancelled && (!state.peek() || state.head->type != Type::kEnd)) {
    return {cancelled, Ended::kNot, {}};
  }
  if (!state.fault.ok()) return {cancelled, Ended::kNot, state.fault};
  StreamEnd end = state.read_end();
  if (state.fault.ok()) state.check_close();
  if (!state.fault.ok()) end.fault = state.fault;
  return end;
}

bool RecordingReader::next_attempt() {
  if (!state_->another) return false;
  state_->another = false;
  state_->cancelled = false;
  state_->enter_attempt();
  return true;
}

}  // namespace pxq::wire
