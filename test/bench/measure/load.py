"""The load server, and the programs that read from it."""

import os
import signal
import subprocess
import tempfile

from process import Case, client_cores, server_cores


class Load:
    """A running pxq_load_server on the last core. Use with `with`."""

    def __init__(self, build, transport="plain"):
        self.build = build
        self.transport = transport
        self.directory = tempfile.TemporaryDirectory()

    def __enter__(self):
        argv = [f"{self.build}/test/bench/pxq_load_server"]
        if self.transport == "unix":
            argv += ["--listen", f"unix:{self.directory.name}/socket"]
        if self.transport == "tls":
            argv += ["--tls", self.ca_file]
        cores = server_cores()
        self.process = subprocess.Popen(
            argv, stdout=subprocess.PIPE, text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, cores))
        self.address = self.process.stdout.readline().strip()
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self.directory.cleanup()

    @property
    def ca_file(self):
        return f"{self.directory.name}/ca.pem"

    def script(self, **spec):
        words = " ".join(f"{key}={value}" for key, value in spec.items())
        return f"import px\n#load {words}"

    def pxq(self, output, name=None, out="/dev/null", reader=None, binary=None, flags=(),
            cores=None, env=None, **spec):
        argv = [binary or f"{self.build}/app/pxq", "run", "-e", self.script(**spec),
                "--addr", self.address, "-q", "-o", output]
        argv += ["--tls-ca", self.ca_file] if self.transport == "tls" else ["--insecure"]
        return Case(name or f"pxq {output}", argv + list(flags), out, reader, dict(env or {}),
                    cores=cores)

    def floor(self, how, name=None, **spec):
        argv = [f"{self.build}/test/bench/pxq_floor", how, self.address, self.script(**spec)]
        if self.transport == "tls":
            argv.append(self.ca_file)
        return Case(name or how, argv)

    def encryption_cost(self, runs, cores=None, **spec):
        """Median milliseconds of making a key, of plain and of encrypted runs; over TLS."""
        return numbers_of([f"{self.build}/test/bench/pxq_encryption_cost", self.address,
                           self.script(**spec), self.ca_file, str(runs)], cores)


def numbers_of(argv, cores=None):
    """What a program prints as lines of a name and a number."""
    cores = cores or client_cores()
    out = subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True,
                         preexec_fn=lambda: os.sched_setaffinity(0, cores)).stdout
    return {name: float(value) for name, value in map(str.split, out.splitlines())}
