#include "fake/network_namespace.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace pxq::fake {

std::unique_ptr<NetworkNamespace> NetworkNamespace::make(std::string& why) {
  UniqueFd before(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!before || ::unshare(CLONE_NEWNET) != 0) {
    why = std::strerror(errno);
    return nullptr;
  }
  return std::unique_ptr<NetworkNamespace>(new NetworkNamespace(std::move(before)));
}

NetworkNamespace::~NetworkNamespace() { ::setns(before_.get(), CLONE_NEWNET); }

void NetworkNamespace::set_loopback(bool up) const {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::memcpy(request.ifr_name, "lo", sizeof "lo");
  request.ifr_flags = up ? IFF_UP : 0;
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) {
    throw std::runtime_error(std::string("loopback: ") + std::strerror(errno));
  }
}

}  // namespace pxq::fake
