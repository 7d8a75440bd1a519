"""How long pyarrow writes a Parquet file from memory: write_parquet.py FROM TO RUNS. Prints the median."""

import statistics
import sys
import time

import pyarrow
from pyarrow import parquet

source, target, runs = sys.argv[1:4]
pyarrow.set_cpu_count(1)
table = parquet.read_table(source)
times = []
for _ in range(int(runs)):
    start = time.monotonic()
    parquet.write_table(table, target, compression="zstd")
    times.append(time.monotonic() - start)
print("seconds", statistics.median(times))
