#include "wire/recording_reader.h"

#include <zlib.h>
#include <zstd.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "fake/temp_dir.h"
#include "text/odd_numbers.h"
#include "wire/recording_header.h"
#include "wire/recording_writer.h"
#include "wire/stream_end.h"

namespace pxq::wire {
namespace {

using std::chrono::milliseconds;

const std::string kAddress = "address:1";

RecordingHeader some_header() {
  RecordingHeader header;
  header.pxq_version = "1.2.3";
  header.started_unix_ns = 1'700'000'000'000'000'000;
  header.script_name = "px/x";
  header.script_source = "x.pxl";
  header.script_sha256 = std::string(64, 'a');
  header.lines_before = 1;
  header.row_cap = 10'000;
  header.functions = {{"f", {{"n", "v"}, {"m", "\xff"}}, "out"}};
  header.cluster_id = "id";
  header.cluster_name = "name";
  header.address = kAddress;
  header.limits.total = std::chrono::seconds(3);
  return header;
}

StreamEnd good_end() { return {grpc::Status::OK, Ended::kNot, {}}; }

/// A recording of these messages with one attempt.
std::string recording_of(const std::vector<std::string>& messages,
                         const StreamEnd& end = good_end(), bool left = false) {
  StringOutput file;
  RecordingWriter writer(file, some_header());
  writer.attempt();
  for (const std::string& message : messages) writer.message(message, MonotonicClock::now());
  writer.end(end, left);
  writer.close();
  REQUIRE(writer.status().ok());
  return file.str();
}

Result<std::unique_ptr<RecordingReader>> open_bytes(std::string_view bytes,
                                                    const PlayOptions& options = {}) {
  static const fake::TempDir directory;
  return RecordingReader::open(directory.write("r.pxrec", bytes), options);
}

struct Played {
  Status opened;
  std::vector<std::string> messages;
  StreamEnd end;
};

Played play(std::string_view bytes, const PlayOptions& options = {}) {
  Played played;
  auto reader = open_bytes(bytes, options);
  if (!reader.ok()) {
    played.opened = reader.status();
    return played;
  }
  while (const auto message = (*reader)->next()) {
    played.messages.emplace_back(message->bytes.whole());
  }
  played.end = (*reader)->finish();
  return played;
}

/// Records by hand, so that they can be anything; checksums are right unless told otherwise. In a
/// zstd frame, as version 1 has them: other versions are not read so far.
class RawRecording {
 public:
  explicit RawRecording(uint16_t version = 1) {
    file_ = std::string("\x89PXREC\r\n") + static_cast<char>(version & 0xff) +
            static_cast<char>(version >> 8) + std::string(2, '\0');
    update(file_);
  }

  RawRecording& record(int type, std::string_view payload) {
    return record(type, static_cast<uint32_t>(payload.size()), payload);
  }
  RawRecording& record(int type, uint32_t length, std::string_view payload) {
    std::string head(16, '\0');
    head[0] = static_cast<char>(type);
    for (size_t i = 0; i < 4; ++i) head[4 + i] = static_cast<char>(length >> (8 * i));
    add(head);
    add(payload);
    return *this;
  }

  std::string bytes(int window_log = 0) const {
    std::string packed(ZSTD_compressBound(records_.size()), '\0');
    ZSTD_CCtx* context = ZSTD_createCCtx();
    if (window_log != 0) ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
    ZSTD_inBuffer in{records_.data(), records_.size(), 0};
    ZSTD_outBuffer out{packed.data(), packed.size(), 0};
    REQUIRE(ZSTD_isError(ZSTD_compressStream2(context, &out, &in, ZSTD_e_continue)) == 0);
    REQUIRE(ZSTD_compressStream2(context, &out, &in, ZSTD_e_end) == 0);
    ZSTD_freeCCtx(context);
    packed.resize(out.pos);
    return file_ + packed;
  }

 private:
  void update(std::string_view bytes) {
    crc_ = crc32_z(crc_, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  }
  void add(std::string_view bytes) {
    update(bytes);
    records_ += bytes;
    for (size_t i = 0; i < 4; ++i) records_ += static_cast<char>(crc_ >> (8 * i));
  }

  std::string file_;
  std::string records_;
  uLong crc_ = 0;
};

std::string number(uint64_t value, size_t size) {
  std::string bytes;
  for (size_t i = 0; i < size; ++i, value >>= 8) bytes += static_cast<char>(value);
  return bytes;
}

const std::string kOkEnd = number(0, 12);
std::string close_of(uint64_t messages, uint64_t bytes) {
  return number(messages, 8) + number(bytes, 8);
}

TEST_CASE("A recording gives back its header, messages and end") {
  const std::string big(3'000'000, 'x');
  const StreamEnd end{
      grpc::Status(grpc::UNAVAILABLE, std::string("gone\0\xff", 6)), Ended::kNot, {}};
  const std::string bytes = recording_of({"one", "", big}, end);
  auto reader = open_bytes(bytes);
  REQUIRE(reader.ok());
  const RecordingHeader& header = (*reader)->header();
  const RecordingHeader wanted = some_header();
  CHECK(header.pxq_version == wanted.pxq_version);
  CHECK(header.started_unix_ns == wanted.started_unix_ns);
  CHECK(header.script_name == wanted.script_name);
  CHECK(header.script_source == wanted.script_source);
  CHECK(header.script_sha256 == wanted.script_sha256);
  CHECK(header.lines_before == 1);
  CHECK(header.row_cap == 10'000);
  REQUIRE(header.functions.size() == 1);
  CHECK(header.functions[0].function == "f");
  CHECK(header.functions[0].output_prefix == "out");
  CHECK(header.functions[0].arguments[0] == std::pair<std::string, std::string>("n", "v"));
  CHECK(header.functions[0].arguments[1].second == "\xef\xbf\xbd");
  CHECK(header.cluster_id == "id");
  CHECK(header.cluster_name == "name");
  CHECK(header.address == kAddress);
  CHECK(header.limits.total == std::chrono::seconds(3));
  CHECK(header.limits.idle == TimeLimits{}.idle);
  CHECK_FALSE(header.decrypted);

  const Played played = play(bytes);
  CHECK(played.messages == std::vector<std::string>{"one", "", big});
  CHECK(played.end.fault.ok());
  CHECK(played.end.rpc.error_code() == grpc::UNAVAILABLE);
  CHECK(played.end.rpc.error_message() == end.rpc.error_message());
  CHECK(played.end.ended == Ended::kNot);
}

TEST_CASE("The file's bytes are those that the documentation tells") {
  RawRecording raw;
  raw.record(1, R"({"address":"a","unknown":[1,{}]})").record(2, "").record(200, "newer");
  raw.record(3, "m").record(4, number(5, 4) + number(2, 4) + number(2, 4) + "no" + "newer");
  raw.record(5, close_of(1, 1) + "newer");
  const Played played = play(raw.bytes());
  CHECK(played.opened.ok());
  CHECK(played.messages == std::vector<std::string>{"m"});
  CHECK(played.end.fault.message().empty());
  CHECK(played.end.rpc.error_code() == grpc::NOT_FOUND);
  CHECK(played.end.rpc.error_message() == "no");
  CHECK(played.end.ended == Ended::kIdle);

  const std::string bytes = recording_of({"m"});
  CHECK(bytes.substr(0, 16) == std::string("\x89PXREC\r\n\x02\0\0\0\x04\x22\x4d\x18", 16));
  CHECK(raw.bytes().substr(0, 16) == std::string("\x89PXREC\r\n\x01\0\0\0\x28\xb5\x2f\xfd", 16));
}

TEST_CASE("A recording cut at any byte says so, after whole messages only") {
  const std::vector<std::string> messages = {"first message", "second", "third"};
  const std::string bytes = recording_of(messages);
  CHECK(play(bytes).end.fault.ok());
  for (size_t size = 0; size < bytes.size(); ++size) {
    INFO("cut to " << size);
    const Played played = play(std::string_view(bytes).substr(0, size));
    const Status& status = played.opened.ok() ? played.end.fault : played.opened;
    CHECK(status.code() == (size == 0 ? Code::kUsage : Code::kIncomplete));
    REQUIRE(played.messages.size() <= messages.size());
    for (size_t i = 0; i < played.messages.size(); ++i) CHECK(played.messages[i] == messages[i]);
  }
}

TEST_CASE("A recording that was cut off can be read up to what was flushed") {
  StringOutput file;
  std::optional<RecordingWriter> writer;
  writer.emplace(file, some_header());
  writer->attempt();
  std::string noise;
  uint32_t state = 1;
  for (int i = 0; i < 400'000; ++i) noise += static_cast<char>((state = state * 1664525 + 1) >> 24);
  for (int i = 0; i < 10; ++i) writer->message(noise, MonotonicClock::now());
  writer.reset();
  const Played played = play(file.str());  // as a killed run leaves it
  CHECK(played.messages.size() >= 8);
  CHECK(played.end.fault.code() == Code::kIncomplete);
  CHECK_THAT(played.end.fault.message(), Catch::Contains("is cut after"));
}

TEST_CASE("A flipped bit is found, or it changes nothing that the recording says") {
  const std::vector<std::string> messages = {"first message", "second"};
  const std::string bytes = recording_of(messages);
  size_t found = 0;
  for (size_t byte = 0; byte < bytes.size(); ++byte) {
    INFO("byte " << byte);
    std::string altered = bytes;
    altered[byte] = static_cast<char>(altered[byte] ^ (1 << (byte % 8)));
    const Played played = play(altered);
    const Status& status = played.opened.ok() ? played.end.fault : played.opened;
    for (size_t i = 0; i < played.messages.size(); ++i) CHECK(played.messages[i] == messages[i]);
    // A frame has bits of its own that no content depends on.
    if (status.ok()) {
      CHECK(played.messages == messages);
      continue;
    }
    ++found;
    CHECK(status.code() == (byte < 10 ? Code::kUsage : Code::kIncomplete));
  }
  CHECK(found > bytes.size() * 9 / 10);
}

TEST_CASE("What is no recording is refused as such") {
  CHECK(play("").opened.code() == Code::kUsage);
  CHECK(play("{\"a\":1}\n").opened.code() == Code::kUsage);
  CHECK(play(std::string(100, '\0')).opened.code() == Code::kUsage);
  const Status newer = play(RawRecording(3).record(1, "{}").bytes()).opened;
  CHECK(newer.code() == Code::kUsage);
  CHECK_THAT(newer.message(), Catch::Contains("version 3"));
  // What the version promises is not what comes.
  CHECK(play(RawRecording(2).record(1, "{}").bytes()).opened.code() == Code::kIncomplete);
  const fake::TempDir directory;
  CHECK(RecordingReader::open(directory.path("absent"), {}).status().code() == Code::kUsage);
  CHECK(RecordingReader::open(directory.path(), {}).status().code() == Code::kUsage);
}

TEST_CASE("A header with a number that is no whole one is damaged, one that lacks it is not") {
  const std::string text = to_json(some_header());
  const auto again = parse_recording_header(text);
  REQUIRE(again.ok());
  CHECK(to_json(*again) == text);
  const auto message = [](const std::string& damaged) {
    return parse_recording_header(damaged).status().message();
  };
  for (const std::string& place : fake::number_places(text)) {
    for (const std::string& odd : fake::odd_numbers()) {
      if (odd == "null") continue;  // as good as not there
      INFO(place << " " << odd);
      CHECK(message(fake::with_value(text, place, odd)) == "the recording's header is damaged");
    }
  }
  CHECK(message(fake::with_value(text, "/script/row_cap", "-1")) ==
        "the recording's header is damaged");
  CHECK(message(fake::with_value(text, "/limits/total_ns", "9223372036854775808")) ==
        "the recording's header is damaged");
  CHECK(parse_recording_header("{}").ok());
}

struct Malformed {
  std::string name;
  RawRecording raw;
};

TEST_CASE("Every malformed shape is damage") {
  const auto begun = [] { return RawRecording().record(1, "{}").record(2, ""); };
  const std::vector<Malformed> cases = {
      {"no records", RawRecording()},
      {"no header", RawRecording().record(2, "").record(4, kOkEnd)},
      {"a header that is no JSON", RawRecording().record(1, "{")},
      {"a header that is no object", RawRecording().record(1, "[]")},
      {"a header of four gigabytes", RawRecording().record(1, 0xFFFFFFFF, "{}")},
      {"a message before the attempt", RawRecording().record(1, "{}").record(3, "m")},
      {"a second header", begun().record(1, "{}")},
      {"a close without an end", begun().record(5, close_of(0, 0))},
      {"an end that is too short", begun().record(4, "abc")},
      {"an end whose text is longer than it",
       begun().record(4, number(0, 8) + number(100, 4) + "x").record(5, close_of(0, 0))},
      {"an end of four gigabytes", begun().record(4, 0xFFFFFFFF, kOkEnd)},
      {"an end of an unknown kind",
       begun().record(4, number(0, 4) + number(9, 4) + number(0, 4)).record(5, close_of(0, 0))},
      {"a message behind the end", begun().record(4, kOkEnd).record(3, "m")},
      {"a close that is too short", begun().record(4, kOkEnd).record(5, "abc")},
      {"a close that counts otherwise", begun().record(4, kOkEnd).record(5, close_of(1, 0))},
      {"a close that sums up otherwise",
       begun().record(3, "m").record(4, kOkEnd).record(5, close_of(1, 2))},
      {"a record behind the close",
       begun().record(4, kOkEnd).record(5, close_of(0, 0)).record(200, "x")},
      {"an unknown record of four gigabytes", begun().record(200, 0xFFFFFFFF, "x")},
  };
  for (const Malformed& one : cases) {
    DYNAMIC_SECTION(one.name) {
      const Played played = play(one.raw.bytes());
      const Status& status = played.opened.ok() ? played.end.fault : played.opened;
      CHECK(status.code() == Code::kIncomplete);
    }
  }
  const std::string whole = recording_of({"m"});
  CHECK(play(whole + "x").end.fault.code() == Code::kIncomplete);
  CHECK(play(whole + whole.substr(12)).end.fault.code() == Code::kIncomplete);
}

TEST_CASE("Lengths and windows are bounded before they are believed") {
  const auto begun = [] { return RawRecording().record(1, "{}").record(2, ""); };
  const Played huge = play(begun().record(3, 0xFFFFFFFF, "m").bytes());
  CHECK(huge.end.fault.code() == Code::kLimit);
  CHECK_THAT(huge.end.fault.hint(), Catch::Contains("--max-message"));
  PlayOptions options;
  options.max_message_bytes = 3;
  CHECK(play(recording_of({"abc"}), options).end.fault.ok());
  CHECK(play(recording_of({"abcd"}), options).end.fault.code() == Code::kLimit);
  // A length that promises more than there is costs no more than what comes.
  const Played promise = play(begun().record(3, 100u << 20, "m").bytes());
  CHECK(promise.end.fault.code() == Code::kIncomplete);
  const std::string wide = begun().record(3, std::string(40'000'000, 'x')).bytes(25);
  CHECK(play(wide).opened.code() == Code::kIncomplete);
}

TEST_CASE("How the recorded run ended is how its replay ends") {
  const grpc::Status rpc(grpc::CANCELLED, "c");
  const auto ends_as = [&](Ended ended) { return play(recording_of({"m"}, {rpc, ended, {}})).end; };
  for (const Ended ended : {Ended::kNot, Ended::kConnect, Ended::kIdle, Ended::kTotal}) {
    CHECK(ends_as(ended).ended == ended);
    CHECK(ends_as(ended).fault.ok());
  }
  const StreamEnd stopped = ends_as(Ended::kStopped);
  CHECK(stopped.fault.code() == Code::kIncomplete);
  CHECK_THAT(stopped.fault.message(), Catch::Contains("was interrupted"));
  const StreamEnd left = play(recording_of({"m"}, good_end(), true)).end;
  CHECK(left.fault.code() == Code::kIncomplete);
  CHECK_THAT(left.fault.message(), Catch::Contains("read no further"));
}

TEST_CASE("Who leaves where the recorded run left misses nothing") {
  auto reader = open_bytes(recording_of({"m"}, good_end(), true));
  REQUIRE(reader.ok());
  REQUIRE((*reader)->next());
  (*reader)->cancel();
  CHECK_FALSE((*reader)->next());
  CHECK((*reader)->finish().fault.ok());
}

TEST_CASE("A replay keeps the recorded pace, and a stop ends it") {
  StringOutput file;
  RecordingWriter writer(file, some_header());
  writer.attempt();
  writer.message("m", MonotonicClock::now() + milliseconds(100));
  writer.message("n", MonotonicClock::now() + std::chrono::hours(10'000));
  writer.end(good_end(), false);
  writer.close();
  std::stop_source stop;
  PlayOptions options;
  options.speed = 2;
  options.stop = stop.get_token();
  const TimePoint start = MonotonicClock::now();
  auto reader = open_bytes(file.str(), options);
  REQUIRE(reader.ok());
  REQUIRE((*reader)->next());
  CHECK(MonotonicClock::now() - start >= milliseconds(49));
  const std::jthread other([&] { stop.request_stop(); });
  CHECK_FALSE((*reader)->next());
  CHECK((*reader)->finish().ended == Ended::kStopped);
  CHECK(play(file.str()).messages.size() == 2);
}

/// An output that takes nothing more after so many bytes, as a full disk does.
class FullDisk final : public Output {
 public:
  explicit FullDisk(size_t room) : room_(room) {}

 protected:
  Status write(std::string_view bytes) override {
    if (bytes.size() > room_) return {Code::kOutput, "disk full"};
    room_ -= bytes.size();
    return {};
  }

 private:
  size_t room_;
};

TEST_CASE("A long recording is the same wherever it was compressed, and keeps what it was given") {
  const auto packing = GENERATE(Packing::kByCores, Packing::kHere, Packing::kAside);
  // Beyond what is worth a thread; each message is gone once the writer has taken it.
  std::vector<std::string> messages;
  for (int i = 0; i < 300; ++i) {
    messages.push_back(std::to_string(i) + std::string(static_cast<size_t>(i) * 100, 'x'));
  }
  StringOutput file;
  RecordingWriter writer(file, some_header(), packing);
  writer.attempt();
  for (const std::string& message : messages) {
    std::string brief = message;
    writer.message(brief, MonotonicClock::now());
    brief.assign(brief.size(), '-');
  }
  writer.end(good_end(), false);
  writer.close();
  REQUIRE(writer.status().ok());
  CHECK(play(file.str()).messages == messages);
}

TEST_CASE("A message in pieces is recorded as one") {
  Pieces pieces;
  for (const std::string_view piece : {"one", "", "two", "three"}) pieces.add(piece);
  StringOutput file;
  RecordingWriter writer(file, some_header());
  writer.attempt();
  writer.message(Bytes(pieces), MonotonicClock::now());
  writer.end(good_end(), false);
  writer.close();
  CHECK(play(file.str()).messages == std::vector<std::string>{"onetwothree"});
}

TEST_CASE("A disk that is full in the midst of a long recording ends it, and is told") {
  const auto packing = GENERATE(Packing::kHere, Packing::kAside);
  FullDisk disk(3u << 20);
  RecordingWriter writer(disk, some_header(), packing);
  writer.attempt();
  uint32_t state = 1;
  for (int i = 0; i < 40 && writer.status().ok(); ++i) {
    std::string noise(400'000, '\0');
    for (char& c : noise) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    writer.message(noise, MonotonicClock::now());
  }
  writer.close();
  CHECK(writer.status().message() == "disk full");
}

TEST_CASE("A failed write stays in the output and is told") {
  StringOutput file;
  RecordingWriter writer(file, some_header());
  file.fail({Code::kOutput, "disk full"});
  writer.attempt();
  writer.message("m", MonotonicClock::now());
  writer.close();
  CHECK(writer.status().message() == "disk full");
  RecordingHeader header = some_header();
  header.script_source = std::string(5u << 20, 'x');
  StringOutput other;
  CHECK(RecordingWriter(other, header).status().code() == Code::kLimit);
}

}  // namespace
}  // namespace pxq::wire
