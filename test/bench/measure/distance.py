"""A line between a client and the load server that takes its time, as a wide-area network does."""

import collections
import socket
import threading
import time

PIECE = 1 << 20


def _carry(source, target, seconds):
    """Passes bytes on, each so many seconds after it came; without end to what is under way."""
    pieces = collections.deque()
    filled = threading.Condition()

    def deliver():
        while True:
            with filled:
                filled.wait_for(lambda: pieces)
                due, data = pieces.popleft()
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                if not data:
                    target.shutdown(socket.SHUT_WR)
                    return
                target.sendall(data)
            except OSError:
                return

    threading.Thread(target=deliver, daemon=True).start()
    data = True
    while data:
        try:
            data = source.recv(PIECE)
        except OSError:
            data = b""
        with filled:
            pieces.append((time.monotonic() + seconds, data))
            filled.notify()


class Distance:
    """Stands before `address` (HOST:PORT); a round trip takes `seconds` longer. Use with `with`."""

    def __init__(self, address, seconds):
        host, port = address.rsplit(":", 1)
        self.upstream = (host, int(port))
        self.seconds = seconds

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.upstream)
            for connection in (client, server):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=_carry, args=(source, target, self.seconds / 2),
                                 daemon=True).start()
