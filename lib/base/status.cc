#include "base/status.h"

#include <cstring>

namespace pxq {

Status errno_status(Code code, std::string_view operation, std::string_view object, int error) {
  std::string message{operation};
  if (!object.empty()) message.append(" ").append(object);
  return {code, message.append(": ").append(std::strerror(error))};
}

}  // namespace pxq
