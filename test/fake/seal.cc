#include "fake/seal.h"

#include <sys/stat.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "fake/process.h"
#include "places.h"

namespace pxq::fake {
namespace {

std::string quoted(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    json += c;
  }
  return json + '"';
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4U];
    text += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

std::string broker_program() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  if (home == nullptr) return {};
  // An empty variable counts as none, as everywhere with the XDG directories.
  const bool set = cache != nullptr && *cache != 0;
  return (set ? std::string(cache) : std::string(home) + "/.cache") + "/pxq-bench/broker/seal";
}

/// A line of output for each line of input.
std::vector<std::string> answers(Command command, size_t count) {
  const ProcessResult result = run(command, std::chrono::seconds(60));
  std::istringstream lines(result.out);
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  if (result.status() != 0 || all.size() != count) throw std::runtime_error(result.err);
  return all;
}

}  // namespace

std::string seal(std::string_view jwk, std::string_view plain, std::string_view header) {
  return seal_all(jwk, {std::string(plain)}, header).front();
}

std::vector<std::string> seal_all(std::string_view jwk, const std::vector<std::string>& plain,
                                  std::string_view header) {
  if (header.empty()) {
    const bool curve = jwk.find(R"("kty":"EC")") != std::string_view::npos;
    header = curve ? kEcdhHeader : kSealHeader;
  }
  Command command;
  command.program = "/usr/bin/python3";  // Debian's own, which has Debian's libraries
  command.arguments = {PXQ_SOURCE_DIR "/test/fake/seal.py"};
  command.input.emplace();
  for (const std::string& one : plain) {
    *command.input += "{\"jwk\":" + quoted(jwk) + ",\"header\":" + std::string(header) +
                      ",\"plain\":\"" + hex(one) + "\"}\n";
  }
  return answers(std::move(command), plain.size());
}

bool has_broker() {
  struct stat info {};
  return ::stat(broker_program().c_str(), &info) == 0;
}

std::vector<BrokerAnswer> broker_seal(std::string_view jwk, const std::vector<std::string>& plain,
                                      const BrokerOrder& order) {
  Command command;
  command.program = broker_program();
  command.input.emplace();
  for (const std::string& one : plain) {
    *command.input += "{\"jwk\":" + quoted(jwk) + ",\"key_alg\":" + quoted(order.key_algorithm) +
                      ",\"content_alg\":" + quoted(order.content_algorithm) +
                      ",\"compression_alg\":" + quoted(order.compression) + ",\"plain\":\"" +
                      hex(one) + "\"}\n";
  }
  std::vector<BrokerAnswer> given;
  for (const std::string& line : answers(std::move(command), plain.size())) {
    const auto json = nlohmann::json::parse(line);
    given.push_back({json.value("sealed", ""), json.value("refused", "")});
  }
  return given;
}

}  // namespace pxq::fake
