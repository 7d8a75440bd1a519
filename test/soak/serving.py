"""pxq serve under clients that come, stay, stall and are cut."""

import collections
import contextlib
import os
import random
import signal
import socket
import struct
import subprocess
import threading
import time

from watched import Watched, holds, sample_for

CUT_STANDS = 30  # seconds that the query of a cut client stands (docs/serve.md)

# What is served, and what clients ask of it.
Data = collections.namedtuple("Data", "name flags scripts endless")


def rows(table, start):
    return f"import px\ndf = px.DataFrame('{table}', start_time='{start}')\n"


DEMO = Data("demo", lambda _: [],
            [["pxq/http_by_service"], ["pxq/sql_by_query"], ["pxq/resources_by_pod"],
             ["-e", rows("http_events", "-10m") + "px.display(df)"],
             # Some 25 MiB of groups, freed at one moment.
             ["-e", rows("http_events", "-2h") +
              "px.display(df.groupby(['time_', 'req_path', 'upid']).agg(n=('latency', px.count)).head(1))"]],
            rows("http_events", "-10s") + "px.display(df.stream())")
# A past that is full long before the warm-up is over, in each half of the time.
HOST = Data("host", lambda options: ["--history", f"{max(10, options.seconds // 16)}s"],
            [["pxq/resources_by_process"],
             ["-e", rows("process_stats", "-1m") + "px.display(df)"],
             ["-e", rows("conn_stats", "-10s") + "px.display(df)"],
             ["-e", rows("network_stats", "-5m") + "px.display(df.agg(n=('time_', px.count)))"],
             ["-e", rows("process_stats", "-5m") +
              "px.display(df.groupby(['time_', 'upid']).agg(n=('vsize_bytes', px.max)).head(1))"]],
            rows("process_stats", "-5s") + "px.display(df.stream())")


@contextlib.contextmanager
def served(options, data=DEMO):
    """The server of that data, watched, and its address."""
    out, theirs = os.pipe()
    name = f"serve --local={data.name}"
    argv = [f"{options.build}/app/pxq", "serve", f"--local={data.name}", "--listen", "127.0.0.1:0",
            *data.flags(options)]
    server = Watched(name, argv, (-signal.SIGINT, 130, 0), options.env, out=theirs)
    with server, os.fdopen(out, encoding="utf-8") as lines:
        os.close(theirs)
        # It says something at its start only, so that its pipe is never full.
        yield server, lines.readline().strip()


class Client(threading.Thread):
    """One client that does what its chance says, again and again, until it is told to stop."""

    def __init__(self, options, data, address, number, stop):
        super().__init__(daemon=True)
        self.data = data
        self.pxq = f"{options.build}/app/pxq"
        self.env = {**options.env, "PX_API_KEY": "px-api-any"}  # the server asks for none
        self.address, self.stop = address, stop
        self.chance = random.Random(f"{options.seed}/{number}")
        self.done = collections.Counter()
        self.wrong = []

    def run(self):
        ways = [self.whole, self.whole, self.sealed, self.listed, self.killed, self.cancelled, self.stalled,
                self.watched, self.followed, self.garbage, self.idle, self.reset]
        while not self.stop.is_set():
            way = self.chance.choice(ways)
            try:
                way()
                self.done[way.__name__] += 1
            except Exception as error:  # a thread's last words would be lost
                self.wrong.append(f"{way.__name__}: {error}")
            self.stop.wait(self.chance.uniform(0, 0.3))

    def start_pxq(self, *words, out=subprocess.PIPE):
        return subprocess.Popen([self.pxq, *words], env=self.env, stdin=subprocess.DEVNULL,
                                stdout=out, stderr=subprocess.PIPE)

    def ask(self, *flags, out=subprocess.PIPE):
        script = self.chance.choice(self.data.scripts)
        return self.start_pxq("run", *script, "--addr", self.address, "--insecure", *flags, out=out)

    def expect(self, process, *codes):
        _, said = process.communicate(timeout=120)
        if process.returncode not in codes:
            raise RuntimeError(f"pxq {process.args[1:4]} ended with {process.returncode}: {said[-300:]}")

    def whole(self):
        self.expect(self.ask(), 0)

    def sealed(self):
        self.expect(self.ask(self.chance.choice(["--e2e=rsa", "--e2e=ecdh"])), 0)

    def followed(self):
        self.expect(self.start_pxq("run", "-e", self.data.endless, "--addr", self.address, "--insecure", "--for=1500ms"), 0)

    def listed(self):
        self.expect(self.start_pxq("clusters", "--cloud", self.address, "--insecure"), 0)

    def killed(self):
        process = self.ask()
        time.sleep(self.chance.uniform(0.02, 0.4))
        process.kill()
        process.communicate()

    def cancelled(self):
        process = self.ask()
        time.sleep(self.chance.uniform(0.05, 0.3))
        process.send_signal(signal.SIGINT)
        self.expect(process, 0, -signal.SIGINT, 130)

    def stalled(self):
        """Nobody takes its rows, then it is gone."""
        process = self.ask()
        self.stop.wait(self.chance.uniform(0.5, 3))
        process.kill()
        process.communicate()

    def watched(self):
        process = self.ask("-w=300ms", out=subprocess.DEVNULL)
        self.stop.wait(self.chance.uniform(1, 3))
        process.send_signal(signal.SIGINT)
        self.expect(process, -signal.SIGINT, 130)

    def connect(self):
        host, port = self.address.rsplit(":", 1)
        return socket.create_connection((host, int(port)), timeout=10)

    def garbage(self):
        with self.connect() as line, contextlib.suppress(OSError):
            line.sendall(self.chance.choice([b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n",
                                             b""]) + self.chance.randbytes(self.chance.randrange(4000)))
            line.recv(1000)

    def idle(self):
        with self.connect() as line, contextlib.suppress(OSError):
            line.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0")
            self.stop.wait(self.chance.uniform(0.5, 4))

    def reset(self):
        with self.connect() as line:
            line.sendall(b"PRI * HTTP/2.0\r\n")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def load(options, data, server, address, part):
    """Clients for half of the time; what they did, and what the server holds when all are gone."""
    stop = threading.Event()
    clients = [Client(options, data, address, f"{part}/{n}", stop) for n in range(options.clients)]
    for client in clients:
        client.start()
    try:
        sample_for([server], options.seconds / 2)
    finally:
        stop.set()
    for client in clients:
        client.join(150)
    if wrong := [said for client in clients for said in client.wrong]:
        raise RuntimeError(f"{len(wrong)} clients were not served; the first: {wrong[0]}")
    time.sleep(CUT_STANDS + 10)
    return sum((client.done for client in clients), collections.Counter()), at_rest(server.process.pid)


def at_rest(pid):
    """What it holds when nobody asks: the least of some looks, as reading this machine opens a file at a time."""
    looks = []
    for _ in range(10):
        looks.append(holds(pid))
        time.sleep(0.13)
    return tuple(min(figures) for figures in zip(*looks))


def soak(options, data=DEMO):
    """Load twice for half of the time: at rest the server must hold as much after the second half as
    after the first. Meanwhile it is chance how many queries it holds."""
    with served(options, data) as (server, address):
        server.series[0].allowed = options.clients * 8 * 2**20  # rows that wait, of a query
        for series in server.series[1:]:
            series.allowed = options.clients
        first, before = load(options, data, server, address, "first")
        # The second half's samples are those that are judged.
        for series in server.series:
            series.moments.clear()
            series.values.clear()
        second, after = load(options, data, server, address, "second")
        server.end()
    if after[0] > before[0] + 2 * 2**20 + 0.02 * before[0] or after[1] > before[1]:
        raise RuntimeError(f"serve holds {after[0] / 2**20:.1f} MiB and {after[1]} descriptors at rest; after "
                           f"half of the time it was {before[0] / 2**20:.1f} MiB and {before[1]}")
    name = server.name
    figures = {name: ", ".join(f"{n} {way}" for way, n in sorted((first + second).items())),
               f"{name} at rest": "; then ".join(f"{memory / 2**20:.1f} MiB, {descriptors} descriptors, "
                                               f"{threads} threads"
                                               for memory, descriptors, threads in (before, after))}
    return server.series, figures
