"""Runs of pxq export as cron has them, one behind the other without a pause."""

import calendar
import collections
import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time

from growth import counted, memory
from serving import served


NS = 10**9
KEEP = 5  # seconds
LATE = 5  # more of them, as a run may wait for its processor


def ns_of(text):
    """Nanoseconds of a time such as 2026-11-30T02:52:34.338207155Z."""
    moment, fraction = text.rstrip("Z").split(".")
    return calendar.timegm(time.strptime(moment, "%Y-%m-%dT%H:%M:%S")) * NS + int(fraction)


def times_of_lines(path):
    with open(path, encoding="utf-8") as file:
        return collections.Counter(ns_of(json.loads(line)["time_"]) for line in file)


def times_of_database(path):
    with contextlib.closing(sqlite3.connect(path)) as database:
        return collections.Counter(ns for (ns,) in database.execute("SELECT time_ FROM http_events"))


class Job:
    """A job and its folder; `kept` says that it removes old files, which must be gone in time. `times`
    reads, from what was exported, how often each time of a row is there."""

    def __init__(self, options, address, name, to, flags, kept=False, times=None):
        self.name, self.folder, self.kept = name, f"{options.folder}/{name}", kept
        self.address, self.times, self.window = address, times, None
        self.state, self.temporary = f"{self.folder}/state", f"{self.folder}/tmp"
        for folder in (self.state, self.temporary, f"{self.folder}/out"):
            os.makedirs(folder)
        self.env = {**options.env, "TMPDIR": self.temporary}
        self.argv = [f"{options.build}/app/pxq", "export", "pxq/export/http_events", "--addr", address,
                     "--insecure", "--job", name, "--state", self.state, "--to",
                     f"{self.folder}/out/{to}", "--lag", "0s", "--overlap", "1s", "--since", "5s",
                     "--summary", f"{self.folder}/last.json", "--metrics",
                     f"{self.folder}/job.prom", "-q", *flags]
        self.to = to.replace("{table}", "http_events")
        of = f"export to {to}"
        self.peak = memory(of)
        self.descriptors = counted(of, "descriptors")
        self.files = counted(of, "files of state")
        self.left = counted(of, "temporary files")
        # Windows are as long as a run takes, so the number kept goes up and down with the load.
        self.results = counted(of, "files past --keep")

    def series(self):
        return [self.peak, self.descriptors, self.files, self.left] + ([self.results] if self.kept else [])

    def run(self, moment):
        process = subprocess.Popen(self.argv, env=self.env, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        # What wait4() says is never less than the memory of this program, from which it was forked.
        peak = descriptors = 0
        while process.poll() is None:
            peak = max(peak, peak_of(process.pid))
            descriptors = max(descriptors, open_in(process.pid))
            time.sleep(0.002)
        said = process.stdout.read()
        process.stdout.close()
        if process.returncode != 0 or said:
            raise RuntimeError(f"export of {self.name} ended with {process.returncode}: {said}")
        self.peak.add(moment, peak)
        self.descriptors.add(moment, descriptors)
        self.files.add(moment, count(self.state) + count(self.folder, deep=False))
        self.left.add(moment, count(self.temporary))
        self.results.add(moment, sum(1 for entry in os.scandir(f"{self.folder}/out")
                                     if time.time() - entry.stat().st_mtime > KEEP + LATE))
        with open(f"{self.folder}/last.json", encoding="utf-8") as file:
            window = json.load(file)["window"]
        self.window = (self.window[0] if self.window else ns_of(window["start"]), ns_of(window["end"]))

    def check_rows(self):
        """Each row of all windows must be there, and once; how many that are."""
        found = self.times(f"{self.folder}/out/{self.to}")
        start, end = self.window
        script = (f"import px\ndf = px.DataFrame('http_events', start_time={start - NS}, end_time={end + NS})\n"
                  "px.display(df[['time_']])")
        told = subprocess.run([self.argv[0], "run", "-e", script, "--addr", self.address, "--insecure", "-o", "csv",
                               "--time-format", "unix_ns", "--max-rows", "all"],
                              env=self.env, check=True, capture_output=True, text=True).stdout.split()[1:]
        there = collections.Counter(ns for ns in map(int, told) if start <= ns < end)
        if not there or found != there:
            raise RuntimeError(f"export of {self.name}: {(there - found).total()} rows are missing, and "
                               f"{(found - there).total()} too many, of {there.total()}")
        return f"{found.total():,} rows, each once"


def peak_of(pid):
    """The most that a process has held so far; 0 where it has just ended."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:")), 0)


def open_in(pid):
    """Descriptors; 0 where the process has just ended."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


def count(folder, deep=True):
    if not deep:
        return sum(1 for entry in os.scandir(folder) if entry.is_file())
    return sum(len(files) for _, _, files in os.walk(folder))


def soak(options):
    """options.exports runs over three jobs in turn; the server beside them is watched, too."""
    start = time.monotonic()
    with served(options) as (server, address):
        jobs = [Job(options, address, "files", "{table}-{start}.csv.zst", ["--keep", f"{KEEP}s"], kept=True),
                Job(options, address, "lines", "{table}.jsonl", ["--append"], times=times_of_lines),
                Job(options, address, "database", "events.sqlite", [], times=times_of_database)]
        for run in range(options.exports):
            moment = time.monotonic() - start
            jobs[run % len(jobs)].run(moment)
            if run % len(jobs) == 0:
                server.sample(moment)
            if run % 100 == 99:
                print(f"  {run + 1} runs in {moment:.0f} s", file=sys.stderr)
        took = time.monotonic() - start
        figures = {"export": f"{options.exports} runs in {took:.0f} s, all with exit 0 and silent"}
        figures |= {job.peak.of: job.check_rows() for job in jobs if job.times}
        server.end()
    return server.series + [s for job in jobs for s in job.series()], figures
