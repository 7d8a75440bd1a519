"""Writes the Parquet files of somebody else by pyarrow: foreign_parquet.py DIRECTORY."""
import datetime
import decimal
import sys

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 3000


def write(name, columns, **how):
    pq.write_table(pa.table(columns), f"{sys.argv[1]}/{name}.parquet", **how)


def plain():
    """Other widths, units and orders than pxq's own; every text many times, and some only once."""
    times = [datetime.datetime(2026, 3, 4, tzinfo=datetime.timezone.utc)
             + datetime.timedelta(milliseconds=ROWS - i) for i in range(ROWS)]
    return {"time_": pa.array(times, pa.timestamp("ms", tz="UTC")),
            "small": pa.array([i % 100 - 50 for i in range(ROWS)], pa.int8()),
            "wide": pa.array([2 ** 32 - 1 - i for i in range(ROWS)], pa.uint32()),
            "real": pa.array([i / 4 for i in range(ROWS)], pa.float32()),
            "flag": pa.array([i % 3 == 0 for i in range(ROWS)]),
            "kind": pa.array([f"kind {i % 7}" for i in range(ROWS)]).dictionary_encode(),
            "name": pa.array([None if i % 5 == 0 else f"name {i}" for i in range(ROWS)])}


def main():
    for codec in ("none", "snappy", "gzip", "zstd"):
        for version in ("1.0", "2.0"):
            write(f"plain-{codec}-{version}", plain(), compression=codec, data_page_version=version,
                  data_page_size=4096, row_group_size=1000)
    write("untimed", {"a": [3, 1, 2], "b": ["x", "y", "z"]})
    write("empty", {"a": pa.array([], pa.int64())})
    write("struct", {"a": [{"b": 1}]})
    write("list", {"a": [[1, 2]]})
    write("decimal", {"a": pa.array([decimal.Decimal("1.50")], pa.decimal128(10, 2))})
    write("wide-decimal", {"a": pa.array([decimal.Decimal("1.50")], pa.decimal128(38, 2))})
    write("small-decimal", {"a": pa.array([decimal.Decimal("1.50")], pa.decimal128(5, 2))},
          store_decimal_as_integer=True)
    write("date", {"a": pa.array([datetime.date(2026, 3, 4)])})
    write("clock", {"a": pa.array([datetime.time(1, 2, 3)], pa.time64("us"))})
    write("old-time", {"a": pa.array([datetime.datetime(2026, 3, 4)], pa.timestamp("ns"))},
          use_deprecated_int96_timestamps=True)
    write("half", {"a": pa.array([1.5], pa.float16())})
    write("bytes", {"a": pa.array([b"\xff\x00"], pa.binary())})
    write("null", {"a": pa.array([1, None])})
    write("huge", {"a": pa.array([2 ** 64 - 1], pa.uint64())})
    write("large", {"a": pa.array([2 ** 63 - 1], pa.uint64())})
    write("delta", {"a": [1, 2, 3]}, column_encoding="DELTA_BINARY_PACKED", use_dictionary=False)
    write("brotli", {"a": [1, 2, 3]}, compression="brotli")
    write("late", {"time_": pa.array([2 ** 55], pa.timestamp("us"))})


main()
