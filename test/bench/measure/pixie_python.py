"""Pixie's own Python client, from PyPI, in an environment of its own: prints its interpreter."""

import environment


def interpreter():
    return environment.interpreter("python", "pxapi==0.9.0")


if __name__ == "__main__":
    environment.main("Pixie's Python client", interpreter)
