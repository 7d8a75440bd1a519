#include "text/json_bytes.h"

#include "base/text_buffer.h"
#include "text/json.h"

namespace pxq {

std::string json_text(std::string_view bytes) {
  // By way of the escapes, so that there is one rule for broken bytes.
  TextBuffer quoted;
  append_json_string(bytes, InvalidUtf8::kReversible, quoted);
  return nlohmann::json::parse(quoted.view(), nullptr, false).get<std::string>();
}

std::string text_member(const nlohmann::ordered_json& object, const char* name) {
  return original_bytes(object.at(name).get<std::string>());
}

std::string document_text(const nlohmann::ordered_json& document) {
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace pxq
