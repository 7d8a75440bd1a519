#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/unique_fd.h"

namespace pxq::fake {

/// A listening socket on 127.0.0.1 and the port that the system chose for it.
struct Listener {
  UniqueFd fd;
  int port = 0;
};
Listener listen_on_loopback(int backlog = 64);

/// A connection to a loopback port; without a descriptor when it is refused.
UniqueFd connect_to_loopback(int port);

/// Sends everything, or says that the peer is gone. Never raises SIGPIPE.
bool send_all(int fd, std::string_view bytes);

/// The next connection of a listener.
UniqueFd accept_one(const Listener& listener);

/// Exactly `count` bytes, or fewer when the peer is gone.
std::string receive(int fd, size_t count);

/// Makes the coming close() send RST instead of FIN.
void reset_on_close(int fd);

/// A port on which nobody listens.
int closed_port();

}  // namespace pxq::fake
