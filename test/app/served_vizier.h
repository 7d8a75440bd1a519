#pragma once

#include <sys/stat.h>

#include <string>
#include <utility>
#include <vector>

#include "demo_session.h"

namespace pxq::app {

inline const std::string kServeKey = "served-0123456789-very-secret";

/// A session with `pxq serve` of a moment of the demo beside it.
class ServedVizier {
 public:
  explicit ServedVizier(std::vector<std::string> flags = {}, bool with_key = false,
                        const std::string& source = "demo")
      : server_(command(std::move(flags), with_key, source)) {
    REQUIRE(server_.wait_for_err("in another terminal"));
    const std::string out = session_.home().read("address");
    address_ = out.substr(0, out.find('\n'));
  }

  Session& session() { return session_; }
  const std::string& address() const { return address_; }
  fake::Process& process() { return server_; }

  /// pxq at the server, with what trusts it and the key of `key`.
  fake::ProcessResult ask(std::vector<std::string> words, const std::string& key = {}) const {
    fake::Command command = session_.command(std::move(words));
    if (!key.empty()) {
      command.environment["PX_API_KEY"] = key;
      command.environment["PX_DIRECT_VIZIER_KEY"] = key;
    }
    fake::ProcessResult result = fake::run(command, std::chrono::seconds(60));
    CHECK_THAT(result.out + result.err, !Catch::Contains(kServeKey));
    return result;
  }

 private:
  fake::Command command(std::vector<std::string> flags, bool with_key, const std::string& source) {
    flags.insert(flags.begin(), {"serve", "--local=" + source, "--at", kMoment});
    fake::Command command = session_.command(std::move(flags));
    if (with_key) command.environment["PXQ_SERVE_KEY"] = kServeKey;
    command.out = fake::Destination::file(session_.home().path("address"));
    return command;
  }

  Session session_;
  fake::Process server_;
  std::string address_;
};

}  // namespace pxq::app
