#include "wire/plain_message.h"

#include <limits>

#include "vizierapi.pb.h"

namespace pxq::wire {

std::optional<std::string> plain_message(std::string_view message, const Envelope& envelope,
                                         size_t max_bytes) {
  px::api::vizierpb::ExecuteScriptResponse response;
  // protobuf takes lengths as int.
  if (message.size() > std::numeric_limits<int>::max() ||
      !response.ParseFromArray(message.data(), static_cast<int>(message.size())) ||
      response.data().encrypted_batch().empty()) {
    return std::nullopt;
  }
  const Result<std::string> opened = envelope.open(response.data().encrypted_batch(), max_bytes);
  // What cannot be opened is recorded as it came; the attempt reads the same bytes and says what is
  // wrong.
  if (!opened.ok()) return std::nullopt;
  auto& data = *response.mutable_data();
  if (!data.mutable_batch()->ParseFromString(*opened)) return std::nullopt;
  data.clear_encrypted_batch();
  return response.SerializeAsString();
}

}  // namespace pxq::wire
