"""Opens our files as people do who configure nothing: DIRECTORY WANT.

Reads a.csv, a.jsonl.gz, a.parquet and a.sqlite in DIRECTORY by each of pyarrow, duckdb, pandas, polars,
ClickHouse (chdb) and sqlite3 that reads such files by itself, with no option but the name. Every cell
must be what WANT (JSON) says, but for what docs/formats.md tells of that reader: `told` holds that.
Prints the number of pairs of a file and a reader.
"""

import datetime
import gzip
import json
import math
import os
import sqlite3
import struct
import sys

import chdb
import duckdb
import pandas
import polars
import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet

DIRECTORY, WANT = sys.argv[1], json.loads(sys.argv[2])
NAMES = ["time_", "s", "id", "f", "b", "i"]


def named(name):
    return os.path.join(DIRECTORY, name)


def of_arrow(table):
    columns = []
    for column in table.select(NAMES).columns:
        if pa.types.is_timestamp(column.type):
            assert column.type.unit == "ns" and column.type.tz == "UTC"
            column = column.cast(pa.int64())
        columns.append(column.to_pylist())
    return list(zip(*columns))


def of_duckdb(name):
    kinds = {row[0]: row[1] for row in duckdb.sql(f"describe from '{named(name)}'").fetchall()}
    cells = [f'epoch_ns("{n}")' if kinds[n].startswith("TIMESTAMP") else f'"{n}"' for n in NAMES]
    return duckdb.sql(f"select {', '.join(cells)} from '{named(name)}'").fetchall()


def of_pandas(frame):
    columns = []
    for name in NAMES:
        column = frame[name]
        if str(column.dtype).startswith("datetime64"):
            assert str(column.dtype) == "datetime64[ns, UTC]"
            column = column.astype("int64")
        columns.append(column.tolist())
    return list(zip(*columns))


def of_polars(frame):
    times = [polars.col(n).dt.epoch("ns") for n, t in frame.schema.items() if t == polars.Datetime]
    return frame.select(NAMES).with_columns(times).rows()


def of_clickhouse(name):
    # Times leave as a number; ids are bytes where the file says UUID as such.
    kinds = dict(row.split("\t")[:2] for row in
                 str(chdb.query(f"describe file('{named(name)}')", "TSV")).splitlines())
    cells = [f"toUnixTimestamp64Nano({n})" if "DateTime64" in kinds[n] else
             f"reinterpret({n}, 'String')" if "FixedString" in kinds[n] else n for n in NAMES]
    query = f"select {', '.join(f'{c} as {n}_' for c, n in zip(cells, NAMES))} from file('{named(name)}')"
    text = str(chdb.query(query, "JSONCompactEachRow"))
    # It writes whole doubles without a point, as pxq itself does not.
    rows = [json.loads(line, parse_int=lambda text: -0.0 if text == "-0" else int(text))
            for line in text.splitlines()]
    return [[float(c) if n == "f" and isinstance(c, int) else c for n, c in zip(NAMES, row)]
            for row in rows]


READERS = {
    "a.csv": {
        "pyarrow": lambda: of_arrow(pa.csv.read_csv(named("a.csv"))),
        "duckdb": lambda: of_duckdb("a.csv"),
        "pandas": lambda: of_pandas(pandas.read_csv(named("a.csv"))),
        "polars": lambda: of_polars(polars.read_csv(named("a.csv"))),
        "clickhouse": lambda: of_clickhouse("a.csv"),
    },
    "a.jsonl.gz": {
        "pyarrow": lambda: of_arrow(pa.json.read_json(gzip.open(named("a.jsonl.gz")))),
        "duckdb": lambda: of_duckdb("a.jsonl.gz"),
        "pandas": lambda: of_pandas(pandas.read_json(named("a.jsonl.gz"), lines=True)),
        "polars": lambda: of_polars(polars.read_ndjson(named("a.jsonl.gz"))),
        "clickhouse": lambda: of_clickhouse("a.jsonl.gz"),
    },
    "a.parquet": {
        "pyarrow": lambda: of_arrow(pa.parquet.read_table(named("a.parquet"))),
        "duckdb": lambda: of_duckdb("a.parquet"),
        "pandas": lambda: of_pandas(pandas.read_parquet(named("a.parquet"))),
        "polars": lambda: of_polars(polars.read_parquet(named("a.parquet"))),
        "clickhouse": lambda: of_clickhouse("a.parquet"),
    },
    "a.sqlite": {
        "sqlite3": lambda: sqlite3.connect(named("a.sqlite")).execute(
            f"select {', '.join(NAMES)} from a").fetchall(),
        "pandas": lambda: of_pandas(pandas.read_sql_query(
            "select * from a", sqlite3.connect(named("a.sqlite")))),
        "polars": lambda: of_polars(polars.read_database(
            "select * from a", sqlite3.connect(named("a.sqlite")))),
    },
}


def time_of(cell):
    """Nanoseconds of RFC 3339 text in UTC; numbers are such already."""
    if not isinstance(cell, str):
        return cell
    if "T" not in cell:
        return int(cell)  # ClickHouse puts quotes around 64 bits
    moment = datetime.datetime.fromisoformat(cell[:19] + "+00:00")
    whole = (moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc))
    return (whole.days * 86400 + whole.seconds) * 10**9 + int(cell[20:29])


def plain(name, cell):
    if name == "time_":
        return time_of(cell)
    if name == "id":
        return bytes(cell).hex() if isinstance(cell, bytes) else str(cell).replace("-", "")
    if name == "i":
        return int(cell) if isinstance(cell, str) else cell
    if name == "b" and not isinstance(cell, bool) and cell in (0, 1):
        return bool(cell)
    return cell


def bits(number):
    return struct.pack(">d", number)


def is_missing(cell):
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def same(name, cell, want):
    if name != "f":
        return type(cell) is type(want) and cell == want
    want = float(want)
    if math.isnan(want):
        return isinstance(cell, float) and math.isnan(cell)
    return isinstance(cell, float) and bits(cell) == bits(want)


def told(file, reader, name, cell, want):
    """What docs/formats.md says that this reader makes of such a cell by default."""
    if name == "time_" and reader == "duckdb" and file != "a.parquet":
        return cell == want // 1000 * 1000
    if file == "a.csv" and name == "s":
        if want == "" and reader != "pyarrow":
            return is_missing(cell)
        return reader == "pandas" and want in ("NA", "null", "NaN") and is_missing(cell)
    if name != "f":
        return False
    if file == "a.csv" and reader in ("polars", "clickhouse"):
        return isinstance(cell, str) and same(name, float(cell), want)
    if file == "a.csv" and reader == "pyarrow":
        return want == "nan" and cell is None
    if file == "a.jsonl.gz" and not math.isfinite(float(want)):
        return is_missing(cell)
    if file == "a.jsonl.gz" and reader == "pandas":
        return abs(cell - float(want)) <= abs(float(want)) * 1e-15 + 1e-307
    if file == "a.sqlite":
        # It has no NaN, and no sign of zero.
        return (want == "nan" and is_missing(cell)) or (float(want) == 0 and cell == 0)
    return reader == "clickhouse" and cell is None and not math.isfinite(float(want))


pairs = 0
for file, readers in READERS.items():
    for reader, read in readers.items():
        rows = read()
        assert len(rows) == len(WANT), (file, reader, len(rows))
        for number, (row, wanted) in enumerate(zip(rows, WANT)):
            for name, cell, want in zip(NAMES, row, wanted):
                cell = plain(name, cell)
                if not same(name, cell, want) and not told(file, reader, name, cell, want):
                    sys.exit(f"{file}, {reader}, row {number}, {name}: {cell!r}, not {want!r}")
        pairs += 1
print(pairs)
