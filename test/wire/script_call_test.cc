#include "wire/script_call.h"

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include <catch2/catch.hpp>

#include "fake/loopback.h"
#include "session.h"

namespace pxq::wire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("A whole stream reaches the sink in order and ends once") {
  fake::Vizier vizier(whole());
  Session session;
  const Summary summary = session.run(vizier.address());
  CHECK(summary.status.ok());
  CHECK(session.sink.calls() == std::vector<std::string>{"begin t", "rows t 2", "rows t 0", "end"});
  REQUIRE(summary.tables.size() == 1);
  CHECK(summary.tables[0].rows == 2);
  CHECK(summary.query_id == fake::kQueryId);
  CHECK(summary.stats->records_processed == 4);
  CHECK(summary.first_row > Duration::zero());
  CHECK(summary.elapsed >= summary.first_row);
  CHECK(vizier.calls()[0].script_request().query_str() == "import px");
}

TEST_CASE("The request carries the script, its calls, the window and the metadata") {
  fake::Vizier vizier(whole());
  Session session;
  session.request.text = "a\xff";
  session.request.name = "px/x";
  session.request.cluster_id = "c";
  session.request.functions = {{"f", {{"n", "v"}}, "out"}};
  session.request.plugin_window = TimeWindow{1, 2};
  session.request.otel_endpoint = OTelEndpoint{"u", {{"h", "v"}}, true, 3};
  Peer peer = Session::plaintext(vizier.address());
  peer.metadata = {{"pixie-api-key", "k"}};
  CHECK(session.run(peer).status.ok());
  const fake::Call call = vizier.calls()[0];
  const auto request = call.script_request();
  CHECK(request.query_str() == "a\xff");
  CHECK(request.query_name() == "px/x");
  CHECK(request.cluster_id() == "c");
  CHECK_FALSE(request.mutation());
  CHECK(request.query_id().empty());
  REQUIRE(request.exec_funcs_size() == 1);
  CHECK(request.exec_funcs(0).output_table_prefix() == "out");
  CHECK(request.configs().plugin_config().end_time_ns() == 2);
  CHECK(request.configs().otel_endpoint_config().headers().at("h") == "v");
  CHECK(call.header("pixie-api-key") == "k");
}

struct Fate {
  std::string name;
  fake::Script script;
  Code code;
  size_t rows = 0;
};

TEST_CASE("Every fate of a stream has its own verdict") {
  const fake::Table t = numbers();
  const auto begun = [&] { return fake::Script().send(t.metadata()).send(t.batch().int64({1})); };
  const std::vector<Fate> fates = {
      {"whole", whole(), Code::kOk, 2},
      {"OK without anything", fake::Script().finish(0), Code::kIncomplete},
      {"OK without an end of stream", begun().send(fake::stats()), Code::kIncomplete, 1},
      {"OK without statistics", begun().send(t.end()), Code::kIncomplete, 1},
      {"an error after rows", begun().finish(2, "boom"), Code::kServer, 1},
      {"lost after rows", begun().finish(14, "gone"), Code::kIncomplete, 1},
      {"refused before anything", fake::Script().finish(16, "no"), Code::kAuth},
      {"in-band error, then OK", begun().send(fake::status(13, "boom")), Code::kServer, 1},
      {"in-band code 0", begun().send(fake::status(0, "boom")), Code::kServer, 1},
      {"compile errors", fake::Script().send(fake::compile_error(1, 2, "no column")).finish(3, ""),
       Code::kScript},
      {"undecodable, then OK", begun().raw("\xff\xff").send(t.end()).send(fake::stats()),
       Code::kIncomplete, 1},
      {"undecodable, then silence", begun().raw("\xff\xff").silence(), Code::kIncomplete, 1},
      {"a batch before its metadata", fake::Script().send(t.batch().int64({1})), Code::kIncomplete},
      {"rows after the end", begun().send(t.end()).send(t.batch().int64({2})), Code::kIncomplete,
       1},
      {"another query id", begun().send(fake::with_query_id(t.end(), "other")), Code::kIncomplete,
       1},
      {"encrypted though not asked", begun().send(fake::encrypted("a.b.c.d.e")), Code::kIncomplete,
       1},
      {"an error after all", whole().finish(13, "late"), Code::kServer, 2},
      {"a message of no length", begun().raw("").send(t.end()).send(fake::stats()), Code::kOk, 1},
  };
  for (const Fate& fate : fates) {
    DYNAMIC_SECTION(fate.name) {
      fake::Vizier vizier(fate.script);
      Session session;
      const Summary summary = session.run(vizier.address());
      INFO(summary.status.message());
      CHECK(summary.status.code() == fate.code);
      CHECK(session.rows() == fate.rows);
      REQUIRE(session.sink.summaries().size() == 1);
      CHECK(session.sink.summaries()[0].status.code() == fate.code);
    }
  }
}

TEST_CASE("Rows after the end of a table that had none are not shown") {
  const fake::Table t = numbers();
  fake::Vizier vizier(fake::Script().send(t.metadata()).send(t.end()).send(t.batch().int64({1})));
  Session session;
  CHECK(session.run(vizier.address()).status.code() == Code::kIncomplete);
  CHECK(session.rows() == 0);
  CHECK(session.sink.calls() == std::vector<std::string>{"begin t", "rows t 0", "end"});
}

TEST_CASE("An error that comes in-band and as the RPC's status is told once, in its own words") {
  fake::Vizier vizier(fake::Script()
                          .send(fake::compile_errors({{1, 2, "first"}, {3, 4, "second"}}))
                          .finish(3, "rpc error: code = InvalidArgument desc = "));
  Session session;
  const Summary summary = session.run(vizier.address());
  REQUIRE(summary.status.diagnostics().size() == 2);
  CHECK(summary.status.diagnostics()[1].where.line == 3);
}

TEST_CASE("A stop ends the run at once and cancels the query") {
  const fake::Table t = numbers();
  fake::Vizier vizier(fake::Script().send(t.metadata()).send(t.batch().int64({1})).silence());
  std::stop_source stop;
  Session session;
  session.options.stop = stop.get_token();
  std::thread stopper([&] {
    vizier.wait_for_messages(2);
    stop.request_stop();
  });
  const Summary summary = session.run(vizier.address());
  stopper.join();
  CHECK(summary.status.code() == Code::kInterrupted);
  CHECK(vizier.wait_for_cancel());
}

TEST_CASE("A stop before the start") {
  fake::Vizier vizier(fake::Script().silence());
  std::stop_source stop;
  stop.request_stop();
  Session session;
  session.options.stop = stop.get_token();
  CHECK(session.run(vizier.address()).status.code() == Code::kInterrupted);
}

TEST_CASE("Silence ends with the idle limit, heartbeats start it anew") {
  const fake::Table t = numbers();
  Session session;
  session.options.limits.idle = milliseconds(300);
  SECTION("silence") {
    fake::Vizier vizier(fake::Script().send(t.metadata()).silence());
    CHECK(session.run(vizier.address()).status.code() == Code::kTimeout);
    CHECK(vizier.wait_for_cancel());
  }
  SECTION("heartbeats") {
    fake::Vizier vizier(fake::Script().send(t.metadata()).endless(t.heartbeat(), milliseconds(20)));
    session.options.limits.total = milliseconds(900);
    const Summary summary = session.run(vizier.address());
    CHECK_THAT(summary.status.message(), Catch::Contains("longer"));  // the total limit
  }
}

TEST_CASE("Nobody who answers ends with the connect limit") {
  const fake::RawHttp2 peer(fake::Exchange::from_scratch().silence());
  Session session;
  session.options.limits.connect = milliseconds(200);
  const TimePoint before = MonotonicClock::now();
  const Summary summary = session.run(peer.address());
  CHECK(summary.status.code() == Code::kConnect);
  CHECK(summary.status.retryable());
  CHECK(MonotonicClock::now() - before < seconds(3));
}

TEST_CASE("A destination that failed ends the run with its status") {
  const fake::Table t = numbers();
  fake::Vizier vizier(fake::Script().send(t.metadata()).endless(t.batch().int64({1})));
  Session session;
  session.sink.answers.status = [&] {
    return session.rows() < 10 ? Status() : Status(Code::kOutput, "disk full");
  };
  const Summary summary = session.run(vizier.address());
  CHECK(summary.status.code() == Code::kOutput);
  CHECK(vizier.wait_for_cancel());
}

TEST_CASE("A user who has enough ends the run well") {
  const fake::Table t = numbers();
  fake::Vizier vizier(fake::Script().send(t.metadata()).endless(t.batch().int64({1})));
  Session session;
  session.sink.answers.satisfied = [&] { return session.rows() >= 5; };
  const Summary summary = session.run(vizier.address());
  CHECK(summary.status.ok());
  CHECK(session.rows() == 5);
  CHECK(vizier.wait_for_cancel());
}

TEST_CASE("Many interleaved tables keep their rows apart") {
  fake::Script script;
  std::vector<fake::Table> tables;
  for (int i = 0; i < 50; ++i) {
    tables.push_back(numbers("t" + std::to_string(i)));
    script.send(tables.back().metadata());
  }
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 50; ++i) {
      const int at = (i * 7 + round) % 50;
      script.send(tables[static_cast<size_t>(at)].batch().int64({at, round}));
    }
  }
  for (const fake::Table& table : tables) script.send(table.end());
  fake::Vizier vizier(script.send(fake::stats()));
  Session session;
  CHECK(session.run(vizier.address()).status.ok());
  REQUIRE(session.sink.tables().size() == 50);
  for (int i = 0; i < 50; ++i) {
    const auto& rows = session.sink.tables()[static_cast<size_t>(i)].rows;
    REQUIRE(rows.size() == 40);
    for (size_t row = 0; row < rows.size(); row += 2) {
      CHECK(std::get<int64_t>(rows[row][0]) == i);
      CHECK(std::get<int64_t>(rows[row + 1][0]) == static_cast<int64_t>(row / 2));
    }
  }
}

TEST_CASE("A run without a peer says so") {
  Session session;
  const Summary summary = session.run("127.0.0.1:" + std::to_string(fake::closed_port()));
  CHECK(summary.status.code() == Code::kConnect);
  CHECK_THAT(summary.status.message(), Catch::Contains("refused"));
}

TEST_CASE("A destination that takes nothing is told of while it lasts") {
  const fake::Table t = numbers();
  const fake::Vizier vizier(fake::Script()
                                .send(t.metadata())
                                .repeat(20, t.batch().int64({1, 2}))
                                .send(t.end())
                                .send(fake::stats()));
  Session session;
  session.options.queue_bytes = 1;
  session.options.limits.held = std::chrono::milliseconds(20);
  std::promise<void> told;
  const std::shared_future<void> heard = told.get_future().share();
  std::once_flag once;
  session.events.on_held = [&] { std::call_once(once, [&] { told.set_value(); }); };
  session.sink.answers.status = [&] {
    CHECK(heard.wait_for(fake::kPatience) == std::future_status::ready);
    return Status();
  };
  CHECK(session.run(vizier.address()).status.ok());
  CHECK(session.rows() == 40);
}

}  // namespace
}  // namespace pxq::wire
