#include "wire/message_queue.h"

#include <future>
#include <string>
#include <thread>

#include <catch2/catch.hpp>

namespace pxq::wire {
namespace {

Message message(size_t size) {
  auto bytes = std::make_shared<std::string>(size, 'x');
  const std::string_view view = *bytes;
  return {view, std::move(bytes)};
}

TEST_CASE("Messages come out in order, then nothing once closed") {
  MessageQueue queue(100);
  CHECK(queue.push(message(1)));
  CHECK(queue.push(message(2)));
  queue.close();
  CHECK(queue.pop()->bytes.size() == 1);
  CHECK(queue.pop()->bytes.size() == 2);
  CHECK_FALSE(queue.pop());
  CHECK_FALSE(queue.push(message(1)));
}

TEST_CASE("A message larger than the bound passes alone") {
  MessageQueue queue(10);
  CHECK(queue.push(message(1000)));
  CHECK(queue.full());
  CHECK(queue.pop()->bytes.size() == 1000);
}

TEST_CASE("A full queue makes the reading side wait until there is room") {
  MessageQueue queue(10);
  CHECK(queue.push(message(10)));
  auto second = std::async(std::launch::async, [&] { return queue.push(message(3)); });
  CHECK(queue.pop()->bytes.size() == 10);
  CHECK(second.get());
  CHECK(queue.pop()->bytes.size() == 3);
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
