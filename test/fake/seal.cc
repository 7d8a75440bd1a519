#include "fake/seal.h"

#include <stdexcept>

#include "fake/process.h"

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

}  // namespace

std::string seal(std::string_view jwk, std::string_view plain, std::string_view header) {
  Command command;
  command.program = "/usr/bin/python3";  // Debian's own, which has Debian's libraries
  command.arguments = {PXQ_SOURCE_DIR "/test/fake/seal.py"};
  command.input = "{\"jwk\":" + quoted(jwk) + ",\"header\":" + std::string(header) +
                  ",\"plain\":\"" + hex(plain) + "\"}\n";
  const ProcessResult result = run(command, std::chrono::seconds(60));
  if (result.status() != 0 || result.out.empty()) throw std::runtime_error(result.err);
  return result.out.substr(0, result.out.size() - 1);
}

}  // namespace pxq::fake
