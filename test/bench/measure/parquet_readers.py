"""What people read Parquet with, from PyPI, in an environment of its own: prints its interpreter."""

import environment


def interpreter():
    return environment.interpreter("readers", "pyarrow", "duckdb", "pandas", "polars")


if __name__ == "__main__":
    environment.main("readers of Parquet", interpreter)
