#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""moduli.py make   prints moduli for the rules that look at the digits of n: NAME, n in hex. The same ones every time."""
import os
import random
import sys

import bignum

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "moduli.txt")


def polynomial_prime(rng, base_bits, degree, top, coefficient_bits):
    """A prime f(2^base_bits) with small coefficients: the product of two has gaps in all its digits to that base."""
    while True:
        digits = [rng.getrandbits(coefficient_bits) | 1] + [rng.getrandbits(coefficient_bits) for _ in range(degree - 1)] + [top]
        n = sum(d << base_bits * i for i, d in enumerate(digits))
        if bignum.is_prime(n):
            return n


def percent(n):
    return n.bit_count() * 100 // n.bit_length()


def weighed(rng, bits, high, low):
    """Nobody's product: the upper and the lower half have these percentages of one bits, and no arithmetic finds a thing."""
    half = bits // 2
    while True:
        places = [half - 1] + rng.sample(range(half - 1), half * high // 100 - 1)
        upper = sum(1 << p for p in places)
        lower = 1 | sum(1 << p for p in [half - 1] + rng.sample(range(1, half - 1), half * low // 100 - 2))
        n = upper << half | lower
        if bignum.small_factor(n) is None and bignum.judge_rsa(n) is None:
            return n


def moduli():
    rng = random.Random("keyaudit moduli 1")
    prime = lambda bits: bignum.random_prime(rng, bits)
    for bits in (2040, 2047, 2048, 2049, 2055, 2056, 3071, 3072):
        while True:
            n = prime(bits // 2) * prime(bits - bits // 2)
            if n.bit_length() == bits:
                break
        yield f"size-{bits}", n
    p, q = (polynomial_prime(rng, 128, 8, top, 5) for top in (0xb5, 0xd3))
    yield "poly-128", p * q
    p, q = (polynomial_prime(rng, 32, 32, top, 6) for top in (0xb5, 0xd3))
    yield "poly-32", p * q
    yield "poly-of-1", p * bignum.random_prime(rng, 1032)
    for high, low in ((39, 39), (40, 40), (41, 41), (60, 60), (61, 61), (62, 62), (30, 45), (45, 30)):
        yield f"weight-{high}-{low}", weighed(rng, 2048, high + 1, low + 1) if high == low else weighed(rng, 2048, high, low)
    shared = prime(1024)
    yield "shared-1", shared * prime(1024)
    yield "shared-2", shared * prime(1024)


def load():
    with open(FILE) as f:
        return {name: int(n, 16) for name, n in (line.split() for line in f if not line.startswith("#"))}


if __name__ == "__main__":
    if sys.argv[1:] != ["make"]:
        sys.exit(__doc__)
    print("# made by tests/vectors/moduli.py: NAME, n")
    for name, n in moduli():
        print(name, format(n, "x"))
