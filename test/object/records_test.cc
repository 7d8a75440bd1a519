// What a run leaves beside its journal about uploads, for the next one.

#include <catch2/catch.hpp>

#include "file/scratch_dir.h"
#include "object/pending_objects.h"
#include "object/upload_notes.h"
#include "text/odd_numbers.h"

namespace pxq::object {
namespace {

using fake::ScratchDir;

TEST_CASE("notes of uploads with a number that is no whole one are refused") {
  const ScratchDir dir;
  const std::string path = dir.path("notes");
  UploadNotes notes(path);
  REQUIRE(notes.add({.endpoint = "e", .bucket = "b", .key = "k", .id = "i", .begun_ns = 5}).ok());
  const std::string text = dir.get("notes");
  for (const std::string& damaged : fake::with_odd_numbers(text)) {
    INFO(damaged);
    dir.put("notes", damaged);
    UploadNotes read(path);
    const Status loaded = read.load();
    CHECK(loaded.code() == Code::kOutput);
    CHECK_THAT(loaded.message(), Catch::Contains("is torn or not a list of uploads of pxq"));
    CHECK(read.all().empty());
  }
  dir.put("notes", text);
  UploadNotes read(path);
  REQUIRE(read.load().ok());
  CHECK(read.all().at(0).begun_ns == 5);
}

TEST_CASE("objects that are pending, of a version that is no whole number, are refused") {
  const ScratchDir dir;
  const std::string journal = dir.path("journal");
  PendingObjects pending;
  pending.endpoint = "e";
  REQUIRE(pending.save(journal).ok());
  REQUIRE(PendingObjects::load(journal).ok());
  const std::string text = dir.get("journal.s3");
  for (const std::string& damaged : fake::with_odd_numbers(text)) {
    INFO(damaged);
    dir.put("journal.s3", damaged);
    const auto read = PendingObjects::load(journal);
    REQUIRE_FALSE(read.ok());
    CHECK(read.status().code() == Code::kOutput);
    CHECK_THAT(read.status().message(), Catch::Contains("is torn or of another pxq"));
  }
}

}  // namespace
}  // namespace pxq::object
