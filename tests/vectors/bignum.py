# SPDX-License-Identifier: ISC
"""Whole numbers for the vectors: primes of a shape, and the judge's rules once more, by other ways than the C code has."""
import functools
import math

ROCA_PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
               113, 127, 131, 137, 139, 149, 151, 157, 163, 167]
ROCA_M = math.prod(ROCA_PRIMES)


def small_primes(limit):
    sieve = bytearray([1]) * (limit + 1)
    sieve[0:2] = b"\0\0"
    for p in range(2, math.isqrt(limit) + 1):
        if sieve[p]:
            sieve[p * p::p] = bytes(len(range(p * p, limit + 1, p)))
    return [i for i, is_prime in enumerate(sieve) if is_prime]


SMALL = small_primes(65537)


def is_prime(n, rounds=8):
    """Miller and Rabin, with the first primes as bases."""
    if n < 2:
        return False
    for p in SMALL[:60]:
        if n % p == 0:
            return n == p
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for base in SMALL[:rounds]:
        x = pow(base, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def next_prime(n):
    n |= 1
    while not is_prime(n):
        n += 2
    return n


def random_prime(rng, bits):
    """The two highest bits are set, so that a product of two has all its bits."""
    while True:
        n = rng.getrandbits(bits) | 3 << (bits - 2) | 1
        if is_prime(n):
            return n


def roca_prime(rng, bits):
    """k*M + (65537^a mod M), as the library of CVE-2017-15361 drew them; M is as large as the size allows."""
    primes = {256: 39, 512: 71, 1024: 126}[bits]
    m = math.prod(small_primes(1000)[:primes])
    while True:
        k = rng.getrandbits(bits - m.bit_length() + 1)
        p = k * m + pow(65537, rng.getrandbits(256), m)
        if p.bit_length() == bits and p >> (bits - 2) == 3 and is_prime(p):
            return p


def root(n, k):
    """The largest r with r^k <= n, by Newton's way from above."""
    r = 1 << -(-n.bit_length() // k)
    while True:
        lower = ((k - 1) * r + n // r ** (k - 1)) // k
        if lower >= r:
            return r
        r = lower


# ---- the rules ----

def is_roca(n):
    """Is n a power of 65537 modulo each prime up to 167, and modulo their product? The exponents must agree (Chinese remainders)."""
    residue, modulus = 0, 1
    for p in ROCA_PRIMES:
        v, order, log = 1 % p, 0, None
        while True:
            if v == n % p and log is None:
                log = order
            v, order = v * 65537 % p, order + 1
            if v == 1 % p:
                break
        if log is None:
            return False
        g = math.gcd(modulus, order)
        if (log - residue) % g:
            return False
        step = (log - residue) // g * pow(modulus // g, -1, order // g) % (order // g) if order > g else 0
        residue, modulus = residue + modulus * step, modulus * order // g
        residue %= modulus
    return True


SQUARES = 64 * 45045
IS_SQUARE = bytearray(SQUARES)
for i in range(SQUARES):
    IS_SQUARE[i * i % SQUARES] = 1


def is_close(n, rounds=1000):
    a = math.isqrt(n - 1) + 1
    rest = a * a - n
    for _ in range(rounds + (rest == 0)):
        if IS_SQUARE[rest % SQUARES] and math.isqrt(rest) ** 2 == rest:
            return True
        rest += 2 * a + 1
        a += 1
    return False


ODD_SMALL = math.prod(SMALL[1:])


def small_factor(n):
    """The smallest odd one; most have none or a small one, so one division of a large product tells first."""
    common = math.gcd(ODD_SMALL % n, n)
    return None if common == 1 else next(p for p in SMALL[1:] if common % p == 0)


def is_power(n):
    return any(root(n, k) ** k == n for k in SMALL if k <= n.bit_length() // 16)


@functools.cache
def has_small_d(n, e):
    """Is the denominator of a convergent k/d of e/n a private exponent, but for a small factor? It must undo e on a power of 2."""
    a, b, k_before, k, d_before, d = e, n, 0, 1, 1, 0
    while b and d ** 4 <= 2 ** 8 * n:
        k_before, k = k, a // b * k + k_before
        d_before, d = d, a // b * d + d_before
        a, b = b, a % b
        # (p-1)(q-1) is n but for the sum of two primes of about one size
        if k and 0 < n - (e * d - 1) // k < 8 * math.isqrt(n) and pow(2, e * d, n) in [pow(2, i, n) for i in range(1, 65)]:
            return True
    return False


def judge_rsa(n, e=65537):
    """The id of the first rule that finds something, in the order of the judge; None."""
    if is_roca(n):
        return "key.rsa-roca"
    if is_close(n):
        return "key.rsa-fermat"
    if small_factor(n):
        return "key.rsa-small-factor"
    if is_prime(n):
        return "key.rsa-n-prime"
    if is_power(n):
        return "key.rsa-n-power"
    if e.bit_length() > 32 and has_small_d(n, e):
        return "key.rsa-small-d"
    return None
