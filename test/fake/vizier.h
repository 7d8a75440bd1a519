#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "fake/script.h"
#include "vizierapi.pb.h"

namespace pxq::fake {

/// How long a test waits for something that must happen; only a failing test waits as long.
inline constexpr std::chrono::seconds kPatience{20};

inline constexpr std::string_view kExecuteScript = "/px.api.vizierpb.VizierService/ExecuteScript";
inline constexpr std::string_view kHealthCheck = "/px.api.vizierpb.VizierService/HealthCheck";
inline constexpr std::string_view kGenerateOTelScript =
    "/px.api.vizierpb.VizierService/GenerateOTelScript";
inline constexpr std::string_view kGetClusterInfo = "/px.cloudapi.VizierClusterInfo/GetClusterInfo";

/// A call as the server saw it, up to the moment of the copy.
struct Call {
  std::string method;
  std::string request;  // the message's bytes
  std::multimap<std::string, std::string> metadata;
  std::optional<std::chrono::system_clock::time_point> deadline;
  bool arrived = false;           // the whole request is here
  uint64_t messages_written = 0;  // taken by the transport, so back-pressure stops the count
  bool cancelled = false;         // by the client: it cancelled, died, or its deadline passed
  TimePoint cancelled_at;
  bool finished = false;

  template <typename Message>
  Message decoded() const {
    Message message;
    if (!message.ParseFromString(request)) throw std::runtime_error("request does not decode");
    return message;
  }
  px::api::vizierpb::ExecuteScriptRequest script_request() const {
    return decoded<px::api::vizierpb::ExecuteScriptRequest>();
  }

  /// The first value of a metadata key, or "" where there is none.
  std::string header(const std::string& key) const {
    const auto found = metadata.find(key);
    return found == metadata.end() ? std::string() : found->second;
  }
};

/// A server's certificate and key in PEM; with `client_ca` it demands a certificate of its client.
struct ServerIdentity {
  std::string certificate;
  std::string key;
  std::string client_ca;
};

/// Where and how a fake Vizier listens: a random loopback port unless a unix path is given,
/// plaintext unless an identity is given.
struct VizierOptions {
  std::string unix_path = {};
  std::optional<ServerIdentity> identity = {};
  std::string host = "127.0.0.1";  // an IPv6 address stands in brackets
};

/// A Vizier (and a cloud) on a real socket that does what its scripts say and remembers what it was
/// asked. It writes bytes, not messages, so it can say anything. Calls run at the same time, each
/// with its own script. All members may be called from any thread.
class Vizier {
 public:
  explicit Vizier(const VizierOptions& options = {});
  explicit Vizier(const Script& script) : Vizier() { answer(script); }
  Vizier(const Vizier&) = delete;
  Vizier& operator=(const Vizier&) = delete;
  ~Vizier();

  /// The script of the next call of a method not yet given one. The last script of a method also
  /// serves all its later calls; a method without any answers UNIMPLEMENTED.
  Vizier& answer(const Script& script) { return answer(kExecuteScript, script); }
  Vizier& answer(std::string_view method, const Script& script);

  /// From now on every call of ExecuteScript gets this script.
  Vizier& answer_from_now_on(const Script& script);

  /// From now on a call without this metadata fails as the cloud fails it.
  Vizier& require(const std::string& key, const std::string& value);

  /// HOST:PORT, 127.0.0.1:PORT mostly, or unix:PATH.
  const std::string& address() const { return address_; }
  int port() const { return port_; }

  /// Lets every script past this gate, now and later.
  void open(std::string_view gate);

  /// Copies of all calls so far, in the order of arrival.
  std::vector<Call> calls() const;
  std::vector<Call> calls(std::string_view method) const;

  /// Waits until the condition holds for the calls; false when patience ended.
  bool wait_until(const std::function<bool(const std::vector<Call>&)>& condition,
                  Duration patience = kPatience) const;

  bool wait_for_calls(size_t count, Duration patience = kPatience) const;
  bool wait_for_cancel(Duration patience = kPatience) const;
  bool wait_for_messages(uint64_t count, Duration patience = kPatience) const;

  /// Ends all calls and stops listening. Clients see their connections close.
  void stop();

 private:
  class Service;
  struct State;

  std::shared_ptr<State> state_;
  std::unique_ptr<Service> service_;
  std::string address_;
  int port_ = 0;
};

}  // namespace pxq::fake
