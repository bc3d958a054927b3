#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A blocklist in badkeys' format on standard output: blocklistmake.py COUNT [ID [KEY.pub...]]

COUNT records of lists 1 to 3, spread as hashes are and in order, the same bytes at every call; besides them, in list ID, the
keys of the given files. Four million records are 64 MB and take some seconds.
"""
import base64
import hashlib
import random
import sys


def bkhash(path):
    with open(path, encoding="utf-8") as f:
        blob, fields = base64.b64decode(f.read().split()[1]), []
    while blob:
        n = int.from_bytes(blob[:4], "big")
        fields.append(blob[4:4 + n])
        blob = blob[4 + n:]
    if b"ecdsa" in fields[0]:
        number = fields[2][1:1 + len(fields[2]) // 2]
    else:
        number = fields[1] if b"ed25519" in fields[0] else fields[2]
    return hashlib.sha256(number.lstrip(b"\0")).digest()[:15]


def main():
    count = int(sys.argv[1])
    keys = sorted(bkhash(path) + bytes([int(sys.argv[2])]) for path in sys.argv[3:])
    step = 2**120 // count
    draw = random.Random(120)
    block = []
    for i in range(count):
        record = (i * step + draw.randrange(step)).to_bytes(15, "big") + bytes([1 + i % 3])
        while keys and keys[0] < record:
            block.append(keys.pop(0))
        block.append(record)
        if len(block) >= 65536:
            sys.stdout.buffer.write(b"".join(block))
            block = []
    sys.stdout.buffer.write(b"".join(block + keys))


main()
