#include <filesystem>
#include <string>

#include "file/path_template.h"
#include "fuzz/target.h"
#include "report/assertion.h"
#include "report/assertion_value.h"
#include "script/time_argument.h"
#include "text/duration.h"

namespace pxq::fuzz {
namespace {

void fuzz_time(std::string_view text) {
  const TimeReference reference{.now_ns = 1'700'000'000'000'000'000, .utc_offset = nullptr};
  const Result<TimeArgument> time = parse_time(text, reference, "--start");
  if (!time.ok()) return;
  const Result<TimeArgument> again = parse_time(pixie_time(time->ns), reference, "--start");
  expect(!again.ok() || again->ns == time->ns, "Pixie's form of a time is that time");
}

// Values come from a cluster: whatever they are, they stay one part of one name.
void fuzz_path(Feed& feed) {
  const Result<PathTemplate> path = PathTemplate::parse(feed.text());
  if (!path.ok()) return;
  PathValues ordinary{.table = "t", .cluster = "c", .script = "s", .run = "r"};
  PathValues hostile = ordinary;
  hostile.table = feed.text();
  hostile.cluster = feed.text();
  hostile.script = hostile.run = feed.rest();
  const auto parts = [&](const PathValues& values) {
    const std::filesystem::path expanded = path->expand(values);
    return std::distance(expanded.begin(), expanded.end());
  };
  expect(parts(ordinary) == parts(hostile), "a value is one part of one name");
  const std::string safe = path_safe(hostile.table);
  expect(!safe.empty() && safe != "." && safe != ".." && safe.find('/') == std::string::npos,
         "a value is a name");
}

void fuzz_assertion(Feed& feed) {
  const auto type = static_cast<DataType>(1 + feed.byte() % 6);
  const auto semantic = static_cast<SemanticType>(feed.two_bytes());
  const Result<Assertion> assertion = Assertion::parse(feed.rest());
  if (!assertion.ok() || assertion->counts_rows) return;
  const ColumnInfo column{assertion->column, type, semantic, ""};
  const Result<CellTest> test = make_cell_test(column, assertion->comparison, assertion->value);
  if (!test.ok()) return;
  Column one = make_column(type);
  std::visit([](auto& values) { values.emplace_back(); }, one);
  (void)(*test)(one, 0);
}

}  // namespace

void fuzz_words(std::string_view input) {
  Feed feed(input);
  switch (feed.byte() % 4) {
    case 0: {
      const Result<int64_t> length = parse_duration(feed.rest(), "--for");
      return expect(!length.ok() || *length >= 0, "a length of time is not negative");
    }
    case 1: return fuzz_time(feed.rest());
    case 2: return fuzz_path(feed);
    default: return fuzz_assertion(feed);
  }
}

}  // namespace pxq::fuzz
