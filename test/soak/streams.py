"""Streams without an end: written, shown, watched and followed on the full screen."""

import contextlib
import os
import signal
import subprocess

from growth import WARM_UP
from watched import Watched, sample_for

ENDLESS = "rows=1000000000000000"
# This looks at memory and not at speed: a machine that has much else to do may take its time.
PATIENT = ["--connect-timeout", "60s"]
REMEMBERED = 65_536  # batches of an encrypted stream, so that none is taken twice


def load_script(words):
    return f"import px\n#load {words}"


@contextlib.contextmanager
def load_server(options):
    with subprocess.Popen([f"{options.build}/test/bench/pxq_load_server"], text=True,
                          stdout=subprocess.PIPE) as server:
        try:
            yield server.stdout.readline().strip()
        finally:
            server.kill()


def followers(options, address):
    pxq = f"{options.build}/app/pxq"
    wide = load_script(f"shape=wide {ENDLESS} batch=200 rate=4000")
    # So many batches that those which are remembered are full within the warm-up, and no more, as
    # sealing them is most of the work.
    batches = min(1000, int(1.25 * REMEMBERED / (WARM_UP * options.seconds)) + 1)
    sealed = load_script(f"shape=wide {ENDLESS} batch=5 rate={5 * batches}")
    narrow = load_script(f"shape=narrow {ENDLESS} batch=500 rate=20000")

    def of(name, script, *words, command="run", ends_with=(-signal.SIGINT, 130), terminal=False):
        argv = [pxq, command, "-e", script, "--addr", address, "--insecure", *PATIENT, *words]
        return Watched(f"{command} {name}".strip(), argv, ends_with, options.env, terminal)

    return [
        of("-o jsonl", wide, "-o", "jsonl"),
        of("-o csv --e2e", sealed, "-o", "csv", "--e2e"),
        of("-o table", wide, "-o", "table"),
        of("-o jsonl --resume", narrow, "-o", "jsonl", "--resume"),
        of("-w=200ms", load_script("shape=wide rows=1000 batch=200"), "-o", "jsonl", "-w=200ms"),
        of("", narrow, command="live", ends_with=(-signal.SIGTERM, 143), terminal=True),
    ]


def soak(options):
    """Follows them all at once; returns series and figures."""
    os.makedirs(options.folder, exist_ok=True)
    with contextlib.ExitStack() as stack:
        address = stack.enter_context(load_server(options))
        watched = [stack.enter_context(one) for one in followers(options, address)]
        sample_for(watched, options.seconds)
        figures = {one.name: f"{one.written / 1e6:,.0f} MB written" for one in watched}
        for one in watched:
            if one.written < 10_000:
                raise RuntimeError(f"{one.name} wrote next to nothing: {one.written} bytes")
            one.end()
    return [series for one in watched for series in one.series], figures
