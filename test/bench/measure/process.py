"""Runs one program to its end and says what it cost."""

import os
import statistics
import subprocess
import time
from dataclasses import dataclass, field


@dataclass
class Cost:
    """One run: seconds of wall time and of processor time, peak resident bytes, exit status."""

    wall: float
    cpu: float
    peak: int
    status: int


@dataclass
class Case:
    """A program to measure; `out` is where its stdout goes, or a program that reads it; `makes` is
    a file of the run before, which goes first: a run that replaces it takes the time of its removal too.
    """

    name: str
    argv: list
    out: str = "/dev/null"
    reader: list = None
    env: dict = field(default_factory=dict)
    makes: str = None
    cores: set = None  # that it may use; without: client_cores()
    costs: list = field(default_factory=list)

    def median(self, what="wall"):
        return statistics.median(getattr(cost, what) for cost in self.costs)


def client_cores():
    """Every core but the last, which is the server's; all where there is only one."""
    cores = sorted(os.sched_getaffinity(0))
    return set(cores[:-1]) or set(cores)


def all_cores():
    """The server's too: what a program that can use a second processor has on a machine of two."""
    return set(os.sched_getaffinity(0))


def server_cores():
    return {max(os.sched_getaffinity(0))}


def reader_cores():
    """The server's neighbour where there is one beside the client's, else the server's own."""
    cores = sorted(os.sched_getaffinity(0))
    return {cores[-2]} if len(cores) > 2 else server_cores()


def _open_out(case):
    return os.open(case.out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)


def _spawn(argv, env, stdin, stdout, cores, closes=()):
    child = os.fork()
    if child != 0:
        return child
    try:
        os.sched_setaffinity(0, cores)
        os.dup2(stdin, 0)
        os.dup2(stdout, 1)
        for fd in closes:
            os.close(fd)
        os.execve(argv[0], argv, env)
    finally:
        os._exit(127)


def run(case, cores=None):
    """Runs the case once and keeps what it cost."""
    cores = cores or case.cores or client_cores()
    env = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **case.env}
    if case.makes and os.path.exists(case.makes):
        os.unlink(case.makes)
    nothing = os.open("/dev/null", os.O_RDWR)
    reader = None
    if case.reader:
        end, out = os.pipe()
        # A reader has a core of its own where there are three; it is not part of what is measured.
        reader = _spawn(case.reader, env, end, nothing, reader_cores(), [out])
        os.close(end)
    else:
        out = _open_out(case)
    start = time.monotonic()
    child = _spawn(case.argv, env, nothing, out, cores)
    os.close(out)
    _, status, used = os.wait4(child, 0)
    if reader:
        os.waitpid(reader, 0)
    wall = time.monotonic() - start
    os.close(nothing)
    code = os.waitstatus_to_exitcode(status)
    cost = Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, code)
    if code != 0:
        raise RuntimeError(f"{case.name} ended with {code}: {' '.join(case.argv)}")
    case.costs.append(cost)
    return cost


def stalled_peak(case):
    """Peak resident bytes of the case once its output is full and nobody takes any of it."""
    env = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **case.env}
    cores = client_cores()
    child = subprocess.Popen(case.argv, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             preexec_fn=lambda: os.sched_setaffinity(0, cores))
    peak, since = 0, time.monotonic()
    while time.monotonic() - since < 2:  # seconds without growth
        time.sleep(0.1)
        with open(f"/proc/{child.pid}/status", encoding="utf-8") as status:
            now = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) * 1024
        if now > peak:
            peak, since = now, time.monotonic()
    child.kill()
    child.stdout.close()
    child.wait()
    return peak


def interleave(cases, rounds):
    """Runs all cases in turns, so that what disturbs the machine disturbs them alike."""
    for _ in range(rounds):
        for case in cases:
            run(case)
