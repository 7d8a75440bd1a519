#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "local/data/demo/journey.h"

namespace pxq::local::demo {

/// What a visit is about.
struct Deal {
  uint64_t user = 0;
  uint64_t product = 0;
  uint64_t quantity = 0;
  uint64_t order = 0;
  std::string_view word;  // that somebody searches for
};

Deal deal_of(uint64_t seed, uint64_t visit, uint64_t order);

/// What both sides of a call see of it.
struct HttpContent {
  std::string_view method;
  std::string path = {};
  std::string request = {};
  std::string response = {};
  int64_t status = 200;
  std::string_view message = "OK";
  std::string_view type = "application/json";
};

HttpContent http_content(Op op, const Deal& deal, bool failed);

/// A request and its answer in any other protocol.
struct Exchange {
  std::string_view command;  // where the protocol has one by name
  std::string request = {};
  std::string response = {};
};

Exchange exchange(Op op, const Deal& deal, std::string_view service_ip);

/// What a call moves, headers and framing included.
struct WireBytes {
  int64_t request = 0;
  int64_t response = 0;
};

WireBytes wire_bytes(const Step& step, const Deal& deal);

}  // namespace pxq::local::demo
