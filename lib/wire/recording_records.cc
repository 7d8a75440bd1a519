#include "wire/recording_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pxq::wire {
namespace {

using Got = RecordingBytes::Got;
using recording::get;
using recording::Type;

// At most so much is allocated on the word of a length whose bytes have not come.
constexpr size_t kPiece = 1u << 20;

Status not_a_recording(const std::string& path, std::string_view why) {
  return {Code::kUsage, fmt::format("{} is not a recording: {}", path, why),
          "pxq run --record FILE makes one"};
}

uint16_t version_in(std::string_view prefix) {
  return get<uint16_t>(prefix.data() + recording::kMagic.size());
}

// kOk where the file begins as a recording of a known version does.
Status check_prefix(const std::string& path, std::string_view found) {
  if (found.empty()) return not_a_recording(path, "it is empty");
  const std::string_view magic = found.substr(0, recording::kMagic.size());
  if (!recording::kMagic.starts_with(magic)) return not_a_recording(path, "it begins otherwise");
  if (found.size() < recording::kPrefixSize) {
    return {Code::kIncomplete, fmt::format("{} is cut at its beginning", path)};
  }
  const uint16_t version = version_in(found);
  if (version == recording::kVersion || version == recording::kZstdVersion) return {};
  return {Code::kUsage,
          fmt::format("{} is a recording of version {}; this pxq reads versions {} and {}", path,
                      version, recording::kZstdVersion, recording::kVersion)};
}

}  // namespace

Status RecordingRecords::read_prefix(const std::string& path) {
  Result<std::string> prefix = bytes_.prefix(recording::kPrefixSize);
  if (!prefix.ok()) return not_a_recording(path, prefix.status().message());
  if (Status status = check_prefix(path, *prefix); !status.ok()) return status;
  bytes_.unpack_by(version_in(*prefix) == recording::kZstdVersion
                       ? make_zstd_unpacker(recording::kWindowLog)
                       : make_lz4_unpacker());
  crc_.update(*prefix);
  return {};
}

bool RecordingRecords::peek() {
  while (!head_) {
    if (!fault_.ok()) return false;
    char raw[recording::kHeadSize];
    if (!fill(raw, sizeof raw)) return false;
    crc_.update({raw, sizeof raw});
    if (!checksum()) return false;
    // A file may claim more than the signed nanoseconds of a Duration hold.
    const auto time = std::min<uint64_t>(get<uint64_t>(raw + 8), INT64_MAX);
    head_ = {static_cast<Type>(raw[0]), get<uint32_t>(raw + 4), Duration(time)};
    if (head_->type >= Type::kHeader && head_->type <= Type::kClose) break;
    // A record of a type that this pxq does not know is checked and passed over.
    if (!read_payload(nullptr)) return false;
  }
  return true;
}

bool RecordingRecords::read(std::string& payload) { return read_payload(&payload); }

// Without a payload it is passed over. Room is made as bytes come, not as the length promises.
bool RecordingRecords::read_payload(std::string* payload) {
  std::string skipped;
  std::string& into = payload != nullptr ? *payload : skipped;
  for (size_t left = head_->length; left != 0;) {
    const size_t piece = std::min(left, kPiece);
    const size_t at = payload != nullptr ? into.size() : 0;
    into.resize(at + piece);
    if (!fill(into.data() + at, piece)) return false;
    crc_.update(std::string_view(into).substr(at));
    left -= piece;
  }
  head_.reset();
  return checksum();
}

bool RecordingRecords::fill(char* to, size_t count) {
  switch (bytes_.read(to, count)) {
    case Got::kAll: return true;
    case Got::kDamaged: return lose(bytes_.damage());
    case Got::kCut: break;
  }
  return lose(cut());
}

bool RecordingRecords::checksum() {
  char stored[recording::kCrcSize];
  if (!fill(stored, sizeof stored)) return false;
  return get<uint32_t>(stored) == crc_.value() || lose("a checksum is wrong");
}

void RecordingRecords::read_close() {
  switch (bytes_.read_close()) {
    case Got::kAll: return;
    case Got::kCut: lose(cut()); return;
    case Got::kDamaged: lose(bytes_.damage());
  }
}

void RecordingRecords::count_message(size_t size) {
  ++messages_;
  message_bytes_ += size;
}

std::string RecordingRecords::counted() const {
  return fmt::format("{} {}", messages_, messages_ == 1 ? "message" : "messages");
}

Status RecordingRecords::cut() const {
  return {Code::kIncomplete, fmt::format("the recording is cut after {}", counted())};
}

bool RecordingRecords::lose(std::string_view what) {
  return lose(Status(Code::kIncomplete,
                     fmt::format("the recording is damaged after {}: {}", counted(), what)));
}

bool RecordingRecords::lose(Status status) {
  // The first fault is the cause; those that follow from it would hide it.
  if (fault_.ok()) fault_ = std::move(status);
  return false;
}

}  // namespace pxq::wire
