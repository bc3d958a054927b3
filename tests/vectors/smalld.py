#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""smalld.py make   prints vectors of key.rsa-small-d: "yes" or "no", n and e in hex, what it is. The same ones every time.

"yes": there is a private exponent below n^(1/4) / 3. "no": the smallest one is well above that, or e is an ordinary one.
"""
import math
import os
import random
import sys

import bignum

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "smalld.txt")


def exponent(rng, bits, modulus):
    """A number of that many bits that has an inverse, and the inverse."""
    while True:
        d = rng.getrandbits(bits) | 1 << (bits - 1) | 1
        if math.gcd(d, modulus) == 1:
            return pow(d, -1, modulus)


def vectors():
    rng = random.Random("keyaudit small d vectors 1")
    for size in (1024, 2048, 3072):
        p, q = bignum.random_prime(rng, size // 2), bignum.random_prime(rng, size // 2)
        n, phi = p * q, (p - 1) * (q - 1)
        least = phi // math.gcd(p - 1, q - 1)
        limit = bignum.root(n, 4) // 3
        for bits in (9, 17, 64, size // 8, limit.bit_length() - 1):
            yield "yes", n, exponent(rng, bits, phi), f"{size} bits, d of {bits}"
        d = limit | 1
        while math.gcd(d, phi) > 1:
            d -= 2
        yield "yes", n, pow(d, -1, phi), f"{size} bits, the largest d below the bound"
        yield "yes", n, exponent(rng, size // 5, least), f"{size} bits, d of {size // 5} modulo the least common multiple"
        for bits in (size // 4 + 24, size // 3, size // 2, size - 8):
            yield "no", n, exponent(rng, bits, phi), f"{size} bits, d of {bits}"
        yield "no", n, 65537, f"{size} bits, an ordinary e"
        yield "no", n, n - 2, f"{size} bits, e = n-2"
        yield "no", bignum.random_prime(rng, size // 2) * bignum.random_prime(rng, size // 2), exponent(rng, 64, phi), "e of another key"


def load():
    with open(FILE) as f:
        for line in f:
            if not line.startswith("#"):
                want, n, e, what = line.rstrip("\n").split(" ", 3)
                yield want == "yes", int(n, 16), int(e, 16), what


if __name__ == "__main__":
    if sys.argv[1:] != ["make"]:
        sys.exit(__doc__)
    print("# made by tests/vectors/smalld.py: yes or no, n, e, what it is")
    for want, n, e, what in vectors():
        if e < n:
            print(want, format(n, "x"), format(e, "x"), what)
