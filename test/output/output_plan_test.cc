#include "output/output_plan.h"

#include <catch2/catch.hpp>
#include <set>

using namespace pxq;

TEST_CASE("what -o says names one kind of destination") {
  CHECK(&output_kind("") == &kStdoutOutput);
  CHECK(&output_kind("jsonl") == &kStdoutOutput);
  CHECK(&output_kind("nope") == &kStdoutOutput);
  CHECK(&output_kind("rows.csv") == &kFilesOutput);
  CHECK(&output_kind("dir/rows") == &kFilesOutput);
  CHECK(&output_kind("a.b/rows.csv.gz") == &kFilesOutput);
  CHECK(&output_kind("rows.sqlite") == &kSqliteOutput);
  CHECK(&output_kind("./{date}/rows.sqlite") == &kSqliteOutput);
  CHECK(&output_kind("rows.sqlite.gz") == &kFilesOutput);  // whose ending no format has
  CHECK(&output_kind("rows.sqlite/rows.csv") == &kFilesOutput);
}

TEST_CASE("the ending of a path is that of its last name, unpacked") {
  CHECK(output_extension("rows.csv") == "csv");
  CHECK(output_extension("rows.csv.zst") == "csv");
  CHECK(output_extension("a.b/rows") == "");
  CHECK(output_extension("a.b/rows.tsv.gz") == "tsv");
}

TEST_CASE("kinds do not claim the endings of formats or of each other") {
  std::set<std::string_view> endings;
  for (const Format& format : formats()) {
    if (!format.extension.empty()) CHECK(endings.insert(format.extension).second);
  }
  for (const OutputKind* kind : output_kinds()) {
    if (!kind->extension.empty()) CHECK(endings.insert(kind->extension).second);
    CHECK(kind->prepare != nullptr);
  }
}
