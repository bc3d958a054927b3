#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""bits.py   every truncation and every single-bit flip of a good blob of each type, judged by keyaudit vet, inside a world.

None crashes it and no truncation passes. A flip that passes is another key, and one whose only spelling this is: its
fingerprint is that of the very bytes, and not that of the key that it was. What is found must be what oracle.py finds.
Prints "bits: N as wanted of N".
"""
import os
import sys

import oracle
import programs
import vectors
import wire

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "keys")
CERTIFICATES = ("ed25519-cert", "sk-ed25519-cert", "ecdsa256-cert", "sk-ecdsa256-cert", "rsa2048-cert", "ed25519-ca-rsa-cert")


def blobs(full):
    yield from vectors.GOOD.items()
    for name in CERTIFICATES if full else CERTIFICATES[:1]:
        with open(os.path.join(DATA, name + ".pub"), "rb") as f:
            words = f.read().split()
        yield words[0].decode(), vectors.blob_of(b" ".join(words[:2]))


def changed(word, blob):
    """(type word, bytes, what)"""
    for n in range(1, len(blob)):
        yield word, blob[:n], f"the first {n} bytes"
    for bit in range(len(blob) * 8):
        b = bytearray(blob)
        b[bit // 8] ^= 1 << bit % 8
        yield word, bytes(b), f"bit {bit} another one"
        if 4 <= bit // 8 < 4 + len(word) and b[bit // 8] < 0x80 and chr(b[bit // 8]).isprintable() and b[bit // 8] not in b' "#,':
            yield bytes(b[4:4 + len(word)]).decode(), bytes(b), f"bit {bit} another one, and the word before it as well"


def wanted(word, blob, refuses):
    reason, key = wire.read(blob, word)
    if reason is None and key["is_cert"]:
        return None  # what else is wrong with it is not of its form
    return oracle.judge(blob, word, refuses)


def main():
    full = "full" in sys.argv[1:]
    rules = programs.reasons()
    live = lambda r: rules[r][0]
    refuses = lambda r: rules[r][1] in ("reject", "locked")
    count = wrong = passed = 0
    for name, good in blobs(full):
        cases = list(changed(name, good))
        plain = wire.fingerprint(wire.read(good)[1]["plain"])
        for (word, blob, what), said in zip(cases, programs.vet([wire.line(b, w).encode() for w, b, _ in cases]), strict=True):
            found = wanted(word, blob, refuses)
            accepted = said.verdict in ("accept", "warn")
            if found == ["key.type-unknown"] and said.reasons == ["option.unknown"]:
                found = ["option.unknown"]  # a word in front of a word that is none may have been meant as options
            right = said.reasons[:1] == ["cert.not-enabled"] if found is None else set(said.reasons) == set(filter(live, found))
            if accepted:
                right = right and len(blob) == len(good) and said.fingerprint == wire.fingerprint(blob) and said.fingerprint != plain
            count, wrong, passed = count + 1, wrong + (not right), passed + accepted
            if not right:
                print(f"not ok {name}, {what}: {said.verdict} {said.reasons} {said.fingerprint}, the oracle says {found}")
    print(f"bits: {count - wrong} as wanted of {count}, {passed} of them other keys")
    return 1 if wrong or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
