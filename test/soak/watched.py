"""A program that runs for long, and what it holds at a moment."""

import os
import pty
import signal
import subprocess
import threading
import time

from growth import counted, memory


def holds(pid):
    """Resident bytes, open descriptors and threads of a process."""
    found = {}
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        for line in status:
            name, _, value = line.partition(":")
            if name in ("VmRSS", "Threads"):
                found[name] = int(value.split()[0])
    return found["VmRSS"] * 1024, len(os.listdir(f"/proc/{pid}/fd")), found["Threads"]


def written_bytes(pid):
    with open(f"/proc/{pid}/io", encoding="utf-8") as io:
        return next(int(line.split()[1]) for line in io if line.startswith("wchar:"))


class Watched:
    """One process of pxq that is sampled until it is ended. Use with `with`."""

    def __init__(self, name, argv, ends_with, env, terminal=False, out=subprocess.DEVNULL):
        self.name, self.argv, self.ends_with = name, argv, ends_with
        self.env, self.terminal, self.out = env, terminal, out
        self.series = [memory(name), counted(name, "descriptors"), counted(name, "threads")]
        self.written = 0

    def __enter__(self):
        out, ours = self.out, None
        if self.terminal:
            ours, out = pty.openpty()
        self.process = subprocess.Popen(
            self.argv, stdin=out if self.terminal else subprocess.DEVNULL, stdout=out,
            stderr=out if self.terminal else subprocess.PIPE, env=self.env,
            start_new_session=self.terminal)
        if self.terminal:
            os.close(out)
            self.reader = threading.Thread(target=self._read_all, args=(ours,), daemon=True)
            self.reader.start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    @staticmethod
    def _read_all(terminal):
        try:
            while os.read(terminal, 1 << 16):
                pass
        except OSError:
            pass  # the other side has ended
        os.close(terminal)

    def sample(self, moment):
        """Adds what it holds now. Nothing that is watched may end by itself."""
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended with {self.process.returncode}: {self.words()}")
        for series, value in zip(self.series, holds(self.process.pid)):
            series.add(moment, value)
        self.written = written_bytes(self.process.pid)

    def words(self):
        return "" if self.terminal else self.process.stderr.read().decode(errors="replace").strip()

    def end(self):
        """Ends it as a user does; it must end as documented."""
        self.process.send_signal(signal.SIGTERM if self.terminal else signal.SIGINT)
        try:
            code = self.process.wait(20)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"{self.name} does not end") from None
        if code not in self.ends_with:
            raise RuntimeError(f"{self.name} ended with {code}: {self.words()}")


def sample_for(watched, seconds, meanwhile=lambda: None):
    """Samples all of them for so long, some 400 times."""
    start = time.monotonic()
    pause = max(0.2, seconds / 400)
    while (now := time.monotonic() - start) < seconds:
        meanwhile()
        for one in watched:
            one.sample(now)
        time.sleep(pause)
