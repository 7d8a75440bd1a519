// What happens after a cut where the user wants the rest, and what is said of the result.

#include <catch2/catch.hpp>

#include "fake/seal.h"
#include "session.h"
#include "wire/envelope.h"

namespace pxq::wire {
namespace {

using std::chrono::milliseconds;

const fake::Table kT = numbers();

/// A session that resumes, and remembers each time that it did.
struct Resuming : Impatient {
  struct Gap {
    std::string cut;
    uint64_t rows = 0;
    bool lossy = false;
  };
  std::vector<Gap> gaps;

  Resuming() {
    options.resume = true;
    events.on_resumed = [this](const Resumption& at) {
      gaps.push_back({at.cut.message(), at.rows, at.lossy});
    };
  }
};

fake::Script begun() { return fake::Script().send(kT.metadata()).send(kT.batch().int64({1, 2})); }
fake::Script cut() { return begun().finish(14, "Connection reset by peer"); }
fake::Script rest() {
  return fake::Script().send(kT.batch().int64({5})).send(kT.end()).send(fake::stats());
}
fake::Script unknown() {
  return fake::Script().finish(2,
                               "error in StreamResults: Query 1 not registered in query forwarder");
}

TEST_CASE("A cut stream goes on, and the result is called what it is") {
  fake::Vizier vizier;
  vizier.answer(cut()).answer(rest());
  Resuming session;
  const Summary summary = session.run(vizier.address());
  CHECK(summary.status.code() == Code::kIncomplete);
  CHECK_THAT(summary.status.message(), Catch::Contains("a cut at row 2: rows of 't'"));
  CHECK(session.sink.calls() ==
        std::vector<std::string>{"begin t", "rows t 2", "rows t 1", "rows t 0", "end"});
  REQUIRE(session.gaps.size() == 1);
  CHECK(session.gaps[0].rows == 2);
  CHECK(session.gaps[0].lossy);
  CHECK_THAT(session.gaps[0].cut, Catch::Contains("Connection reset"));
  CHECK(session.pauses == std::vector<Duration>{milliseconds(250)});
  CHECK(summary.stats.has_value());
}

TEST_CASE("The rest is asked for with the query's id, the text, and no probes") {
  fake::Vizier vizier;
  vizier
      .answer(fake::Script()
                  .send(fake::mutation(0, "", {{"p", fake::pb::RUNNING_STATE}}))
                  .send(kT.metadata())
                  .send(kT.batch().int64({1}))
                  .finish(14, "cut"))
      .answer(rest());
  Resuming session;
  session.request.text = "import pxtrace\nimport px\npx.export(df, e)\n";
  session.request.mutation = true;
  session.request.cluster_id = "c";
  session.request.functions = {{"f", {{"a", "1"}}, "out"}};
  CHECK(session.run(vizier.address()).status.code() == Code::kIncomplete);
  CHECK(session.rows() == 2);
  const std::vector<fake::Call> calls = vizier.calls();
  REQUIRE(calls.size() == 2);
  auto expected = calls[0].script_request();
  CHECK(expected.query_id().empty());
  CHECK(expected.mutation());
  expected.set_query_id(std::string(fake::kQueryId));
  expected.set_mutation(false);
  CHECK(calls[1].request == expected.SerializeAsString());
}

TEST_CASE("A run is whole if all tables had ended before the cut") {
  fake::Vizier vizier;
  vizier.answer(begun().send(kT.end()).finish(14, "cut"))
      .answer(fake::Script().send(fake::stats()));
  Resuming session;
  const Summary summary = session.run(vizier.address());
  INFO(summary.status.message());
  CHECK(summary.status.ok());
  CHECK(summary.resumes == 1);
  REQUIRE(session.gaps.size() == 1);
  CHECK_FALSE(session.gaps[0].lossy);
}

TEST_CASE("Metadata that comes again is ignored") {
  fake::Vizier vizier;
  vizier.answer(cut()).answer(
      fake::Script().send(kT.metadata()).send(kT.end()).send(fake::stats()));
  Resuming session;
  CHECK_THAT(session.run(vizier.address()).status.message(), Catch::Contains("a cut at row 2"));
  CHECK(session.sink.tables().size() == 1);
}

TEST_CASE("A rest that is not to be had leaves the cut as the verdict") {
  fake::Vizier vizier;
  Resuming session;
  size_t calls = 2;
  std::string why;
  SECTION("the query is over") {
    vizier.answer(cut()).answer(unknown());
    why = "not registered";
  }
  SECTION("the key has expired") {
    vizier.answer(cut()).answer(fake::Script().finish(16, "invalid auth token: exp"));
    why = "invalid auth token";
  }
  SECTION("nothing comes, time and again") {
    vizier.answer(cut()).answer(fake::Script().finish(14, "not ready yet"));
    calls = 3;
    why = "not ready yet";
  }
  const Summary summary = session.run(vizier.address());
  CHECK(summary.status.code() == Code::kIncomplete);
  CHECK_THAT(summary.status.message(), Catch::StartsWith("the stream was cut (UNAVAILABLE"));
  CHECK_THAT(summary.status.message(), Catch::Contains("could not be resumed"));
  CHECK_THAT(summary.status.message(), Catch::Contains(why));
  CHECK(summary.status.grpc_code() == 14);
  CHECK(summary.status.retryable());
  CHECK(summary.resumes == 0);
  CHECK(session.gaps.empty());
  CHECK(session.rows() == 2);
  CHECK(vizier.calls().size() == calls);
}

TEST_CASE("A stream that is cut again and again is not resumed for ever") {
  fake::Vizier vizier;
  vizier.answer(cut()).answer(fake::Script().send(kT.batch().int64({9})).finish(14, "cut again"));
  Resuming session;
  const Summary summary = session.run(vizier.address());
  CHECK_THAT(summary.status.message(), Catch::Contains("cut again"));
  CHECK(summary.resumes == 2);
  CHECK(vizier.calls().size() == 3);
  SECTION("but for as long as it holds between") {
    fake::Vizier steady;
    steady.answer(cut());
    for (int hour = 0; hour < 5; ++hour) {
      steady.answer(fake::Script().send(kT.heartbeat()).finish(14, "cut"));
    }
    steady.answer(rest());
    Resuming patient;
    patient.options.retry.steady = Duration::zero();
    CHECK(patient.run(steady.address()).resumes == 6);
  }
}

TEST_CASE("What is no cut is not resumed") {
  Resuming session;
  fake::Script first;
  Code code = Code::kIncomplete;
  SECTION("an end that the server calls good") { first = begun(); }
  SECTION("a failure of the query") {
    first = begun().finish(2, "Query 1 timedout waiting for producers");
    code = Code::kServer;
  }
  SECTION("a failure in the stream") {
    first = begun().send(fake::status(14, "gone"));
    code = Code::kServer;
  }
  SECTION("a key that is refused") {
    first = begun().finish(16, "invalid auth token: exp");
    code = Code::kAuth;
  }
  SECTION("a message that breaks the protocol") { first = begun().raw("\xff\xff"); }
  SECTION("a limit of ours") {
    first = begun().silence();
    session.options.limits.idle = milliseconds(150);
    code = Code::kTimeout;
  }
  SECTION("an output that failed") {
    first = begun().finish(14, "cut");
    session.sink.answers.status = [] { return Status(Code::kOutput, "full"); };
    code = Code::kOutput;
  }
  SECTION("a server that gave the query no id") {
    first = fake::Script()
                .send(fake::with_query_id(kT.metadata(), ""))
                .send(fake::with_query_id(kT.batch().int64({1}), ""))
                .finish(14, "cut");
  }
  SECTION("a cut where the user does not want it") {
    first = cut();
    session.options.resume = false;
  }
  fake::Vizier vizier;
  vizier.answer(first).answer(rest());
  CHECK(session.run(vizier.address()).status.code() == code);
  CHECK(vizier.calls().size() == 1);
}

TEST_CASE("Before the first row a run is repeated rather than resumed, if it may be") {
  fake::Vizier vizier;
  vizier.answer(fake::Script().send(kT.metadata()).finish(14, "cut"));
  Resuming session;
  SECTION("it may") {
    vizier.answer(whole());
    CHECK(session.run(vizier.address()).status.ok());
    CHECK(vizier.calls()[1].script_request().query_id().empty());
  }
  SECTION("it may not") {
    vizier.answer(rest());
    session.request.text = "import px\npx.export(df, e)\n";
    CHECK_THAT(session.run(vizier.address()).status.message(), Catch::Contains("a cut at row 0"));
    CHECK(vizier.calls()[1].script_request().query_id() == fake::kQueryId);
    CHECK(session.rows() == 1);
  }
}

TEST_CASE("A stop while the rest is waited for ends the run") {
  fake::Vizier vizier;
  vizier.answer(cut()).answer(rest());
  Resuming session;
  session.options.retry.wait = [](Duration, const std::stop_token&) { return false; };
  CHECK(session.run(vizier.address()).status.code() == Code::kInterrupted);
  CHECK(vizier.calls().size() == 1);
}

TEST_CASE("Rows that were encrypted before the cut are after it, for the same key") {
  Resuming session;
  session.options.envelope = std::make_shared<Envelope>();
  const auto sealed = [](fake::Batch batch) {
    return [batch](const std::string& bytes) {
      fake::pb::ExecuteScriptRequest request;
      request.ParseFromString(bytes);
      const std::string& key = request.encryption_options().jwk_key();
      return fake::encrypted(fake::seal(key, batch.data().SerializeAsString())).SerializeAsString();
    };
  };
  fake::Vizier vizier;
  vizier
      .answer(
          fake::Script().send(kT.metadata()).reply(sealed(kT.batch().int64({1}))).finish(14, "cut"))
      .answer(fake::Script().reply(sealed(kT.batch().int64({2}).eos())).send(fake::stats()));
  CHECK_THAT(session.run(vizier.address()).status.message(), Catch::Contains("a cut at row 1"));
  CHECK(session.rows() == 2);
  const std::vector<fake::Call> calls = vizier.calls();
  REQUIRE(calls.size() == 2);
  CHECK(calls[1].script_request().encryption_options().SerializeAsString() ==
        calls[0].script_request().encryption_options().SerializeAsString());
}

}  // namespace
}  // namespace pxq::wire
