"""Interpreters with packages from PyPI, each in an environment of its own."""

import os
import subprocess
import sys


def interpreter(name, *packages):
    """Sets the environment up where it is not there yet. Raises where that cannot be done."""
    cache = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"),
                         "pxq-bench", name)
    python = f"{cache}/bin/python"
    if not os.path.exists(f"{cache}/ready"):
        subprocess.run([sys.executable, "-m", "venv", cache], check=True)
        subprocess.run([python, "-m", "pip", "-q", "install", *packages], check=True, timeout=600)
        open(f"{cache}/ready", "w", encoding="utf-8").close()
    return python


def main(what, make):
    """Prints the interpreter that `make` gives, or says that `what` cannot be had."""
    try:
        print(make())
    except (subprocess.SubprocessError, OSError) as error:
        sys.exit(f"{what} cannot be set up: {error}")
