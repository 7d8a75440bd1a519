#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <string>

#include "bench/load_service.h"
#include "fake/tls_certificates.h"

// pxq_load_server: serves deterministic tables as fast as a client can take them, until SIGTERM.
// Prints its address as one line once it listens.
namespace pxq::bench {
namespace {

std::shared_ptr<grpc::ServerCredentials> tls_credentials(const std::string& ca_file) {
  const fake::CertificateAuthority authority;
  const fake::ServerIdentity identity = authority.issue();
  std::ofstream(ca_file) << authority.certificate();
  grpc::SslServerCredentialsOptions options;
  options.pem_key_cert_pairs.push_back({identity.key, identity.certificate});
  return grpc::SslServerCredentials(options);
}

int serve(const std::string& address, const std::string& ca_file, const LoadSpec& defaults) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  const LoadService service(
      address, ca_file.empty() ? grpc::InsecureServerCredentials() : tls_credentials(ca_file),
      defaults);
  if (service.address().empty()) {
    std::fprintf(stderr, "cannot listen at %s\n", address.c_str());
    return 1;
  }
  std::printf("%s\n", service.address().c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  return 0;
}

}  // namespace
}  // namespace pxq::bench

int main(int argc, char** argv) {
  CLI::App app("Serves tables made for measuring to any client of Pixie's API");
  std::string address = "127.0.0.1:0";
  std::string ca_file;
  std::string load;
  app.add_option("--listen", address, "HOST:PORT or unix:PATH");
  app.add_option("--tls", ca_file, "speak TLS and write the authority's certificate to this file");
  app.add_option("--load", load,
                 "what a script without a '#load ...' line gets: shape=wide|narrow|numbers|strings "
                 "rows=N batch=N tables=N columns=N cell=N");
  CLI11_PARSE(app, argc, argv);
  const auto defaults = pxq::bench::parse_load_spec(load);
  if (!defaults.ok()) {
    std::fprintf(stderr, "%s\n", defaults.status().message().c_str());
    return 2;
  }
  return pxq::bench::serve(address, ca_file, *defaults);
}
