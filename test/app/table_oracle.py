"""Reads tables back as their ordinary readers do: DIRECTORY TABLES.json WAY...

TABLES.json holds what was sent (typed_tables.h tells how). Each WAY is a file of DIRECTORY and the flags by
which its cells are spelled, as JSON: {"file", "flags"}. Python's csv and json, sqlite3, and where they are
there pyarrow, duckdb and polars for Parquet and duckdb for CSV, must give each cell as docs/formats.md and
docs/files.md map it. Prints the number of cells, or says which cell is another, and exits 1.
"""

import base64
import collections
import csv
import datetime
import gzip
import io
import json
import math
import os
import re
import shutil
import sqlite3
import struct
import subprocess
import sys

csv.field_size_limit(1 << 30)
DIRECTORY = sys.argv[1]
with open(sys.argv[2], encoding="utf-8") as tables_file:
    TABLES = json.load(tables_file)
EPOCH = datetime.datetime(1970, 1, 1)
READERS = collections.Counter()
NAN = float("nan")


class Different(Exception):
    pass


# What was sent, as Python has it.

def value_of(kind, cell):
    if kind in ("INT64", "TIME64NS"):
        return int(cell)
    if kind == "FLOAT64":
        return struct.unpack(">d", bytes.fromhex(cell))[0]
    if kind in ("STRING", "UINT128"):
        return bytes.fromhex(cell)
    return cell


def kinds_of(table):
    return [column["type"] for column in table["columns"]]


def names_of(table):
    return [column["name"] for column in table["columns"]]


def rows_of(table):
    kinds = kinds_of(table)
    return [[value_of(kind, cell) for kind, cell in zip(kinds, row)] for row in table["rows"]]


def uuid(cell):
    digits = cell.hex()
    return "-".join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]])


def rfc3339(nanoseconds):
    seconds, fraction = divmod(nanoseconds, 10**9)
    return f"{(EPOCH + datetime.timedelta(seconds=seconds)).isoformat()}.{fraction:09d}Z"


def unix(nanoseconds):
    seconds, fraction = divmod(abs(nanoseconds), 10**9)
    return f"{'-' if nanoseconds < 0 else ''}{seconds}.{fraction:09d}"


def same_real(got, want):
    return math.isnan(got) if math.isnan(want) else struct.pack(">d", got) == struct.pack(">d", want)


def special(number):
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


# The ways, and what each makes of a cell.

class Way:
    def __init__(self, words):
        self.file, self.flags = words["file"], words["flags"]
        self.packed = self.file.endswith((".gz", ".zst"))
        self.format = self.file.split(".")[1]

    def flag(self, name, otherwise):
        return self.flags[self.flags.index(name) + 1] if name in self.flags else otherwise

    def open(self, name):
        path = os.path.join(DIRECTORY, name)
        if name.endswith(".gz"):
            return gzip.open(path).read()
        if name.endswith(".zst"):
            return subprocess.run(["zstd", "-dc", path], check=True, capture_output=True).stdout
        with open(path, "rb") as file:
            return file.read()

    def time(self, want):
        return {"rfc3339": rfc3339, "unix_ns": str, "unix": unix}[self.flag("--time-format", "rfc3339")](want)

    def bytes(self, want):
        """How --bytes writes text where it changes it; None where it leaves it."""
        how = self.flag("--bytes", "text")
        if how == "base64":
            return base64.b64encode(want)
        return replaced(want) if how == "replace" else None


def well_formed(data):
    """The pieces of bytes: (well-formed?, piece), a piece being a character or a single byte."""
    at = 0
    while at < len(data):
        for size in (1, 2, 3, 4):
            try:
                data[at:at + size].decode()
            except UnicodeDecodeError:
                continue
            yield True, data[at:at + size]
            at += size
            break
        else:
            yield False, data[at:at + 1]
            at += 1


def replaced(data):
    return b"".join(piece if good else "\ufffd".encode() for good, piece in well_formed(data))


def original(text):
    """docs/formats.md: the bytes of a string of JSON."""
    return b"".join(bytes([ord(c) - 0x10FF00]) if ord(c) >= 0x10FF80 else c.encode() for c in text)


def check_delimited(way, kind, got, want):
    """`got` is bytes."""
    if kind == "STRING":
        changed = way.bytes(want)
        return got == (want if changed is None else changed)
    text = got.decode("ascii")
    if kind == "FLOAT64":
        if not math.isfinite(want):
            return text == special(want)
        return same_real(float(text), want) and is_shortest(text, want)
    if kind == "BOOLEAN":
        return text == ("true" if want else "false")
    if kind == "TIME64NS":
        return text == way.time(want)
    return text == (uuid(want) if kind == "UINT128" else str(want))


def is_shortest(text, want):
    """No longer than Python's, whose repr() is the shortest that reads back."""
    return len(text) <= len(repr(want))


class Spelled(str):
    """A number of JSON in its own digits."""


def check_json(way, kind, got, want):
    if kind == "STRING":
        if not isinstance(got, str) or isinstance(got, Spelled):
            return False
        changed = way.bytes(want)
        return original(got) == want if changed is None else got.encode() == changed
    if kind == "BOOLEAN":
        return got is want
    quoted = isinstance(got, str) and not isinstance(got, Spelled)
    if kind == "INT64":
        return got == str(want) and quoted == (way.flag("--int64", "number") == "string")
    if kind == "FLOAT64":
        if not math.isfinite(want):
            how = way.flag("--nan", "null")
            return got is None if how == "null" else quoted and got == special(want)
        return isinstance(got, Spelled) and same_real(float(got), want) and is_shortest(got, want)
    if kind == "TIME64NS":
        how = way.flag("--time-format", "rfc3339")
        as_text = how == "rfc3339" or (how != "unix" and way.flag("--int64", "number") == "string")
        return got == way.time(want) and quoted == as_text
    return quoted and got == uuid(want)


def check_sqlite(_, kind, got, want):
    if kind == "FLOAT64":
        if math.isnan(want):
            return got is None
        return isinstance(got, float) and (got == 0 if want == 0 else same_real(got, want))
    if kind == "STRING":
        plain = all(good for good, _ in well_formed(want)) and b"\0" not in want
        return got == (want.decode() if plain else want)
    if kind == "UINT128":
        return got == uuid(want)
    return isinstance(got, int) and got == int(want)


def check_parquet(_, kind, got, want):
    if kind == "FLOAT64":
        return isinstance(got, float) and same_real(got, want)
    if kind == "STRING":
        return isinstance(got, str) and original(got) == want
    if kind == "UINT128":
        return (got if isinstance(got, bytes) else got.bytes if hasattr(got, "bytes") else
                bytes.fromhex(str(got).replace("-", ""))) == want
    return type(got) is type(want) and got == want


def compare(way, reader, table, check, rows):
    kinds, wanted = kinds_of(table), rows_of(table)
    if len(rows) != len(wanted):
        raise Different(f"{way.file} {way.flags}, {reader}, {table['name']}: {len(rows)} rows, "
                        f"not {len(wanted)}")
    for number, (row, want) in enumerate(zip(rows, wanted)):
        if len(row) != len(want):
            raise Different(f"{way.file}, {reader}, {table['name']}, row {number}: {len(row)} cells, "
                            f"not {len(want)}")
        for column, (kind, got, cell) in enumerate(zip(kinds, row, want)):
            if not check(way, kind, got, cell):
                raise Different(f"{way.file} {way.flags}, {reader}, {table['name']}, row {number}, column "
                                f"{column} ({kind}): {got!r}, not {cell!r}")
    READERS[f"{way.format} by {reader}"] += len(wanted) * len(kinds)


def compare_names(way, reader, table, got, want):
    if got != want:
        raise Different(f"{way.file}, {reader}, {table['name']}: the names are {got!r}, not {want!r}")


# The readers.

def one_file(way, table):
    return way.file.replace("{table}", table["name"])


def read_csv(way, table):
    data = way.open(one_file(way, table))
    text = io.StringIO(data.decode("utf-8", "surrogateescape"), newline="")
    lines = [[cell.encode("utf-8", "surrogateescape") for cell in row] for row in
             csv.reader(text, delimiter=way.flag("--delimiter", ","), strict=True)]
    compare_names(way, "csv", table, [name.decode() for name in lines[0]], names_of(table))
    compare(way, "csv", table, check_delimited, lines[1:])


def read_tsv(way, table):
    plain = {b"t": b"\t", b"n": b"\n", b"r": b"\r", b"\\": b"\\"}
    lines = way.open(one_file(way, table)).split(b"\n")
    if lines.pop() != b"":
        raise Different(f"{way.file}: the last line has no end")
    cells = [[re.sub(rb"\\(.)", lambda found: plain[found[1]], cell, flags=re.DOTALL)
              for cell in line.split(b"\t")] for line in lines]
    compare_names(way, "split", table, [name.decode() for name in cells[0]], names_of(table))
    compare(way, "split", table, check_delimited, cells[1:])


def keys_of(table, with_table):
    """Of several columns called `a` the first is `a`, then `a#2`, passing over real names."""
    names, taken, keys = names_of(table), set(), []
    real = set(names)
    if with_table:
        taken.add("_table_")
    for name in names:
        key, number = name, 2
        while key in taken or (key != name and key in real):
            key, number = f"{name}#{number}", number + 1
        taken.add(key)
        keys.append(key)
    return keys


def objects(text):
    """Rows as lists of pairs; numbers keep their digits."""
    return json.loads(text, object_pairs_hook=list, parse_int=Spelled, parse_float=Spelled)


def check_objects(way, table, rows, with_table):
    keys = keys_of(table, with_table)
    for row in rows:
        if with_table:
            row = row[1:]
        compare_names(way, "json", table, [original(key).decode() for key, _ in row], keys)
    first = 1 if with_table else 0
    compare(way, "json", table, check_json, [[cell for _, cell in row[first:]] for row in rows])


def read_jsonl(way, table):
    text = way.open(one_file(way, table)).decode()
    check_objects(way, table, [objects(line) for line in text.split("\n")[:-1]], False)


def read_mixed(way, text_rows):
    """All tables in one file, told apart by their first key."""
    with_table = len(TABLES) > 1 or "--table-key" in way.flags
    for table in TABLES:
        rows = [row for row in text_rows if not with_table or row[0] == ("_table_", table["name"])]
        check_objects(way, table, rows, with_table)
    if len(text_rows) != sum(len(table["rows"]) for table in TABLES):
        raise Different(f"{way.file}: {len(text_rows)} rows in all")


def sqlite_columns(connection, table):
    return [row[1] for row in connection.execute(f"PRAGMA table_info('{table['name']}')")][:-1]


def read_sqlite(way):
    connection = sqlite3.connect(os.path.join(DIRECTORY, way.file))
    for table in TABLES:
        columns = sqlite_columns(connection, table)
        names = names_of(table)
        if len({name.lower() for name in names}) == len(names) and "" not in names:
            ours = [n for n in zip(columns, names) if n[1].lower() not in ("_pxq_run", "rowid")]
            compare_names(way, "sqlite3", table, [original(n[0]).decode() for n in ours],
                          [n[1] for n in ours])
        rows = connection.execute(f"SELECT * FROM {table['name']} ORDER BY _rowid_").fetchall()
        compare(way, "sqlite3", table, check_sqlite, [row[:-1] for row in rows])
        kinds = connection.execute("SELECT type FROM _pxq_columns WHERE table_name = ? ORDER BY rowid",
                                   (table["name"],)).fetchall()
        compare_names(way, "sqlite3", table, [kind[0] for kind in kinds], kinds_of(table))


def by_pyarrow(path):
    import pyarrow as pa
    import pyarrow.parquet as pq
    table = pq.ParquetFile(path).read()
    cells = [(column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column).to_pylist()
             for column in table.columns]
    return [column for column in table.column_names], list(zip(*cells))


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def by_duckdb(path):
    import duckdb
    kinds = duckdb.sql(f"describe select * from '{path}'").fetchall()
    cells = ", ".join(f"epoch_ns({quoted(n)})" if kind.startswith("TIMESTAMP") else quoted(n)
                      for n, kind, *_ in kinds)
    return None, duckdb.sql(f"select {cells} from '{path}'").fetchall()


def by_polars(path):
    import polars
    frame = polars.read_parquet(path)
    return frame.columns, frame.with_columns(
        [polars.col(n).dt.epoch("ns") for n, t in frame.schema.items() if t == polars.Datetime]).rows()


def unlike(names):
    return len({name.lower() for name in names}) == len(names) and "" not in names


def read_parquet(way, table):
    path = os.path.join(DIRECTORY, one_file(way, table))
    for reader, read in (("pyarrow", by_pyarrow), ("duckdb", by_duckdb), ("polars", by_polars)):
        try:
            __import__(reader)
        except ImportError:
            continue
        # Names that differ by case only are the same to duckdb, and times at the edge infinite.
        if reader == "duckdb" and not unlike(names_of(table)):
            continue
        if reader == "duckdb" and any(
                kind == "TIME64NS" and abs(cell) >= 2**63 - 1
                for row in rows_of(table) for kind, cell in zip(kinds_of(table), row)):
            continue
        names, rows = read(path)
        if names is not None:
            compare_names(way, reader, table, [original(name).decode() for name in names],
                          keys_of(table, False))
        compare(way, reader, table, check_parquet, rows)


def read(way):
    if way.file.endswith(".zst") and not shutil.which("zstd"):
        return
    if way.format == "sqlite":
        read_sqlite(way)
    elif way.format == "json":
        read_mixed(way, objects(way.open(way.file).decode()))
    elif "{table}" not in way.file:
        read_mixed(way, [objects(line) for line in way.open(way.file).decode().split("\n")[:-1]])
    else:
        one = {"csv": read_csv, "tsv": read_tsv, "jsonl": read_jsonl, "parquet": read_parquet}[way.format]
        for table in TABLES:
            one(way, table)


try:
    for words in sys.argv[3:]:
        read(Way(json.loads(words)))
except Different as difference:
    print(difference)
    sys.exit(1)
for reader, cells in sorted(READERS.items()):
    print(f"{reader}: {cells} cells")
