"""Pixie's own Python client asks a cloud for all tables of a script, and tells what it got.

pixie_client.py ADDRESS KEY CLUSTER encrypted|plain, with the script on stdin. Prints a JSON line for
each row: its table, and its values as pxq would write them, with text once in base64 and once as
text. TLS roots come from GRPC_DEFAULT_SSL_ROOTS_FILE_PATH.
"""
import asyncio
import base64
import json
import math
import sys
import uuid

import pxapi


def as_text(value):
    """Bytes that are not UTF-8 each become a private-use character, as docs/formats.md has it."""
    text = value.decode("utf-8", "surrogateescape")
    return "".join(chr(0x10FF00 + ord(c) - 0xDC00) if 0xDC80 <= ord(c) <= 0xDCFF else c
                   for c in text)


def as_json(value, of_bytes):
    if isinstance(value, bytes):
        return of_bytes(value)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def row_of(row, of_bytes):
    names = [row.relation.get_col_name(i) for i in range(row.relation.num_cols())]
    return {name: as_json(row[i], of_bytes) for i, name in enumerate(names)}


async def tell(table):
    async for row in table:
        print(json.dumps({
            "table": table.table_name,
            "base64": row_of(row, lambda value: base64.b64encode(value).decode()),
            "text": row_of(row, as_text)}))


async def ask(address, key, cluster, how):
    client = pxapi.Client(token=key, server_url=address, use_encryption=how == "encrypted")
    script = client.connect_to_cluster(cluster).prepare_script(sys.stdin.read())
    tables = script.subscribe_all_tables()

    async def tell_all():
        await asyncio.gather(*[tell(table) async for table in tables()])

    await asyncio.gather(tell_all(), script.run_async())


asyncio.run(ask(*sys.argv[1:5]))
