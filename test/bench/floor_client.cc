#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "vizierapi.grpc.pb.h"

// pxq_floor: what gRPC itself costs on the same stream. `raw` takes messages and drops them,
// `proto` parses them into the generated classes, `first` ends at the first message with rows.
// Usage: pxq_floor raw|proto|first ADDRESS SCRIPT [CA_FILE]. Prints messages, bytes and seconds.
namespace {

namespace pb = px::api::vizierpb;

struct Count {
  uint64_t messages = 0;
  uint64_t bytes = 0;
  grpc::Status status;
};

pb::ExecuteScriptRequest request_for(const std::string& script) {
  pb::ExecuteScriptRequest request;
  request.set_query_str(script);
  return request;
}

// The generated stub's call with raw bytes for the response: the synchronous read that is cheapest.
Count read_raw(const std::shared_ptr<grpc::Channel>& channel, const std::string& script) {
  Count count;
  grpc::ClientContext context;
  const grpc::internal::RpcMethod method("/px.api.vizierpb.VizierService/ExecuteScript",
                                         grpc::internal::RpcMethod::SERVER_STREAMING, channel);
  const std::unique_ptr<grpc::ClientReader<grpc::ByteBuffer>> reader(
      grpc::internal::ClientReaderFactory<grpc::ByteBuffer>::Create(channel.get(), method, &context,
                                                                    request_for(script)));
  for (grpc::ByteBuffer buffer; reader->Read(&buffer); buffer.Clear()) {
    ++count.messages;
    count.bytes += buffer.Length();
  }
  count.status = reader->Finish();
  return count;
}

Count read_parsed(const std::shared_ptr<grpc::Channel>& channel, const std::string& script,
                  bool only_first) {
  Count count;
  grpc::ClientContext context;
  const auto stub = pb::VizierService::NewStub(channel);
  const auto reader = stub->ExecuteScript(&context, request_for(script));
  for (pb::ExecuteScriptResponse response; reader->Read(&response);) {
    ++count.messages;
    if (only_first && response.data().batch().num_rows() != 0) break;
  }
  if (only_first) context.TryCancel();
  const grpc::Status status = reader->Finish();
  if (!only_first) count.status = status;
  return count;
}

std::string file_text(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs("usage: pxq_floor raw|proto|first ADDRESS SCRIPT [CA_FILE]\n", stderr);
    return 2;
  }
  const auto start = std::chrono::steady_clock::now();
  const std::string_view how = argv[1];
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (argc > 4) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = file_text(argv[4]);
    credentials = grpc::SslCredentials(options);
  }
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(1 << 30);
  const auto channel = grpc::CreateCustomChannel(argv[2], credentials, arguments);
  const Count count =
      how == "raw" ? read_raw(channel, argv[3]) : read_parsed(channel, argv[3], how == "first");
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::printf("%llu messages, %llu bytes, %.3f s\n",
              static_cast<unsigned long long>(count.messages),
              static_cast<unsigned long long>(count.bytes), seconds.count());
  if (!count.status.ok()) std::fprintf(stderr, "%s\n", count.status.error_message().c_str());
  return count.status.ok() ? 0 : 1;
}
