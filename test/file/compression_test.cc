#include "file/compression.h"

#include <catch2/catch.hpp>

#include "file/scratch_dir.h"

using namespace pxq;
using fake::ScratchDir;

namespace {

std::string pack(Compression compression, const std::string& text, size_t piece) {
  StringOutput packed;
  auto output = make_compressor(compression, packed);
  for (size_t at = 0; at < text.size(); at += piece) {
    output->text().append(std::string_view(text).substr(at, piece));
    output->commit();
    output->flush();
  }
  REQUIRE(output->finish().ok());
  return packed.str();
}

Result<std::string> unpack(const ScratchDir& dir, Compression compression,
                           const std::string& packed) {
  dir.put("packed", packed);
  std::string text;
  const Status read = read_unpacked(dir.path("packed"), compression, [&](std::string_view piece) {
    text += piece;
    return Status();
  });
  if (!read.ok()) return read;
  return text;
}

std::string sample_text() {
  std::string text;
  uint32_t state = 1;
  for (int i = 0; i < 30'000; ++i) {
    state = state * 1664525 + 1013904223;
    text += "row " + std::to_string(state) + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("the end of a name tells the compression") {
  CHECK(compression_of("a.csv.gz") == Compression::kGzip);
  CHECK(compression_of("a.CSV.GZ") == Compression::kGzip);
  CHECK(compression_of("a.csv.zst") == Compression::kZstd);
  CHECK(compression_of("gz") == Compression::kNone);
  CHECK(compression_of("a.gz/b.csv") == Compression::kNone);
  CHECK(without_compression("a.b/c.csv.zst") == "a.b/c.csv");
  CHECK(without_compression("c.csv") == "c.csv");
}

TEST_CASE("what is packed unpacks to the same bytes, however it was cut") {
  const ScratchDir dir;
  const std::string text = sample_text();
  for (const auto compression : {Compression::kGzip, Compression::kZstd}) {
    const std::string packed = pack(compression, text, 1000);
    CHECK(packed.size() < text.size() / 2);
    CHECK(unpack(dir, compression, packed).value() == text);
    CHECK(pack(compression, text, 1000) == packed);
    CHECK(unpack(dir, compression, pack(compression, text, text.size())).value() == text);
    CHECK(unpack(dir, compression, pack(compression, "", 1)).value().empty());
  }
  CHECK(unpack(dir, Compression::kNone, text).value() == text);
}

TEST_CASE("two streams in one file are read as one text") {
  const ScratchDir dir;
  for (const auto compression : {Compression::kGzip, Compression::kZstd}) {
    const std::string both = pack(compression, "one\n", 4) + pack(compression, "two\n", 4);
    CHECK(unpack(dir, compression, both).value() == "one\ntwo\n");
  }
}

TEST_CASE("cut and damaged streams are told at every length") {
  const ScratchDir dir;
  for (const auto compression : {Compression::kGzip, Compression::kZstd}) {
    const std::string packed = pack(compression, "some rows\nmore rows\n", 100);
    for (size_t length = 1; length < packed.size(); ++length) {
      INFO("length " << length);
      REQUIRE_FALSE(unpack(dir, compression, packed.substr(0, length)).ok());
    }
    std::string damaged = packed;
    damaged[packed.size() / 2] = static_cast<char>(damaged[packed.size() / 2] ^ 0x55);
    CHECK_FALSE(unpack(dir, compression, damaged).ok());
    CHECK_FALSE(unpack(dir, compression, "not packed at all").ok());
  }
}

TEST_CASE("a full destination is the compressor's failure too") {
  for (const auto compression : {Compression::kGzip, Compression::kZstd}) {
    StringOutput full;
    full.fail({Code::kOutput, "no room"});
    auto output = make_compressor(compression, full);
    output->text().append("x");
    output->commit();
    CHECK(output->finish().message() == "no room");
  }
}

TEST_CASE("the reader of a file can stop it") {
  const ScratchDir dir;
  dir.put("plain", sample_text());
  int pieces = 0;
  const Status read = read_unpacked(dir.path("plain"), Compression::kNone, [&](std::string_view) {
    ++pieces;
    return Status(Code::kOutput, "enough");
  });
  CHECK(read.message() == dir.path("plain") + ": enough");
  CHECK(pieces == 1);
}
