#include "wire/replay.h"

#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "fake/seal.h"
#include "fake/temp_dir.h"
#include "session.h"
#include "wire/envelope.h"
#include "wire/recording_writer.h"

namespace pxq::wire {
namespace {

/// What a sink heard of a run, and its summary.
struct Heard {
  Summary summary;
  std::vector<std::string> calls;
  std::vector<std::vector<fake::Cell>> rows;

  void take(const fake::RecordingSink& sink) {
    calls = sink.calls();
    for (const fake::RecordedTable& table : sink.tables()) {
      rows.insert(rows.end(), table.rows.begin(), table.rows.end());
    }
  }
};

/// A run that is recorded, and its replay.
struct Twice {
  Heard live;
  Heard again;
  std::string file;
};

Heard replay_bytes(const std::string& file, const RunOptions& options,
                   fake::SinkAnswers answers = {}) {
  const fake::TempDir directory;
  auto reader = RecordingReader::open(directory.write("r.pxrec", file), {});
  REQUIRE(reader.ok());
  Heard heard;
  fake::RecordingSink sink;
  sink.answers = std::move(answers);
  heard.summary = replay(**reader, options, sink);
  heard.take(sink);
  return heard;
}

Twice run_twice(fake::Vizier& vizier, const RunOptions& options = {}, bool mutation = false,
                const fake::SinkAnswers& answers = {}) {
  Twice twice;
  StringOutput out;
  RecordingHeader header;
  header.address = vizier.address();
  header.limits = options.limits;
  RecordingWriter writer(out, header);
  Session session;
  session.options = options;
  session.options.record = &writer;
  session.request.mutation = mutation;
  session.sink.answers = answers;
  twice.live.summary = session.run(vizier.address());
  twice.live.take(session.sink);
  writer.close();
  REQUIRE(writer.status().ok());
  twice.file = out.str();
  twice.again = replay_bytes(twice.file, options, answers);
  return twice;
}

void check_same(const Twice& twice) {
  const Summary& live = twice.live.summary;
  const Summary& again = twice.again.summary;
  CHECK(again.status.code() == live.status.code());
  CHECK(again.status.message() == live.status.message());
  CHECK(again.status.hint() == live.status.hint());
  CHECK(again.status.grpc_code() == live.status.grpc_code());
  CHECK(again.status.diagnostics().size() == live.status.diagnostics().size());
  CHECK(again.query_id == live.query_id);
  CHECK(again.bytes_received == live.bytes_received);
  CHECK(twice.again.calls == twice.live.calls);
  CHECK(twice.again.rows == twice.live.rows);
}

RunOptions without_pauses() {
  RunOptions options;
  options.retry.wait = [](Duration, const std::stop_token&) { return true; };
  return options;
}

/// Making a key pair takes a second or more.
std::shared_ptr<Envelope> shared_envelope() {
  static const auto envelope = std::make_shared<Envelope>();
  return envelope;
}

struct Fate {
  std::string name;
  fake::Script script;
  Code code = Code::kOk;
};

TEST_CASE("A replay is heard as the live run was, whatever its fate") {
  const fake::Table t = numbers();
  const auto begun = [&] { return fake::Script().send(t.metadata()).send(t.batch().int64({1})); };
  const std::vector<Fate> fates = {
      {"whole", whole()},
      {"no end of stream", begun().send(fake::stats()), Code::kIncomplete},
      {"cut by the server", begun().finish(14, "gone"), Code::kIncomplete},
      {"failed on the way", begun().finish(13, "inside"), Code::kServer},
      {"failed after the last table", begun().send(t.end()).send(fake::stats()).finish(2, "late"),
       Code::kServer},
      {"an undecodable message", begun().raw("\xff\xff").send(fake::stats()), Code::kIncomplete},
      {"compile errors",
       fake::Script().send(fake::compile_errors({{1, 2, "no"}, {3, 4, "neither"}})), Code::kScript},
      {"an in-band failure", begun().send(fake::status(16, "key")), Code::kAuth},
      {"nothing at all", fake::Script(), Code::kIncomplete},
      {"not connected", fake::Script().finish(14, "no"), Code::kConnect},
  };
  for (const Fate& fate : fates) {
    DYNAMIC_SECTION(fate.name) {
      fake::Vizier vizier(fate.script);
      const Twice twice = run_twice(vizier, without_pauses());
      CHECK(twice.live.summary.status.code() == fate.code);
      check_same(twice);
    }
  }
}

TEST_CASE("A time limit that ended the run ends its replay with the same words") {
  const fake::Table t = numbers();
  fake::Vizier vizier(fake::Script().send(t.metadata()).send(t.batch().int64({1})).silence());
  RunOptions options = without_pauses();
  options.limits.idle = std::chrono::milliseconds(150);
  const Twice twice = run_twice(vizier, options);
  CHECK(twice.live.summary.status.code() == Code::kTimeout);
  check_same(twice);
}

TEST_CASE("Probes that were late are late in the replay") {
  const auto pending =
      fake::Script().send(fake::mutation(14, "wait", {{"p", fake::pb::PENDING_STATE}})).finish(14);
  fake::Vizier vizier;
  vizier.answer(pending).answer(fake::Script().silence());
  RunOptions options = without_pauses();
  options.limits.total = std::chrono::milliseconds(200);
  const Twice twice = run_twice(vizier, options, true);
  CHECK_THAT(twice.live.summary.status.message(), Catch::Contains("probes were not ready"));
  check_same(twice);
}

TEST_CASE("Only the attempt that counted is replayed") {
  fake::Vizier vizier;
  vizier.answer(fake::Script().finish(14, "first"))
      .answer(fake::Script().send(numbers("other").metadata()).finish(14, "second"))
      .answer(whole());
  const Twice twice = run_twice(vizier, without_pauses());
  CHECK(vizier.calls().size() == 3);
  CHECK(twice.live.summary.status.ok());
  check_same(twice);
}

TEST_CASE("A resumed run replays as it went, whatever became of its rest") {
  const fake::Table t = numbers();
  const fake::Table u = numbers("u");
  const auto begun = fake::Script().send(t.metadata()).send(t.batch().int64({1})).finish(14, "cut");
  fake::Vizier vizier;
  Code expected = Code::kIncomplete;
  SECTION("rows, the end and the statistics") {
    vizier.answer(begun).answer(
        fake::Script().send(t.batch().int64({3})).send(t.end()).send(fake::stats()));
  }
  SECTION("only the statistics were missing") {
    expected = Code::kOk;
    vizier
        .answer(fake::Script().send(t.metadata()).send(t.batch().int64({1}).eos()).finish(14, "x"))
        .answer(fake::Script().send(fake::stats()));
  }
  SECTION("nothing, as the query was over") {
    vizier.answer(begun).answer(
        fake::Script().finish(2, "Query 1 not registered in query forwarder"));
  }
  SECTION("another cut, and then an end") {
    vizier.answer(begun)
        .answer(fake::Script().send(t.batch().int64({3})).finish(14, "again"))
        .answer(fake::Script().send(t.end()).send(fake::stats()));
  }
  SECTION("after an attempt that was repeated") {
    vizier.answer(fake::Script().send(u.metadata()).finish(14, "first"))
        .answer(begun)
        .answer(fake::Script().send(t.end()).send(fake::stats()));
  }
  RunOptions options = without_pauses();
  options.resume = true;
  const Twice twice = run_twice(vizier, options);
  CHECK(twice.live.summary.status.code() == expected);
  check_same(twice);
  CHECK(twice.again.summary.resumes == twice.live.summary.resumes);
}

TEST_CASE("A run that was satisfied replays whole for who wants no more, else as cut") {
  const fake::Table t = numbers();
  fake::Vizier vizier(
      fake::Script().send(t.metadata()).repeat(1000, t.batch().int64({1, 2})).silence());
  const fake::SinkAnswers enough{.satisfied = [] { return true; }};
  const Twice twice = run_twice(vizier, {}, false, enough);
  CHECK(twice.live.summary.status.ok());
  check_same(twice);
  const Heard all = replay_bytes(twice.file, {});
  CHECK(all.summary.status.code() == Code::kIncomplete);
  CHECK_THAT(all.summary.status.message(), Catch::Contains("read no further"));
}

TEST_CASE("An interrupted run replays as incomplete, with its rows") {
  const fake::Table t = numbers();
  fake::Vizier vizier(fake::Script().send(t.metadata()).send(t.batch().int64({7})).silence());
  std::stop_source stop;
  RunOptions options;
  options.stop = stop.get_token();
  StringOutput out;
  RecordingWriter writer(out, {});
  Session session;
  session.options = options;
  session.sink.answers.status = [&] {  // asked when the row has come
    stop.request_stop();
    return Status();
  };
  session.options.record = &writer;
  CHECK(session.run(vizier.address()).status.code() == Code::kInterrupted);
  writer.close();
  const Heard again = replay_bytes(out.str(), {});
  CHECK(again.summary.status.code() == Code::kIncomplete);
  CHECK_THAT(again.summary.status.message(), Catch::Contains("was interrupted"));
}

TEST_CASE("A sink that fails ends a replay as it ends a run") {
  fake::Vizier vizier(whole());
  const Twice twice = run_twice(vizier);
  const fake::SinkAnswers failed{.status = [] { return Status(Code::kOutput, "disk full"); }};
  CHECK(replay_bytes(twice.file, {}, failed).summary.status.message() == "disk full");
}

TEST_CASE("A recording that is cut replays what it has and says so") {
  fake::Vizier vizier(whole());
  const Twice twice = run_twice(vizier);
  const Heard cut = replay_bytes(twice.file.substr(0, twice.file.size() - 1), {});
  CHECK(cut.summary.status.code() == Code::kIncomplete);
  CHECK_THAT(cut.summary.status.message(), Catch::Contains("cut"));
  CHECK(cut.rows == twice.live.rows);
}

TEST_CASE("Encrypted rows are recorded in plain text and replay without the key") {
  const fake::Table t = numbers();
  RunOptions options;
  options.envelope = shared_envelope();
  const auto key = options.envelope->public_key({});
  REQUIRE(key.ok());
  const auto sealed = [&](const fake::Batch& batch) {
    return fake::encrypted(fake::seal(*key, batch.data().SerializeAsString()));
  };
  fake::Vizier vizier(fake::Script()
                          .send(t.metadata())
                          .send(sealed(t.batch().int64({41, 42})))
                          .send(sealed(t.end()))
                          .send(fake::stats()));
  const Twice twice = run_twice(vizier, options);
  CHECK(twice.live.summary.status.ok());
  check_same(twice);
  CHECK(twice.again.rows.size() == 2);
}

TEST_CASE("Encrypted rows that do not open are recorded as they are") {
  const fake::Table t = numbers();
  RunOptions options;
  options.envelope = shared_envelope();
  fake::Vizier vizier(fake::Script().send(t.metadata()).send(fake::encrypted("no.such.thing")));
  const Twice twice = run_twice(vizier, options);
  CHECK(twice.live.summary.status.code() == Code::kIncomplete);
  CHECK(twice.again.summary.status.code() == Code::kIncomplete);
}

}  // namespace
}  // namespace pxq::wire
