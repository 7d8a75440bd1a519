#pragma once

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fake/seal.h"
#include "fake/tls_certificates.h"
#include "session.h"

namespace pxq::app {

inline const std::string kKey = "px-api-0123456789-very-secret";
inline const std::string kProd = "00112233-4455-6677-8899-aabbccddeeff";
inline const std::string kStaging = "11111111-2222-3333-4444-555555555555";

/// A message with these rows, sealed for the key of the request that is given as bytes.
inline std::string sealed(const std::string& bytes, const fake::pb::RowBatchData& batch) {
  fake::pb::ExecuteScriptRequest request;
  request.ParseFromString(bytes);
  return fake::encrypted(
             fake::seal(request.encryption_options().jwk_key(), batch.SerializeAsString()))
      .SerializeAsString();
}

/// whole(), sealed.
inline fake::Script encrypted_whole() {
  const fake::Table t = numbers();
  return fake::Script()
      .send(t.metadata())
      .reply([t](const std::string& request) {
        return sealed(request, t.batch().int64({1, 2}).eos().data());
      })
      .send(fake::stats());
}

inline fake::Script listed(const std::vector<fake::Cluster>& all) {
  return fake::Script().send(fake::clusters(all));
}

inline const std::vector<fake::Cluster> kTwo = {
    {.id = kProd, .name = "prod"},
    {.id = kStaging, .name = "staging", .status = px::cloudapi::CS_UNHEALTHY}};

/// A cloud with TLS that wants a key, and a user's session beside it.
struct Cloud {
  fake::CertificateAuthority authority;
  fake::Vizier vizier;
  Session session;
  std::map<std::string, std::string> environment = {{"PX_API_KEY", kKey}};

  explicit Cloud(const fake::Script& list = listed(kTwo),
                 const fake::Script& answer = encrypted_whole())
      : vizier({.unix_path = {}, .identity = authority.issue()}) {
    vizier.answer(fake::kGetClusterInfo, list).answer(answer);
    vizier.require("pixie-api-key", kKey);
    session.home().write("ca.pem", authority.certificate());
    session.allow("ca.pem");
  }

  fake::ProcessResult run(std::vector<std::string> words) {
    words.insert(words.end(), {"--cloud", vizier.address(), "--tls-ca", "ca.pem"});
    return run_bare(std::move(words));
  }

  fake::Command command(std::vector<std::string> words) const {
    fake::Command command = session.command(std::move(words));
    for (const auto& [name, value] : environment) command.environment[name] = value;
    return command;
  }

  fake::ProcessResult run_bare(std::vector<std::string> words) {
    fake::ProcessResult result = fake::run(command(std::move(words)), std::chrono::seconds(60));
    CHECK_THAT(result.out + result.err, !Catch::Contains(kKey));
    return result;
  }

  fake::ProcessResult ask(std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"run", "-e", "import px"});
    return run(std::move(flags));
  }
};

}  // namespace pxq::app
