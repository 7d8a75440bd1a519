#include <google/protobuf/stubs/common.h>

#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "build_identity.h"
#include "cli/command.h"
#include "options/output_options.h"
#include "options/talk_options.h"
#include "process/print.h"
#include "result/listing.h"
#include "wire/endpoint.h"

namespace pxq {
namespace {

class VersionCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    output_.declare(app);
    talk_.declare(app);
  }

  Status run(Context& context) override {
    talk_.apply(context);
    const std::pair<std::string, std::string> parts[] = {
        {"version", PXQ_VERSION},
        {"commit", PXQ_COMMIT},
        {"build", PXQ_BUILD},
        {"grpc", wire::grpc_version()},
        {"protobuf", google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION)}};
    if (!output_.output.empty()) {
      ListTable table{.name = "version", .columns = {}, .rows = {{}}};
      for (const auto& [name, value] : parts) {
        table.columns.push_back(name);
        table.rows.front().emplace_back(value);
      }
      return write_tables({std::move(table)}, output_, talk_, context);
    }
    std::string text;
    for (const auto& [name, value] : parts) {
      text += fmt::format("{} {}\n", text.empty() ? "pxq" : name, value);
    }
    return print(text);
  }

 private:
  OutputOptions output_;
  TalkOptions talk_;
};

}  // namespace

std::unique_ptr<Command> make_version_command() { return std::make_unique<VersionCommand>(); }

}  // namespace pxq
