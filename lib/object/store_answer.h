#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "http/http_client.h"
#include "object/store_settings.h"

namespace pxq::object {

/// The text of the first element of that name, entities undone; empty where there is none. What a
/// store answers is flat enough for this, and whatever else comes is only shown.
std::string xml_text(std::string_view document, std::string_view element);

/// The insides of all elements of that name.
std::vector<std::string_view> xml_elements(std::string_view document, std::string_view element);

/// `&`, `<`, `>` as entities.
std::string xml_escaped(std::string_view text);

/// Why a store refused, as it says itself: `NoSuchBucket`.
std::string error_code_of(const HttpAnswer& answer);

/// Whether the answer is one that says no; also one that began with 200 and thought better of it.
bool is_refusal(const HttpAnswer& answer);

/// Whether asking the same again may help.
bool is_passing(const HttpAnswer& answer);

/// A refusal as a failure to do `what` with `object`; kOutput.
Status refusal(const HttpAnswer& answer, std::string_view what, const std::string& bucket,
               const std::string& object, const StoreSettings& settings, int64_t now_ns);

/// The Unix nanoseconds of an HTTP date; nothing where it is none.
std::optional<int64_t> http_date_ns(const std::string& text);

}  // namespace pxq::object
