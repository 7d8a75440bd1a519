#include "fake/seal.h"

#include <sstream>
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
  const ProcessResult result = run(command, std::chrono::seconds(60));
  std::istringstream lines(result.out);
  std::vector<std::string> sealed;
  for (std::string line; std::getline(lines, line);) sealed.push_back(line);
  if (result.status() != 0 || sealed.size() != plain.size()) throw std::runtime_error(result.err);
  return sealed;
}

}  // namespace pxq::fake
