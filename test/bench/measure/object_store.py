"""A store that speaks S3, from PyPI, in an environment of its own: prints its interpreter."""

import environment


def interpreter():
    return environment.interpreter("moto", "moto[server]", "boto3")


if __name__ == "__main__":
    environment.main("an object store", interpreter)
