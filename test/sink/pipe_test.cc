#include "sink/pipe.h"

#include <string>

#include <catch2/catch.hpp>

#include "fake/recording_sink.h"
#include "sink/select.h"

namespace pxq {
namespace {

/// A sink on the way that says what it is told to, and writes down when it is asked.
class Stage final : public ResultSink {
 public:
  Stage(std::string name, std::vector<std::string>& asked, ResultSink& next)
      : name_(std::move(name)), asked_(asked), next_(next) {}

  Status failure, fault;
  bool enough = false;

  void begin(const Schema& schema) override { next_.begin(schema); }
  void rows(const Schema& schema, const RowBatch& batch) override { next_.rows(schema, batch); }
  void end(const Summary& summary) override { next_.end(summary); }
  const Status& status() const override {
    asked_.push_back(name_);
    return failure;
  }
  bool satisfied() const override { return enough; }
  const Status& verdict() const override { return fault; }

 private:
  std::string name_;
  std::vector<std::string>& asked_;
  ResultSink& next_;
};

struct Chain {
  fake::RecordingSink last;
  std::vector<std::string> asked;
  Pipe pipe{last};
  Stage& near = pipe.put_before<Stage>("near", asked);
  Stage& far = pipe.put_before<Stage>("far", asked);
};

const Schema kNumbers{.name = "t",
                      .id = "1",
                      .columns = {{.name = "a", .type = DataType::kInt64, .description = ""}}};

RowBatch numbers(size_t count) {
  RowBatch batch;
  batch.columns.emplace_back(Int64Column(count));
  batch.num_rows = count;
  return batch;
}

}  // namespace

TEST_CASE("A pipe asks its sinks in the order in which rows meet them") {
  Chain chain;
  CHECK(chain.pipe.status().ok());
  CHECK(chain.asked == std::vector<std::string>{"far", "near"});
  chain.last.answers.status = [] { return Status(Code::kOutput, "full"); };
  CHECK(chain.pipe.status().message() == "full");
  chain.near.failure = {Code::kUsage, "near"};
  CHECK(chain.pipe.status().message() == "near");
  chain.far.failure = {Code::kUsage, "far"};
  CHECK(chain.pipe.status().message() == "far");
}

TEST_CASE("A pipe has enough when one of its sinks has, wherever it stands") {
  Chain chain;
  CHECK_FALSE(chain.pipe.satisfied());
  SECTION("the first") { chain.far.enough = true; }
  SECTION("one on the way") { chain.near.enough = true; }
  SECTION("the last") {
    chain.last.answers.satisfied = [] { return true; };
  }
  CHECK(chain.pipe.satisfied());
}

TEST_CASE("A pipe's verdict is that of its sinks, and not of where the rows end up") {
  Chain chain;
  chain.last.answers.status = [] { return Status(Code::kOutput, "full"); };
  CHECK(chain.pipe.verdict().ok());
  chain.near.fault = {Code::kAssertion, "a row offends"};
  CHECK(chain.pipe.verdict().message() == "a row offends");
  chain.far.fault = {Code::kUsage, "no such column"};
  CHECK(chain.pipe.verdict().message() == "no such column");
}

TEST_CASE("Rows go through all of a pipe") {
  Chain chain;
  chain.pipe.begin(kNumbers);
  chain.pipe.rows(kNumbers, numbers(2));
  chain.pipe.end({});
  CHECK(chain.last.calls() == std::vector<std::string>{"begin t", "rows t 2", "end"});
}

TEST_CASE("A selection has enough when each of its tables has its rows") {
  fake::RecordingSink last;
  Pipe pipe(last);
  pipe.put_before<Select>(Selection{.limit = 3});
  Schema other = kNumbers;
  other.name = "u";
  pipe.begin(kNumbers);
  pipe.begin(other);
  pipe.rows(kNumbers, numbers(5));
  CHECK_FALSE(pipe.satisfied());
  pipe.rows(other, numbers(2));
  CHECK_FALSE(pipe.satisfied());
  pipe.rows(other, numbers(2));
  CHECK(pipe.satisfied());
  CHECK(last.calls() ==
        std::vector<std::string>{"begin t", "begin u", "rows t 3", "rows u 2", "rows u 1"});
}

TEST_CASE("What was selected and is not there fails the selection, with what there is") {
  fake::RecordingSink last;
  Pipe pipe(last);
  SECTION("a column, when the first row comes, which is not passed on") {
    pipe.put_before<Select>(Selection{.columns = {"b"}});
    pipe.begin(kNumbers);
    pipe.rows(kNumbers, numbers(1));
    CHECK(last.calls().empty());
    CHECK(pipe.status().message() == "no column 'b' in table 't'");
    CHECK(pipe.status().hint() == "its columns are a");
  }
  SECTION("a table, when the first row of another comes") {
    pipe.put_before<Select>(Selection{.tables = {"other"}});
    pipe.begin(kNumbers);
    CHECK(pipe.status().ok());
    pipe.rows(kNumbers, numbers(1));
    CHECK(pipe.status().message() == "the script has no table 'other'");
    CHECK(last.calls().empty());
  }
  SECTION("a table that is promised is waited for") {
    pipe.put_before<Select>(Selection{.tables = {"other"}, .promised = {"Other"}});
    pipe.begin(kNumbers);
    pipe.rows(kNumbers, numbers(1));
    CHECK(pipe.status().ok());
    Schema other = kNumbers;
    other.name = "Other";
    pipe.begin(other);
    pipe.rows(other, numbers(2));
    CHECK(last.calls() == std::vector<std::string>{"begin Other", "rows Other 2"});
  }
  SECTION("a table, when all have come") {
    pipe.put_before<Select>(Selection{.tables = {"other"}});
    pipe.begin(kNumbers);
    CHECK(pipe.status().ok());
    pipe.end({});
    CHECK(pipe.verdict().message() == "the script has no table 'other'");
    REQUIRE(last.summaries().size() == 1);
    CHECK(last.summaries()[0].status.code() == Code::kUsage);
  }
}

}  // namespace pxq
