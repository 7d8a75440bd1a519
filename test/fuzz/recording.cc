#include <lz4frame.h>
#include <zstd.h>

#include <string>

#include "fuzz/files.h"
#include "fuzz/target.h"
#include "sink/result_sink.h"
#include "wire/recording_format.h"
#include "wire/recording_reader.h"
#include "wire/replay.h"
#include "wire/run_events.h"

namespace pxq::fuzz {
namespace {

// Counts, and holds whoever drives it to what ResultSink promises.
class CountingSink final : public ResultSink {
 public:
  void begin(const Schema&) override { expect(!ended_, "no table begins behind the end"); }
  void rows(const Schema& schema, const RowBatch& batch) override {
    expect(!ended_, "no rows come behind the end");
    expect(batch.columns.size() == schema.columns.size(), "a batch has its schema's columns");
  }
  void end(const Summary&) override {
    expect(!ended_, "there is one end");
    ended_ = true;
  }
  bool ended() const { return ended_; }

 private:
  bool ended_ = false;
};

std::string packed_by_zstd(std::string_view bytes) {
  std::string frame(ZSTD_compressBound(bytes.size()), '\0');
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  frame.resize(ZSTD_compress2(context, frame.data(), frame.size(), bytes.data(), bytes.size()));
  ZSTD_freeCCtx(context);
  return frame;
}

std::string packed_by_lz4(std::string_view bytes) {
  std::string frame(LZ4F_compressFrameBound(bytes.size(), nullptr), '\0');
  frame.resize(LZ4F_compressFrame(frame.data(), frame.size(), bytes.data(), bytes.size(), nullptr));
  return frame;
}

// A file whose records have what the input says, and right checksums: without them nothing behind
// the first fault would ever be read.
std::string well_formed(uint16_t version, Feed& feed) {
  const auto prefix = wire::recording::prefix(version);
  const std::string_view first(prefix.data(), prefix.size());
  wire::recording::Crc crc;
  crc.update(first);
  std::string records;
  const auto add_sum = [&] {
    char sum[wire::recording::kCrcSize];
    wire::recording::put<uint32_t>(sum, crc.value());
    records.append(sum, sizeof sum);
  };
  while (!feed.empty()) {
    char head[wire::recording::kHeadSize] = {};
    head[0] = static_cast<char>(feed.byte());
    const std::string_view payload = feed.text();
    wire::recording::put<uint32_t>(head + 4, static_cast<uint32_t>(payload.size()));
    crc.update({head, sizeof head});
    records.append(head, sizeof head);
    add_sum();
    crc.update(payload);
    records += payload;
    add_sum();
  }
  const bool zstd = version == wire::recording::kZstdVersion;
  return std::string(first) + (zstd ? packed_by_zstd(records) : packed_by_lz4(records));
}

}  // namespace

// The first byte: 0 for a file as it is, else records that are to be framed, as version 2 has them
// where it is 2.
void fuzz_recording(std::string_view input) {
  Feed feed(input);
  const auto how = feed.byte();
  const uint16_t version = how == 2 ? wire::recording::kVersion : wire::recording::kZstdVersion;
  const MemoryFile file(how == 0 ? std::string(feed.rest()) : well_formed(version, feed));
  wire::PlayOptions play;
  play.max_message_bytes = 1u << 20;
  auto recording = wire::RecordingReader::open(file.path(), play);
  if (!recording.ok()) return;
  wire::RunOptions options;
  CountingSink sink;
  wire::replay(**recording, options, sink);
  expect(sink.ended(), "a replay ends");
}

}  // namespace pxq::fuzz
