#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "fake/vizier.h"
#include "vizierapi.grpc.pb.h"

namespace pxq::fake {

/// What the naive client believes to have seen.
struct NaiveOutcome {
  std::vector<px::api::vizierpb::ExecuteScriptResponse> messages;
  grpc::Status status;
};

/// The client that everybody writes first: typed reads until there is no more, then Finish. It
/// shows that the fakes set the traps they are meant to set.
class NaiveClient {
 public:
  explicit NaiveClient(const std::string& address,
                       const std::shared_ptr<grpc::ChannelCredentials>& credentials =
                           grpc::InsecureChannelCredentials())
      : channel_(grpc::CreateChannel(address, credentials)),
        stub_(px::api::vizierpb::VizierService::NewStub(channel_)) {}

  NaiveOutcome run(const std::string& script = "import px") {
    grpc::ClientContext context;
    return run(context, script);
  }

  NaiveOutcome run(grpc::ClientContext& context, const std::string& script,
                   std::chrono::milliseconds patience = kPatience) {
    context.set_deadline(std::chrono::system_clock::now() + patience);
    px::api::vizierpb::ExecuteScriptRequest request;
    request.set_query_str(script);
    const auto reader = stub_->ExecuteScript(&context, request);
    NaiveOutcome outcome;
    px::api::vizierpb::ExecuteScriptResponse response;
    while (reader->Read(&response)) outcome.messages.push_back(response);
    outcome.status = reader->Finish();
    return outcome;
  }

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  px::api::vizierpb::VizierService::Stub& stub() { return *stub_; }

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<px::api::vizierpb::VizierService::Stub> stub_;
};

}  // namespace pxq::fake
