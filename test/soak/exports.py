"""Runs of pxq export as cron has them, one behind the other without a pause."""

import os
import subprocess
import sys
import time

from growth import counted, memory
from serving import served


class Job:
    """A job and its folder; `kept` says that old files are removed, so that their number is flat."""

    def __init__(self, options, address, name, to, flags, kept):
        self.name, self.folder, self.kept = name, f"{options.folder}/{name}", kept
        self.state, self.temporary = f"{self.folder}/state", f"{self.folder}/tmp"
        for folder in (self.state, self.temporary, f"{self.folder}/out"):
            os.makedirs(folder)
        self.env = {**options.env, "TMPDIR": self.temporary}
        self.argv = [f"{options.build}/app/pxq", "export", "pxq/export/http_events", "--addr", address,
                     "--insecure", "--job", name, "--state", self.state, "--to",
                     f"{self.folder}/out/{to}", "--lag", "0s", "--overlap", "1s", "--since", "5s",
                     "--summary", f"{self.folder}/last.json", "--metrics",
                     f"{self.folder}/job.prom", "-q", *flags]
        of = f"export to {to}"
        self.peak = memory(of)
        self.files = counted(of, "files of state")
        self.left = counted(of, "temporary files")
        # Windows are as long as a run takes, so the number kept goes up and down with the load.
        self.results = counted(of, "files kept")
        self.results.share = 0.3

    def series(self):
        return [self.peak, self.files, self.left] + ([self.results] if self.kept else [])

    def run(self, moment):
        process = subprocess.Popen(self.argv, env=self.env, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        # What wait4() says is never less than the memory of this program, from which it was forked.
        peak = 0
        while process.poll() is None:
            peak = max(peak, peak_of(process.pid))
            time.sleep(0.002)
        said = process.stdout.read()
        process.stdout.close()
        if process.returncode != 0 or said:
            raise RuntimeError(f"export of {self.name} ended with {process.returncode}: {said}")
        self.peak.add(moment, peak)
        self.files.add(moment, count(self.state) + count(self.folder, deep=False))
        self.left.add(moment, count(self.temporary))
        self.results.add(moment, count(f"{self.folder}/out"))


def peak_of(pid):
    """The most that a process has held so far; 0 where it has just ended."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:")), 0)


def count(folder, deep=True):
    if not deep:
        return sum(1 for entry in os.scandir(folder) if entry.is_file())
    return sum(len(files) for _, _, files in os.walk(folder))


def soak(options):
    """options.exports runs over three jobs in turn; the server beside them is watched, too."""
    start = time.monotonic()
    with served(options) as (server, address):
        jobs = [Job(options, address, "files", "{table}-{start}.csv.zst", ["--keep", "5s"], True),
                Job(options, address, "lines", "{table}.jsonl", ["--append"], False),
                Job(options, address, "database", "events.sqlite", [], False)]
        for run in range(options.exports):
            moment = time.monotonic() - start
            jobs[run % len(jobs)].run(moment)
            if run % len(jobs) == 0:
                server.sample(moment)
            if run % 100 == 99:
                print(f"  {run + 1} runs in {moment:.0f} s", file=sys.stderr)
        server.end()
    took = time.monotonic() - start
    figures = {"export": f"{options.exports} runs in {took:.0f} s, all with exit 0 and silent"}
    return server.series + [s for job in jobs for s in job.series()], figures
