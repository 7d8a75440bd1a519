#include "wire/opening_source.h"

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "fake/messages.h"
#include "fake/seal.h"
#include "session.h"
#include "wire/stream_end.h"

namespace pxq::wire {
namespace {

constexpr size_t kRoom = 64u << 20;

/// Messages that are all there at once, and whose taking is counted.
class Stock final : public MessageSource {
 public:
  explicit Stock(std::vector<std::string> messages) : messages_(std::move(messages)) {}

  std::optional<Message> next() override {
    if (taken_ == messages_.size() || cancelled_) return std::nullopt;
    return Message{messages_[taken_++], nullptr, MonotonicClock::now(), {}};
  }
  bool ready() override { return true; }
  void cancel() override { cancelled_ = true; }
  StreamEnd finish() override { return {grpc::Status::OK, Ended::kNot, {}}; }

  size_t taken() const { return taken_; }
  bool cancelled() const { return cancelled_; }

 private:
  std::vector<std::string> messages_;
  size_t taken_ = 0;
  bool cancelled_ = false;
};

/// One key pair, and texts that were sealed for it, all in one call of the other library.
struct Sealed {
  Envelope envelope;
  std::vector<std::string> messages;

  explicit Sealed(const std::vector<std::string>& texts) {
    for (const std::string& jwe : fake::seal_all(*envelope.public_key({}), texts)) {
      messages.push_back(fake::encrypted(jwe).SerializeAsString());
    }
  }
};

std::vector<std::string> numbered(size_t count) {
  std::vector<std::string> texts;
  // Of different lengths, so that helpers end in another order than they began.
  for (size_t i = 0; i < count; ++i) {
    texts.push_back(std::to_string(i) + std::string(i % 3 * 100'000, 'x'));
  }
  return texts;
}

TEST_CASE("Encrypted rows are opened ahead and come in the order of the stream") {
  const std::vector<std::string> texts = numbered(40);
  Sealed sealed(texts);
  // What is not encrypted goes through as it is, at its place.
  const std::string plain = fake::stats().SerializeAsString();
  sealed.messages.insert(sealed.messages.begin() + 20, plain);
  for (const int helpers : {0, 1, 3}) {
    INFO(helpers);
    Stock stock(sealed.messages);
    OpeningSource source(stock, sealed.envelope, kRoom, helpers);
    std::vector<std::string> got;
    for (size_t number = 0; const auto message = source.next(); ++number) {
      CHECK(message->bytes.whole() == sealed.messages[number]);
      if (number == 20) {
        CHECK(message->opened == nullptr);
        continue;
      }
      REQUIRE(message->opened != nullptr);
      REQUIRE(message->opened->ok());
      got.emplace_back((*message->opened)->rows.view());
    }
    CHECK(got == texts);
    CHECK_FALSE(source.next());
  }
}

TEST_CASE("What cannot be opened is told at its place, and what came before it stands") {
  Sealed sealed(numbered(12));
  Envelope other;
  sealed.messages[5] =
      fake::encrypted(fake::seal(*other.public_key({}), "rows")).SerializeAsString();
  for (const int helpers : {0, 3}) {
    Stock stock(sealed.messages);
    OpeningSource source(stock, sealed.envelope, kRoom, helpers);
    for (size_t number = 0; number < 12; ++number) {
      INFO(number);
      const auto message = source.next();
      REQUIRE(message);
      CHECK(message->opened->ok() == (number != 5));
    }
  }
}

TEST_CASE("Few messages are taken ahead of a reader that is slow") {
  const Sealed sealed(numbered(40));
  for (const int helpers : {0, 1, 3}) {
    Stock stock(sealed.messages);
    OpeningSource source(stock, sealed.envelope, kRoom, helpers);
    REQUIRE(source.next());
    CHECK(stock.taken() <= 1 + 2 * static_cast<size_t>(helpers));
  }
}

TEST_CASE("Large messages are not taken ahead many at a time") {
  // They do not compress, so that the encrypted form is large too.
  std::string noise(3u << 20, '\0');
  uint64_t state = 1;
  for (char& c : noise) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    c = static_cast<char>(state >> 56);
  }
  const Sealed sealed({noise, noise, noise, noise, noise, noise});
  Stock stock(sealed.messages);
  OpeningSource source(stock, sealed.envelope, kRoom, 3);
  REQUIRE(source.next());
  CHECK(stock.taken() <= 2);
}

TEST_CASE("A batch that opens to much is opened at its turn, and one beyond the limit refused") {
  const Sealed sealed({"first", std::string(20u << 20, 'x'), "last"});
  for (const int helpers : {0, 3}) {
    Stock stock(sealed.messages);
    OpeningSource source(stock, sealed.envelope, kRoom, helpers);
    CHECK((*source.next()->opened)->rows.view() == "first");
    CHECK((*source.next()->opened)->rows.size() == 20u << 20);
    CHECK((*source.next()->opened)->rows.view() == "last");
    Stock again(sealed.messages);
    OpeningSource narrow(again, sealed.envelope, 10u << 20, helpers);
    CHECK(narrow.next()->opened->ok());
    CHECK(narrow.next()->opened->status().code() == Code::kLimit);
    CHECK(narrow.next()->opened->ok());
  }
}

TEST_CASE("A reader may leave while rows are being opened") {
  const Sealed sealed(numbered(40));
  for (size_t taken = 0; taken < 4; ++taken) {
    Stock stock(sealed.messages);
    OpeningSource source(stock, sealed.envelope, kRoom, 3);
    for (size_t i = 0; i < taken; ++i) REQUIRE(source.next());
    source.cancel();
    CHECK(stock.cancelled());
  }
}

TEST_CASE("A run whose rows were opened ahead shows them in order, and what failed after them") {
  const fake::Table t = numbers();
  std::vector<std::string> batches;
  for (int64_t i = 0; i < 60; ++i) {
    batches.push_back(t.batch().int64({2 * i, 2 * i + 1}).data().SerializeAsString());
  }
  batches.push_back(t.end().data().SerializeAsString());
  const bool altered = GENERATE(false, true);
  Impatient session;
  session.options.envelope = std::make_shared<Envelope>();
  fake::Script script;
  script.send(t.metadata());
  std::vector<std::string> sealed =
      fake::seal_all(*session.options.envelope->public_key({}), batches);
  if (altered) sealed[40].back() = sealed[40].back() == 'A' ? 'E' : 'A';
  for (const std::string& jwe : sealed) script.send(fake::encrypted(jwe));
  fake::Vizier vizier(script.send(fake::stats()));
  const Summary summary = session.run(vizier.address());
  INFO(summary.status.message());
  CHECK(summary.status.code() == (altered ? Code::kIncomplete : Code::kOk));
  REQUIRE(session.rows() == (altered ? 80 : 120));
  const auto& rows = session.sink.tables()[0].rows;
  for (size_t i = 0; i < rows.size(); ++i) {
    CHECK(std::get<int64_t>(rows[i][0]) == static_cast<int64_t>(i));
  }
}

}  // namespace
}  // namespace pxq::wire
