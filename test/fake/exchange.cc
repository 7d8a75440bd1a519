#include "fake/exchange.h"

#include "fake/http2_frame.h"

namespace pxq::fake {
namespace {

using http2::big_endian;

Headers status_headers(std::string_view grpc_status, std::string_view grpc_message) {
  Headers headers = {{"grpc-status", std::string(grpc_status)}};
  if (!grpc_message.empty()) headers.emplace_back("grpc-message", grpc_message);
  return headers;
}

}  // namespace

Exchange Exchange::from_scratch() {
  Exchange exchange;
  exchange.from_scratch_ = true;
  return exchange;
}

Headers Exchange::grpc_headers() {
  return {{":status", "200"}, {"content-type", "application/grpc"}};
}

Exchange& Exchange::add(Step step) {
  steps_.push_back(std::move(step));
  return *this;
}

Exchange& Exchange::headers(const Headers& headers) {
  return add(HeaderBlock{.headers = headers, .end_stream = false});
}

Exchange& Exchange::headers(int status, std::string_view content_type) {
  return headers(
      {{":status", std::to_string(status)}, {"content-type", std::string(content_type)}});
}

Exchange& Exchange::message(std::string_view bytes) {
  return framed(0, static_cast<uint32_t>(bytes.size()), bytes);
}

Exchange& Exchange::framed(uint8_t compressed, uint32_t length, std::string_view bytes) {
  return data(big_endian(compressed, 1) + big_endian(length, 4) + std::string(bytes));
}

Exchange& Exchange::data(std::string_view bytes, bool end_stream) {
  return add(Data{.bytes = std::string(bytes), .end_stream = end_stream});
}

Exchange& Exchange::trailers(const Headers& trailers) {
  return add(HeaderBlock{.headers = trailers, .end_stream = true});
}

Exchange& Exchange::trailers(std::string_view grpc_status, std::string_view grpc_message) {
  return trailers(status_headers(grpc_status, grpc_message));
}

Exchange& Exchange::trailers_only(std::string_view grpc_status, std::string_view grpc_message) {
  Headers all = grpc_headers();
  for (auto& header : status_headers(grpc_status, grpc_message)) all.push_back(std::move(header));
  return trailers(all);
}

Exchange& Exchange::rst_stream(uint32_t code) {
  return add(Frame{.type = http2::kRstStream, .payload = big_endian(code, 4)});
}

Exchange& Exchange::goaway(uint32_t code, std::string_view debug) {
  const std::string payload = big_endian(0, 4) + big_endian(code, 4) + std::string(debug);
  return add(Frame{.type = http2::kGoAway, .of_connection = true, .payload = payload});
}

Exchange& Exchange::pings(int count) {
  for (int i = 0; i < count; ++i) {
    add(Frame{.type = http2::kPing, .of_connection = true, .payload = std::string(8, 'p')});
  }
  return *this;
}

Exchange& Exchange::settings(int count) {
  for (int i = 0; i < count; ++i) {
    add(Frame{.type = http2::kSettings, .of_connection = true, .payload = {}});
  }
  return *this;
}

Exchange& Exchange::bytes(std::string_view bytes) {
  return add(Bytes{.bytes = std::string(bytes)});
}

Exchange& Exchange::close() { return add(Close{}); }
Exchange& Exchange::reset() { return add(Close{.reset = true}); }
Exchange& Exchange::wait(std::string_view gate) { return add(Wait{.gate = std::string(gate)}); }
Exchange& Exchange::silence() { return add(Silence{}); }

}  // namespace pxq::fake
