#include "wire/ledger.h"

#include <catch2/catch.hpp>

namespace pxq::wire {
namespace {

Schema table(const std::string& name, DataType type = DataType::kInt64) {
  return {name, "id-" + name, {{"a", type, SemanticType::kNone, ""}}};
}

RowBatch batch(size_t rows, bool eos = false) {
  RowBatch made;
  made.num_rows = rows;
  made.eos = eos;
  return made;
}

/// A ledger with one table of two rows.
struct Books {
  Ledger ledger{DecodeLimits{}};
  Ledger::Table* t = *ledger.announce(table("t"));

  Status enter(size_t rows, bool eos = false) { return ledger.enter(*t, batch(rows, eos), 10); }
};

TEST_CASE("A run with every end of stream and its statistics is whole") {
  Books books;
  CHECK(books.enter(2).ok());
  CHECK(books.enter(1, true).ok());
  books.ledger.enter_stats({});
  CHECK(books.ledger.what_is_missing().empty());
  const Summary summary = books.ledger.close({});
  CHECK(summary.status.ok());
  REQUIRE(summary.tables.size() == 1);
  CHECK(summary.tables[0].rows == 3);
  CHECK(summary.tables[0].bytes == 20);
  CHECK(summary.tables[0].complete);
  CHECK(summary.bytes_received == 20);
}

TEST_CASE("The statistics may come before the last end of stream") {
  Books books;
  books.ledger.enter_stats({});
  CHECK_FALSE(books.ledger.close({}).status.ok());
  CHECK(books.enter(0, true).ok());
  CHECK(books.ledger.close({}).status.ok());
}

TEST_CASE("What is missing makes a run incomplete and is named") {
  Books books;
  SECTION("an end of stream") {
    books.ledger.enter_stats({});
    const Status status = books.ledger.close({}).status;
    CHECK(status.code() == Code::kIncomplete);
    CHECK_THAT(status.message(), Catch::Contains("'t'"));
    CHECK(status.retryable());
  }
  SECTION("the statistics") {
    CHECK(books.enter(0, true).ok());
    CHECK_THAT(books.ledger.close({}).status.message(), Catch::Contains("statistics"));
  }
  SECTION("everything") {
    CHECK(Ledger(DecodeLimits{}).close({}).status.code() == Code::kIncomplete);
  }
  SECTION("more tables than a line holds") {
    for (int i = 0; i < 9; ++i) REQUIRE(books.ledger.announce(table(std::to_string(i))).ok());
    CHECK_THAT(books.ledger.what_is_missing(), Catch::Contains("and 5 more"));
  }
}

TEST_CASE("A failure is not hidden by balanced books") {
  Books books;
  CHECK(books.enter(0, true).ok());
  books.ledger.enter_stats({});
  CHECK(books.ledger.close({Code::kServer, "x"}).status.code() == Code::kServer);
}

TEST_CASE("A resumed stream is whole only where every table had ended before") {
  Books books;
  SECTION("all had") {
    CHECK(books.enter(2, true).ok());
    books.ledger.enter_gap();
    books.ledger.enter_stats({});
    const Summary summary = books.ledger.close({});
    CHECK(summary.status.ok());
    CHECK(summary.resumes == 1);
    CHECK(summary.tables[0].complete);
    CHECK_FALSE(summary.tables[0].gap);
  }
  SECTION("one had not, although its end came then") {
    Ledger::Table* u = *books.ledger.announce(table("u"));
    CHECK(books.ledger.enter(*u, batch(1, true), 10).ok());
    CHECK(books.enter(2).ok());
    books.ledger.enter_gap();
    CHECK(books.enter(3, true).ok());
    books.ledger.enter_stats({});
    const Summary summary = books.ledger.close({});
    CHECK(summary.status.code() == Code::kIncomplete);
    CHECK(summary.status.message() == "resumed after a cut at row 3: rows of 't' may be missing");
    CHECK(summary.status.retryable());
    CHECK_FALSE(summary.tables[0].complete);
    CHECK(summary.tables[0].gap);
    CHECK(summary.tables[1].complete);
    CHECK_FALSE(summary.tables[1].gap);
    CHECK(books.ledger.close_early().status.code() == Code::kIncomplete);
  }
  SECTION("several cuts are counted") {
    CHECK(books.enter(2).ok());
    books.ledger.enter_gap();
    CHECK(books.enter(1, true).ok());
    books.ledger.enter_gap();
    books.ledger.enter_stats({});
    const Summary summary = books.ledger.close({});
    CHECK(summary.resumes == 2);
    CHECK_THAT(summary.status.message(), Catch::Contains("2 cuts, the first at row 2"));
  }
  SECTION("what is missing at the end is told before") {
    books.ledger.enter_gap();
    CHECK_THAT(books.ledger.close({}).status.message(), Catch::Contains("no end of stream"));
  }
}

TEST_CASE("Data after the end of stream, or a second end, breaks the protocol") {
  Books books;
  CHECK(books.enter(1, true).ok());
  CHECK(books.enter(1).code() == Code::kIncomplete);
  CHECK(books.enter(0, true).code() == Code::kIncomplete);
}

TEST_CASE("Metadata twice") {
  Books books;
  SECTION("the same is ignored") { CHECK(*books.ledger.announce(table("t")) == nullptr); }
  SECTION("another relation is not") {
    CHECK(books.ledger.announce(table("t", DataType::kString)).status().code() ==
          Code::kIncomplete);
  }
  SECTION("the same name under another id is another table") {
    Schema second = table("t");
    second.id = "other";
    const Result<Ledger::Table*> made = books.ledger.announce(second);
    REQUIRE(made.ok());
    CHECK(*made != books.t);
  }
}

TEST_CASE("A batch belongs to an announced table") {
  Books books;
  CHECK(*books.ledger.find("id-t") == books.t);
  CHECK(books.ledger.find("t").status().code() == Code::kIncomplete);
  CHECK(books.ledger.find("").status().code() == Code::kIncomplete);
}

TEST_CASE("The query's id does not change") {
  Books books;
  CHECK(books.ledger.enter_query_id("").ok());
  CHECK(books.ledger.enter_query_id("q").ok());
  CHECK(books.ledger.enter_query_id("").ok());
  CHECK(books.ledger.enter_query_id("r").code() == Code::kIncomplete);
  CHECK(books.ledger.close({}).query_id == "q");
}

TEST_CASE("Tables and their names are bounded") {
  DecodeLimits limits;
  SECTION("by number") {
    limits.tables = 2;
    Ledger ledger(limits);
    CHECK(ledger.announce(table("a")).ok());
    CHECK(ledger.announce(table("b")).ok());
    CHECK(ledger.announce(table("a")).ok());
    CHECK(ledger.announce(table("c")).status().code() == Code::kLimit);
  }
  SECTION("by bytes") {
    limits.schema_bytes = 4096;
    Ledger ledger(limits);
    CHECK(ledger.announce(table("a")).ok());
    CHECK(ledger.announce(table(std::string(4096, 'x'))).status().code() == Code::kLimit);
  }
}

TEST_CASE("A run that the user wanted no more of is whole by his measure") {
  Books books;
  CHECK(books.enter(2).ok());
  const Summary summary = books.ledger.close_early();
  CHECK(summary.status.ok());
  CHECK_FALSE(summary.tables[0].complete);
}

}  // namespace
}  // namespace pxq::wire
