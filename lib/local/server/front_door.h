#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "base/unique_fd.h"

namespace pxq::local {

/// What is said of an address that nobody can listen on.
Status cannot_listen(const std::string& address);

/// A listening TCP address where two kinds of clients of TLS call: those of gRPC, and web clients,
/// as px is one when it asks whether its login still holds. Each connection goes to who can answer
/// it, with no byte of it read.
class FrontDoor {
 public:
  /// Takes a connection over. Called on the door's thread, which it must not hold up.
  using Take = std::function<void(UniqueFd)>;

  /// `address` is HOST:PORT, and port 0 a free one. kUsage where it cannot be listened on.
  static Result<std::unique_ptr<FrontDoor>> open(const std::string& address, Take grpc, Take web);

  FrontDoor(const FrontDoor&) = delete;
  FrontDoor& operator=(const FrontDoor&) = delete;
  ~FrontDoor();

  /// With the port that was taken.
  const std::string& address() const { return address_; }

 private:
  /// Who has not said yet what it speaks.
  struct Waiting {
    UniqueFd fd;
    TimePoint since;
    bool said_part = false;
  };

  FrontDoor() = default;
  Status listen(const std::string& address);
  void work();
  void accept_all(int listener);
  void look(Waiting& waiting, TimePoint now);

  Take grpc_;
  Take web_;
  std::string address_;
  std::vector<UniqueFd> listeners_;
  std::vector<Waiting> waiting_;
  bool full_ = false;  // no descriptor or memory for one more connection
  UniqueFd stop_;
  std::thread thread_;
};

}  // namespace pxq::local
