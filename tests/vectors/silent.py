#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""silent.py   the keys of honest.txt: no program says a word against any of them, and authkeys-cmd prints them all. In a world.

Prints "honest: N silent of N". The oracle is asked as well. At CI size that is about every tenth, and authkeys-cmd prints every fourth.
"""
import sys

import honest
import oracle
import programs
import wire

def main():
    full = "full" in sys.argv[1:]
    blobs = [b for kind in honest.HOW_MANY for b in honest.of(kind)]
    lines = [wire.line(b).encode() for b in blobs]
    loud = set()
    for i, said in enumerate(programs.vet(lines, apart=False)):
        if (said.verdict, said.reasons) != ("accept", []) or said.fingerprint != wire.fingerprint(blobs[i]):
            loud.add(i)
            print(f"not ok {lines[i].decode()}: {said}")
    for i, b in enumerate(blobs):
        if (full or i % 10 == 0) and oracle.judge(b):
            loud.add(i)
            print(f"not ok {lines[i].decode()}: the oracle says {oracle.judge(b)}")
    some = lines if full else lines[::4]
    if programs.command(some) != some:
        print("not ok authkeys-cmd does not print them all as they stand")
        return 1
    if len(set(blobs)) != sum(honest.HOW_MANY.values()):
        print(f"not ok {len(set(blobs))} different keys of {sum(honest.HOW_MANY.values())}")
        return 1
    print(f"honest: {len(blobs) - len(loud)} silent of {len(blobs)}")
    return 1 if loud else 0


if __name__ == "__main__":
    sys.exit(main())
