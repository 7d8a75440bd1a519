#pragma once

#include <memory>

#include "cloudapi.grpc.pb.h"
#include "local/server/access.h"
#include "script/bundle.h"

namespace pxq::local {

/// Lists the scripts that a server's clients may run by name, and gives their text. A script's id
/// follows from its name.
class ScriptService final : public px::cloudapi::ScriptMgr::Service {
 public:
  /// `access` must outlive it. Without a library there are no scripts.
  ScriptService(const Access& access, std::shared_ptr<const ScriptLibrary> scripts)
      : access_(access), scripts_(std::move(scripts)) {}

  const ScriptLibrary* library() const { return scripts_.get(); }

  grpc::Status GetScripts(grpc::ServerContext* context, const px::cloudapi::GetScriptsReq* request,
                          px::cloudapi::GetScriptsResp* response) override;
  grpc::Status GetScriptContents(grpc::ServerContext* context,
                                 const px::cloudapi::GetScriptContentsReq* request,
                                 px::cloudapi::GetScriptContentsResp* response) override;

 private:
  const Access& access_;
  const std::shared_ptr<const ScriptLibrary> scripts_;
};

}  // namespace pxq::local
