#include "local/server/script_service.h"

#include <string>
#include <vector>

#include "local/server/cloud.h"
#include "text/number.h"

namespace pxq::local {
namespace {

namespace pb = px::cloudapi;

std::string id_of(const BundleScript& script) {
  const px::uuidpb::UUID id = uuid_from_name("pxq script " + script.name);
  return uuid_text({id.high_bits(), id.low_bits()});
}

void describe(const BundleScript& script, pb::ScriptMetadata& metadata) {
  metadata.set_id(id_of(script));
  metadata.set_name(script.name);
  metadata.set_desc(script.short_doc);
  metadata.set_has_live_view(!script.vis.empty());
}

}  // namespace

grpc::Status ScriptService::GetScripts(grpc::ServerContext* context,
                                       const pb::GetScriptsReq* /*request*/,
                                       pb::GetScriptsResp* response) {
  if (grpc::Status status = access_.check(*context); !status.ok()) return status;
  if (scripts_ == nullptr) return grpc::Status::OK;
  for (const BundleScript* script : scripts_->list()) describe(*script, *response->add_scripts());
  return grpc::Status::OK;
}

grpc::Status ScriptService::GetScriptContents(grpc::ServerContext* context,
                                              const pb::GetScriptContentsReq* request,
                                              pb::GetScriptContentsResp* response) {
  if (grpc::Status status = access_.check(*context); !status.ok()) return status;
  if (scripts_ != nullptr) {
    for (const BundleScript* script : scripts_->list({}, true)) {
      if (id_of(*script) != request->script_id()) continue;
      describe(*script, *response->mutable_metadata());
      response->set_contents(script->text);
      return grpc::Status::OK;
    }
  }
  return {grpc::StatusCode::NOT_FOUND, "this server has no script of that id"};
}

}  // namespace pxq::local
