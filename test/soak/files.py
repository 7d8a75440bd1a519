"""Streams without an end, written into files until a time is over: what `pxq export` does not take."""

import contextlib
import gzip
import json
import os
import sqlite3
import subprocess

from growth import counted
from streams import ENDLESS, PATIENT, load_script, load_server
from watched import Watched, sample_for

MARGIN = 15  # seconds that the programs write before and after they are sampled


def lines_of(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        return sum(1 for _ in file)


def rows_of_database(path):
    with contextlib.closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_pxq%' ESCAPE '\\'")]
        return sum(database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables)


class Writer:
    """One pxq that writes, its folder, and how many rows another reader finds in the end."""

    def __init__(self, options, address, name, rate, to, rows=None, flags=()):
        self.rows = rows
        self.folder = f"{options.folder}/{name}"
        self.temporary = f"{self.folder}/tmp"
        os.makedirs(self.temporary)
        self.path, self.summary = f"{self.folder}/{to}" if to else "null", f"{self.folder}/last.json"
        script = load_script(f"shape=narrow {ENDLESS} batch=500 rate={rate}")
        argv = [f"{options.build}/app/pxq", "run", "-e", script, "--addr", address, "--insecure",
                *PATIENT, "-o", self.path, "--for", f"{options.seconds + 2 * MARGIN}s", "--stats", "--summary",
                self.summary, *(flag.format(folder=self.folder) for flag in flags)]
        self.watched = Watched(f"run -o {name}", argv, (), {**options.env, "TMPDIR": self.temporary})
        self.files = counted(self.watched.name, "files")

    def sample(self, moment):
        self.watched.sample(moment)
        self.files.add(moment, sum(len(files) for _, _, files in os.walk(self.folder)))

    def series(self):
        return [*self.watched.series, self.files]

    def finish(self):
        """Waits for its end, which must be as documented, and counts; what is to be told of it."""
        name, process = self.watched.name, self.watched.process
        try:
            code = process.wait(MARGIN + 60)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"{name} does not end") from None
        said = self.watched.words()
        if code != 0 or "ended by --for" not in said:
            raise RuntimeError(f"{name} ended with {code}: {said}")
        with open(self.summary, encoding="utf-8") as file:
            told = sum(table["rows"] for table in json.load(file)["tables"])
        found = self.rows(self.path) if self.rows else told
        if not 0 < found == told:
            raise RuntimeError(f"{name} tells of {told} rows, and {found} are there")
        if left := os.listdir(self.temporary):
            raise RuntimeError(f"{name} left {left}")
        return f"{told:,} rows, {self.watched.written / 1e6:,.0f} MB written"


def writers(options, address):
    def of(name, *words, **more):
        return Writer(options, address, name, *words, **more)

    # Parquet holds the rows of a group in memory, 122 880 of them, so it needs many groups in little time.
    return [of("csv.gz", 10_000, "rows.csv.gz", lambda path: lines_of(path) - 1),
            of("jsonl --append", 5_000, "rows.jsonl", lines_of, flags=["--append"]),
            of("sqlite", 5_000, "rows.sqlite", rows_of_database),
            of("parquet", 50_000, "rows.parquet"),
            of("null --record", 5_000, "", flags=["--record", "{folder}/rows.pxrec"])]


def soak(options):
    """All of them at once; returns series and figures."""
    with contextlib.ExitStack() as stack:
        address = stack.enter_context(load_server(options))
        all_of_them = writers(options, address)
        for writer in all_of_them:
            stack.enter_context(writer.watched)
        sample_for(all_of_them, options.seconds)
        figures = {writer.watched.name: writer.finish() for writer in all_of_them}
    return [series for writer in all_of_them for series in writer.series()], figures
