"""What people read Parquet with, from PyPI, in an environment of its own: prints its interpreter."""

import os
import subprocess
import sys


def interpreter():
    """Sets the environment up where it is not there yet. Raises where that cannot be done."""
    cache = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"),
                         "pxq-bench", "readers")
    python = f"{cache}/bin/python"
    if not os.path.exists(f"{cache}/ready"):
        subprocess.run([sys.executable, "-m", "venv", cache], check=True)
        subprocess.run([python, "-m", "pip", "-q", "install", "pyarrow", "duckdb", "pandas",
                        "polars"], check=True, timeout=600)
        open(f"{cache}/ready", "w", encoding="utf-8").close()
    return python


if __name__ == "__main__":
    try:
        print(interpreter())
    except (subprocess.SubprocessError, OSError) as error:
        sys.exit(f"readers of Parquet cannot be set up: {error}")
