#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace pxq {

/// Text for a JSON document of ours: JSON is UTF-8 and names are not always, so other bytes take
/// the reversible form of text/json.h; original_bytes() undoes it.
std::string json_text(std::string_view bytes);

/// The bytes of such a member. Throws the library's exception where it is missing or no text.
std::string text_member(const nlohmann::ordered_json& object, const char* name);

/// The document as text with a final LF.
std::string document_text(const nlohmann::ordered_json& document);

}  // namespace pxq
