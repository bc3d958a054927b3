#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""rsa.py make            prints vectors of the rules that need large numbers: ID or "ok", the modulus in hex, what it is
rsa.py check FILE VET  asks authkeys-vet and the arithmetic of bignum.py about each of them: both must say what stands there

Each rule has moduli that it must find and, beside each, the nearest ones that it must let pass."""
import base64
import math
import random
import subprocess
import sys

import bignum


def close_pair(rng, bits, steps):
    """p and q whose sum is 2*(ceil(root(n)) + steps): found in round number steps, counted from 0."""
    half = bits // 2
    p = bignum.random_prime(rng, half)
    # with q = p + d: (p+q)/2 - root(n) is about d*d / (8*root(n))
    gap = math.isqrt(8 * steps * p + (4 * p if steps else 0))
    q = bignum.next_prime(p + gap)
    n = p * q
    return n, (p + q) // 2 - (math.isqrt(n - 1) + 1)


def vectors():
    rng = random.Random("keyaudit rsa vectors 1")
    prime = lambda bits: bignum.random_prime(rng, bits)

    for bits in (1024, 2048, 3072, 4096):
        yield "ok", prime(bits // 2) * prime(bits // 2), f"two primes, {bits} bits"
    yield "ok", prime(1024) * prime(1023), "two primes, a bit short"
    yield "ok", prime(683) * prime(683) * prime(682), "three primes"

    for bits in (512, 1024, 2048):
        p, q = bignum.roca_prime(rng, bits // 2), bignum.roca_prime(rng, bits // 2)
        yield "key.rsa-roca", p * q, f"both primes of that form, {bits} bits"
        yield "ok", p * prime(bits // 2), "one of them, and another prime"
    m = bignum.ROCA_M
    for i in range(2):  # passes the filter of 17 primes and is none: another residue modulo one of the 13 parts
        while True:
            n = rng.getrandbits(2047) | 1 << 2047 | 1
            n += pow(65537, rng.getrandbits(200), m) - n % m
            n += m // 167 * rng.randrange(1, 167) * 2
            if n % 2 and not bignum.is_roca(n) and not bignum.small_factor(n):
                break
        yield "ok", n, "a power of 65537 modulo all of those primes but 167"

    for bits in (1024, 2048, 4096):
        p = prime(bits // 2)
        yield "key.rsa-fermat", p * p, f"a square, {bits} bits"
        yield "key.rsa-fermat", p * bignum.next_prime(p + 2), "neighbours"
        n, at = close_pair(rng, bits, 500)
        assert 100 < at < 1000, at
        yield "key.rsa-fermat", n, f"found in round {at + 1}"
        n, at = close_pair(rng, bits, 1500)
        assert at >= 1000, at
        yield "ok", n, f"close, and found in round {at + 1} only"

    for factor in (3, 5, 751, 757, 32771, 65521, 65537):
        yield "key.rsa-small-factor", factor * prime(2048 - factor.bit_length()), f"a multiple of {factor}"
    yield "key.rsa-small-factor", 65537 * 65521 * prime(2016), "a multiple of 65521 and 65537"
    for factor in (65539, 65543, 4294967291):
        yield "ok", factor * prime(2048 - factor.bit_length()), f"a multiple of {factor}, which is not small"

    for bits in (1024, 2048, 4096):
        yield "key.rsa-n-prime", prime(bits), f"a prime, {bits} bits"
    yield "key.rsa-n-prime", 2 ** 2203 - 1, "a prime of Mersenne's"
    yield "key.rsa-n-power", prime(683) ** 3, "a third power"
    yield "key.rsa-n-power", prime(410) ** 5, "a fifth power"
    yield "key.rsa-n-power", prime(22) ** 93, "the 93rd power of a small prime"
    yield "key.rsa-n-power", bignum.next_prime(65537 + 1) ** 63, "a power of the first prime that is not small"
    yield "key.rsa-fermat", prime(22) ** 94, "the 94th power of a small prime: a square"
    yield "ok", prime(700) ** 2 * prime(700), "a square and another prime"


def mpint(n):
    b = n.to_bytes(n.bit_length() // 8 + 1, "big")
    return len(b).to_bytes(4, "big") + b


def blob(n):
    name = b"ssh-rsa"
    return base64.b64encode(len(name).to_bytes(4, "big") + name + mpint(65537) + mpint(n)).decode()


def check(path, program):
    rows = [line.rstrip("\n").split(" ", 2) for line in open(path) if not line.startswith("#")]
    asked = "".join(blob(int(row[1], 16)) + "\n" for row in rows)
    said = subprocess.run([program], input=asked, capture_output=True, text=True, check=True).stdout.splitlines()
    wrong = 0
    for (want, hexa, what), answer in zip(rows, said, strict=True):
        words = answer.split(" ")
        got = "ok" if answer == "ok" else words[1] if words[0] == "bad" else answer
        oracle = bignum.judge_rsa(int(hexa, 16)) or "ok"
        if got != want or oracle != want:
            wrong += 1
            print(f"not ok {what}: {want} wanted, authkeys-vet says {got}, the oracle {oracle}")
        if got == "key.rsa-small-factor" and int(words[2]) != bignum.small_factor(int(hexa, 16)):
            wrong += 1
            print(f"not ok {what}: authkeys-vet names {words[2]}")
    print(f"rsa: {len(rows) - wrong} right of {len(rows)}")
    return 1 if wrong or not rows else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["make"]:
        print("# made by tests/vectors/rsa.py: ID or ok, n, what it is")
        for want, n, what in vectors():
            print(want, format(n, "x"), what)
    elif len(sys.argv) == 4 and sys.argv[1] == "check":
        sys.exit(check(sys.argv[2], sys.argv[3]))
    else:
        sys.exit(__doc__)
