"""Seals rows as a Vizier does, with a JOSE library that is not the client's.

Reads JSON lines {"jwk": text, "header": {...}, "plain": hex}, writes a compact JWE for each.
"""
import json
import sys

from jwcrypto import jwe, jwk

for line in sys.stdin:
    order = json.loads(line)
    token = jwe.JWE(bytes.fromhex(order["plain"]), json.dumps(order["header"]))
    token.add_recipient(jwk.JWK(**json.loads(order["jwk"])))
    print(token.serialize(compact=True))
