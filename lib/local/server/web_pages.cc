#include "local/server/web_pages.h"

#include <string_view>
#include <vector>

namespace pxq::local {
namespace {

constexpr std::string_view kElsewhere =
    "This is pxq serve, a Vizier and its cloud for gRPC clients. By HTTP it has /bundle.json.\n";

std::string bundle_text(const ScriptLibrary* scripts) {
  return write_bundle(scripts == nullptr ? std::vector<const BundleScript*>()
                                         : scripts->list({}, true));
}

}  // namespace

WebAnswer web_answer(const WebRequest& request, const Access& access,
                     const ScriptLibrary* scripts) {
  const bool asks_for_login = request.path == "/api/authorized";
  if (!asks_for_login && request.path != "/bundle.json") {
    return {.status = 404, .body = std::string(kElsewhere)};
  }
  std::vector<Access::Header> headers(request.headers.begin(), request.headers.end());
  if (const grpc::Status status = access.check(headers); !status.ok()) {
    return {.status = 401, .body = status.error_message() + "\n"};
  }
  // px compares all bytes.
  if (asks_for_login) return {.body = "OK"};
  return {.type = "application/json", .body = bundle_text(scripts)};
}

}  // namespace pxq::local
