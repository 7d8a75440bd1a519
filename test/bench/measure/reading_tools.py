"""What people read our files with, from PyPI, in an environment of its own: prints its interpreter."""

import environment


def interpreter():
    return environment.interpreter("tools", "pyarrow", "duckdb", "pandas", "polars", "chdb",
                                   "kubernetes")


if __name__ == "__main__":
    environment.main("tools that read our files", interpreter)
