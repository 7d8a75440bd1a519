#include <google/protobuf/stubs/common.h>
#include <grpcpp/grpcpp.h>

#include <fmt/format.h>

#include "cli/command.h"
#include "process/print.h"

namespace pxq {
namespace {

class VersionCommand final : public Command {
 public:
  void declare(CLI::App&) override {}

  Status run(Context&) override {
    return print(fmt::format("pxq {}\ngrpc {}\nprotobuf {}\n", PXQ_VERSION, grpc::Version(),
                             google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION)));
  }
};

}  // namespace

std::unique_ptr<Command> make_version_command() { return std::make_unique<VersionCommand>(); }

}  // namespace pxq
