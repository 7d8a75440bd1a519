#include "wire/plain_message.h"

#include <climits>

#include "vizierapi.pb.h"

namespace pxq::wire {

std::optional<std::string> plain_message(std::string_view message, const Result<Opened>& opened) {
  // What cannot be opened is recorded as it came; the attempt reads the same bytes and says what is
  // wrong.
  if (!opened.ok()) return std::nullopt;
  const std::string_view rows = opened->rows.view();
  px::api::vizierpb::ExecuteScriptResponse response;
  // protobuf takes lengths as int.
  if (message.size() > INT_MAX || rows.size() > INT_MAX ||
      !response.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
    return std::nullopt;
  }
  auto& data = *response.mutable_data();
  if (!data.mutable_batch()->ParseFromArray(rows.data(), static_cast<int>(rows.size()))) {
    return std::nullopt;
  }
  data.clear_encrypted_batch();
  return response.SerializeAsString();
}

}  // namespace pxq::wire
