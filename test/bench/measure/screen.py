"""The full screen: what it costs while nothing happens, for each key, and while rows come."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

from process import client_cores

SIZE = (50, 160)  # rows and columns of the terminal


class Screen:
    """pxq on a pseudo-terminal whose output is read and thrown away. Use with `with`."""

    def __init__(self, argv):
        self.argv = argv

    def __enter__(self):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.sched_setaffinity(0, client_cores())
            os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8")
            os.execv(self.argv[0], self.argv)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        self.written = 0
        return self

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)

    def look(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.terminal], [], [], left)[0]:
                self.written += len(os.read(self.terminal, 1 << 20))

    def cpu(self):
        """Milliseconds of processor time so far."""
        with open(f"/proc/{self.pid}/stat", encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def during(self, seconds):
        """Milliseconds of processor time, and bytes, of each second of a stretch of time."""
        cpu, written = self.cpu(), self.written
        self.look(seconds)
        return (self.cpu() - cpu) / seconds, (self.written - written) / seconds

    def of_keys(self, keys, times):
        """Milliseconds of processor time for each of the keys, pressed apart from each other."""
        cpu = self.cpu()
        for _ in range(times):
            for key in keys:
                os.write(self.terminal, key.encode())
                self.look(0.05)
        self.look(0.3)
        return (self.cpu() - cpu) / times / len(keys)


def measure(load, pxq, report):
    argv = [pxq, "live", "--addr", load.address, "--insecure", "-w=0", "-e"]
    with Screen(argv + [load.script(shape="wide", rows=10_000)]) as screen:
        screen.look(2)
        idle, written = screen.during(10)
        report.add_ratio("live, 10 k rows: processor while nothing happens", idle, 1, unit="ms/s")
        report.add_ratio("live, 10 k rows: bytes to the terminal meanwhile", written, 0, unit="B/s")
        for name, keys, times in [("down a row", "j", 100), ("down a page", "\x06", 100),
                                  ("sort", "s", 20), ("filter, a letter", "&1\x7f\r", 10)]:
            report.add_ratio(f"live, 10 k rows: {name}", screen.of_keys(keys, times), 20,
                             unit="ms")
    with Screen(argv + [load.script(shape="wide", rows=10_000_000, batch=100,
                                    rate=10_000)]) as screen:
        screen.look(12)
        cost, _ = screen.during(10)
        report.add_ratio("live, 10 k rows a second: processor", cost, 250, unit="ms/s")
        os.write(screen.terminal, b"s")
        cost, _ = screen.during(10)
        report.add_ratio("live, the same, sorted", cost, 250, unit="ms/s")
        os.write(screen.terminal, b"c")
        cost, _ = screen.during(10)
        report.add_ratio("live, the same, as a chart", cost, 250, unit="ms/s")
