#include "wire/recording_reader.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "wire/recording_records.h"
#include "wire/stream_end.h"

namespace pxq::wire {

using recording::get;
using recording::Type;

namespace {

// Without a bound, a time that only a damaged file holds would overflow the clock's nanoseconds.
constexpr double kLongestWait = 1e8;  // seconds; some years

}  // namespace

struct RecordingReader::State {
  State(UniqueFd fd, PlayOptions with) : options(std::move(with)), records(std::move(fd)) {}

  Status read_header();
  void enter_attempt();
  std::optional<Message> take();
  bool wait_for(Duration time);
  StreamEnd read_end();
  StreamEnd ended_as(uint8_t who, grpc::Status rpc);
  void check_close();

  PlayOptions options;
  RecordingRecords records;
  RecordingHeader header;
  TimePoint start = MonotonicClock::now();
  bool cancelled = false;
  bool stopped = false;
  bool another = false;  // an attempt follows
  bool resumed = false;
};

Status RecordingReader::State::read_header() {
  if (!records.peek()) return records.fault();
  if (records.head().type != Type::kHeader || records.head().length > recording::kLongestHeader) {
    records.lose("its header is missing");
    return records.fault();
  }
  std::string json;
  if (!records.read(json)) return records.fault();
  Result<RecordingHeader> parsed = parse_recording_header(json);
  if (!parsed.ok()) return parsed.status();
  header = *std::move(parsed);
  return {};
}

void RecordingReader::State::enter_attempt() {
  resumed = false;
  if (!records.peek()) return;
  if (records.head().type == Type::kAttempt && records.head().length <= recording::kLongestEnd) {
    std::string how;
    resumed = records.read(how) && !how.empty() && how[0] == recording::kResumed;
  } else if (records.head().type == Type::kClose) {
    records.lose(Status(Code::kIncomplete, "the recorded run ended before the server was asked"));
  } else {
    records.lose("a record is out of its place");
  }
}

// False: a stop came first.
bool RecordingReader::State::wait_for(Duration time) {
  if (options.speed > 0) {
    const double seconds = std::chrono::duration<double>(time).count() / options.speed;
    const auto due = start + std::chrono::duration_cast<Duration>(
                                 std::chrono::duration<double>(std::min(seconds, kLongestWait)));
    std::mutex mutex;
    // Nobody notifies this: it is a sleep that a stop ends at once.
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_until(lock, options.stop, due, [] { return false; });
  }
  stopped = options.stop.stop_requested();
  return !stopped;
}

std::optional<Message> RecordingReader::State::take() {
  if (records.head().length > options.max_message_bytes) {
    records.lose(
        Status(Code::kLimit,
               fmt::format("the recording holds a message of {} bytes; the largest accepted has "
                           "{}",
                           records.head().length, options.max_message_bytes),
               "--max-message changes the limit"));
    return std::nullopt;
  }
  const Duration time = records.head().time;
  auto payload = std::make_shared<std::string>();
  if (!records.read(*payload) || !wait_for(time)) return std::nullopt;
  records.count_message(payload->size());
  const std::string_view view = *payload;
  return Message{view, std::move(payload), MonotonicClock::now()};
}

StreamEnd RecordingReader::State::read_end() {
  std::string payload;
  if (records.head().length < recording::kEndSize ||
      records.head().length > recording::kLongestEnd) {
    records.lose("an end has a wrong size");
    return {{}, Ended::kNot, records.fault()};
  }
  if (!records.read(payload)) return {{}, Ended::kNot, records.fault()};
  const auto code = static_cast<grpc::StatusCode>(get<int32_t>(payload.data()));
  const auto length = get<uint32_t>(payload.data() + 8);
  if (length > payload.size() - recording::kEndSize) {
    records.lose("an end has a wrong size");
    return {{}, Ended::kNot, records.fault()};
  }
  return ended_as(static_cast<uint8_t>(payload[4]),
                  grpc::Status(code, payload.substr(recording::kEndSize, length)));
}

StreamEnd RecordingReader::State::ended_as(uint8_t who, grpc::Status rpc) {
  const auto stopped_early = [&](std::string_view why) -> StreamEnd {
    // The replay asked for no more, so how the recorded run went on is no failure of this one.
    if (cancelled) return {std::move(rpc), Ended::kNot, {}};
    return {std::move(rpc), Ended::kNot,
            Status(Code::kIncomplete,
                   fmt::format("the recorded run {} after {}", why, records.counted()))};
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
  if (!records.peek()) return;
  if (records.head().type == Type::kAttempt) {
    another = true;
    return;
  }
  std::string payload;
  if (records.head().type != Type::kClose || records.head().length < recording::kCloseSize ||
      records.head().length > recording::kLongestEnd) {
    records.lose("a record is out of its place");
    return;
  }
  if (!records.read(payload)) return;
  if (!records.has_counted(get<uint64_t>(payload.data()), get<uint64_t>(payload.data() + 8))) {
    records.lose("it has not the messages that it should");
    return;
  }
  records.read_close();
}

RecordingReader::RecordingReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
RecordingReader::~RecordingReader() = default;

Result<std::unique_ptr<RecordingReader>> RecordingReader::open(const std::string& path,
                                                               const PlayOptions& options) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd) return errno_status(Code::kUsage, "open", path, errno);
  auto state = std::make_unique<State>(std::move(fd), options);
  if (Status status = state->records.read_prefix(path); !status.ok()) return status;
  if (Status status = state->read_header(); !status.ok()) return status;
  state->enter_attempt();
  return std::unique_ptr<RecordingReader>(new RecordingReader(std::move(state)));
}

const RecordingHeader& RecordingReader::header() const { return state_->header; }
bool RecordingReader::resumed() const { return state_->resumed; }

std::optional<Message> RecordingReader::next() {
  State& state = *state_;
  if (state.cancelled || state.stopped || !state.records.peek()) return std::nullopt;
  if (state.records.head().type == Type::kMessage) return state.take();
  if (state.records.head().type != Type::kEnd) state.records.lose("a record is out of its place");
  // The end of an attempt stays unread here: finish() takes it.
  return std::nullopt;
}

void RecordingReader::cancel() { state_->cancelled = true; }

StreamEnd RecordingReader::finish() {
  State& state = *state_;
  const grpc::Status cancelled(grpc::StatusCode::CANCELLED, "cancelled");
  if (state.stopped) return {cancelled, Ended::kStopped, {}};
  // The replay left before the recorded run did: how that one ended says nothing of what was shown.
  if (state.cancelled && (!state.records.peek() || state.records.head().type != Type::kEnd)) {
    return {cancelled, Ended::kNot, {}};
  }
  if (!state.records.fault().ok()) return {cancelled, Ended::kNot, state.records.fault()};
  StreamEnd end = state.read_end();
  if (state.records.fault().ok()) state.check_close();
  if (!state.records.fault().ok()) end.fault = state.records.fault();
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
