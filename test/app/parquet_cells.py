"""Prints a Parquet file's cells as each of five readers sees them: READER FILE.

One JSON array a row; numbers of 64 bits as decimal text, doubles as their bits, times as nanoseconds
since 1970, UUIDs as text: what a reader rounds or shifts is seen.
"""

import json
import struct
import sys
import uuid


def spelled(value):
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float):
        return struct.pack(">d", value).hex()
    if isinstance(value, bytes):
        return str(uuid.UUID(bytes=value))
    return str(value)


def by_pyarrow(path):
    import pyarrow as pa
    import pyarrow.parquet as pq
    table = pq.read_table(path)
    columns = []
    for column in table.columns:
        columns.append(column.cast(pa.int64()).to_pylist() if pa.types.is_timestamp(column.type)
                       else column.to_pylist())
    return zip(*columns)


def by_duckdb(path):
    import duckdb
    names = duckdb.sql(f"describe select * from '{path}'").fetchall()
    cells = ", ".join(f'epoch_ns("{name}")' if kind.startswith("TIMESTAMP") else f'"{name}"'
                      for name, kind, *_ in names)
    return duckdb.sql(f"select {cells} from '{path}'").fetchall()


def by_pandas(path):
    import pandas
    frame = pandas.read_parquet(path)
    columns = []
    for name in frame.columns:
        column = frame[name]
        if str(column.dtype).startswith("datetime64"):
            column = column.astype("int64")
        columns.append(column.tolist())
    return zip(*columns)


def by_polars(path):
    import polars
    frame = polars.read_parquet(path)
    times = [polars.col(n).dt.epoch("ns") for n, t in frame.schema.items() if t == polars.Datetime]
    return frame.with_columns(times).rows()


READERS = {"pyarrow": by_pyarrow, "duckdb": by_duckdb, "pandas": by_pandas, "polars": by_polars}

for row in READERS[sys.argv[1]](sys.argv[2]):
    print(json.dumps([spelled(cell) for cell in row]))
