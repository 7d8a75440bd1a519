#include <nlohmann/json.hpp>
#include <string>

#include "base/digest.h"
#include "export/watermark.h"
#include "fuzz/target.h"

namespace pxq::fuzz {
namespace {

// The document with the checksum that it should have; unchanged where it is no object.
std::string with_checksum(std::string_view text) {
  auto document = nlohmann::ordered_json::parse(text, nullptr, false);
  if (!document.is_object()) return std::string(text);
  document.erase("checksum");
  const std::string sum =
      sha256_hex(document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  document["checksum"] = sum;
  return document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

// The first byte: 0 for a file as it is, else one whose checksum is put right.
void fuzz_state(std::string_view input) {
  Feed feed(input);
  const bool as_it_is = feed.byte() == 0;
  const std::string text = as_it_is ? std::string(feed.rest()) : with_checksum(feed.rest());
  const Result<ExportState> state = parse_state(text, "state.json");
  if (!state.ok()) return;
  const Result<ExportState> again = parse_state(state_text(*state), "state.json");
  expect(again.ok(), "a state that was read can be kept");
  expect(*again == *state, "a state that is kept is the one that was read");
}

}  // namespace pxq::fuzz
