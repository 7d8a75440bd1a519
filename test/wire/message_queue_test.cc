#include "wire/message_queue.h"

#include <future>
#include <string>
#include <thread>

#include <catch2/catch.hpp>

namespace pxq::wire {
namespace {

Arrival message(size_t size) {
  const grpc::Slice slice(std::string(size, 'x'));
  return {std::make_unique<grpc::ByteBuffer>(&slice, 1), {}};
}

TEST_CASE("Messages come out in order, then nothing once closed") {
  MessageQueue queue(1 << 20);
  CHECK(queue.push(message(1)));
  CHECK(queue.push(message(2)));
  queue.close();
  CHECK(queue.pop()->pieces->Length() == 1);
  CHECK(queue.pop()->pieces->Length() == 2);
  CHECK_FALSE(queue.pop());
  CHECK_FALSE(queue.push(message(1)));
}

TEST_CASE("A message larger than the bound passes alone") {
  MessageQueue queue(10);
  CHECK(queue.push(message(1000)));
  CHECK(queue.full());
  CHECK(queue.pop()->pieces->Length() == 1000);
}

TEST_CASE("A full queue makes the reading side wait until there is room") {
  MessageQueue queue(10);
  CHECK(queue.push(message(10)));
  auto second = std::async(std::launch::async, [&] { return queue.push(message(3)); });
  CHECK(queue.pop()->pieces->Length() == 10);
  CHECK(second.get());
  CHECK(queue.pop()->pieces->Length() == 3);
}

TEST_CASE("A writer that waits is woken when small messages are handed over") {
  MessageQueue queue(1 << 20);
  auto first = std::async(std::launch::async, [&] { return queue.pop(); });
  CHECK(queue.push(message(1)));
  queue.hand_over();
  CHECK(first.get()->pieces->Length() == 1);
}

TEST_CASE("A writer that waits is woken for enough bytes, and by a reader that has no room") {
  MessageQueue large(1 << 20);
  auto first = std::async(std::launch::async, [&] { return large.pop(); });
  CHECK(large.push(message(256 * 1024)));
  CHECK(first.get()->pieces->Length() == 256 * 1024);

  MessageQueue small(500);
  auto two = std::async(std::launch::async, [&] {
    small.pop();
    return small.pop();
  });
  CHECK(small.push(message(1)));
  CHECK(small.push(message(100)));
  small.hand_over();
  CHECK(two.get()->pieces->Length() == 100);
}

TEST_CASE("Empty messages fill a queue too") {
  MessageQueue queue(10'000);
  size_t pushed = 0;
  for (; !queue.full() && pushed < 10'000; ++pushed) CHECK(queue.push(message(0)));
  CHECK(pushed < 100);
}

TEST_CASE("Closing wakes both sides, and may drop what is left") {
  MessageQueue queue(10);
  CHECK(queue.push(message(10)));
  auto blocked = std::async(std::launch::async, [&] { return queue.push(message(1)); });
  queue.close(true);
  CHECK_FALSE(blocked.get());
  CHECK_FALSE(queue.pop());
}

}  // namespace
}  // namespace pxq::wire
