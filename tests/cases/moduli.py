#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Make tests/cases/moduli.txt again: python3 tests/cases/moduli.py  (two minutes; nothing random: the same bytes)

RSA moduli for the case folders that arithmetic finds nothing wrong with: products of two primes of half the size, found
behind numbers that SHA-256 made of a label. The factors are not kept.
"""
import hashlib
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "vectors"))

from bignum import is_prime  # noqa: E402
SMALL = [p for p in range(3, 50000, 2) if all(p % d for d in range(3, int(p**0.5) + 1, 2))]


def number(bits, label):
    b = b"".join(hashlib.sha256(label.encode() + bytes([i])).digest() for i in range(bits // 256 + 1))
    return int.from_bytes(b, "big") >> (len(b) * 8 - bits) | 3 << (bits - 2) | 1


def prime_behind(n):
    n |= 1
    left = [n % p for p in SMALL]
    step = 0
    while True:
        if all((r + step) % p for r, p in zip(left, SMALL)) and is_prime(n + step):
            return n + step
        step += 2


def modulus(bits):
    p = prime_behind(number(bits // 2, "p%d" % bits))
    q = prime_behind(number(bits - bits // 2, "q%d" % bits))
    assert (p * q).bit_length() == bits
    return p * q


def patterned(bits, zeros):
    """one whose upper half ends in a run of zeros"""
    p = prime_behind(number(bits // 2, "pattern"))
    high = number(bits // 2 - zeros, "high") + 1 << zeros + bits // 2
    n = p * prime_behind(high // p)
    assert n.bit_length() == bits
    return n


if __name__ == "__main__":
    with open(os.path.join(HERE, "moduli.txt"), "w") as out:
        print("# made by moduli.py: what it is, n", file=out)
        for bits in (2048, 2049, 2056, 8192):
            print(bits, "%x" % modulus(bits), file=out)
        print("pattern", "%x" % patterned(2048, 800), file=out)
