#pragma once

#include <memory>
#include <string>

#include "base/unique_fd.h"

namespace pxq::fake {

/// A network of its own for this thread and the processes that it starts, with a loopback that is
/// down and nothing else, until the end of the scope. Sockets that the thread makes stay in it.
class NetworkNamespace {
 public:
  /// Nothing where this may not be made (it takes root, and containers may forbid it); `why` says
  /// the reason.
  static std::unique_ptr<NetworkNamespace> make(std::string& why);

  NetworkNamespace(const NetworkNamespace&) = delete;
  NetworkNamespace& operator=(const NetworkNamespace&) = delete;
  ~NetworkNamespace();

  /// Brings the loopback up, or down in the middle of things. Throws where that fails.
  void set_loopback(bool up) const;

 private:
  explicit NetworkNamespace(UniqueFd before) : before_(std::move(before)) {}

  UniqueFd before_;
};

}  // namespace pxq::fake
