# SPDX-License-Identifier: ISC
"""The judge's rules about one key once more, with Python's whole numbers: written from docs/reasons.md, shares nothing with the C code.

judge() names every reason that the numbers of a key give by the default policy. Lists of published keys are data and no
arithmetic, so of those only what can be computed is known here: tiny private numbers, the base point, simple seeds.
"""
import fnmatch
import functools
import math

import bignum
import curves
import wire

RSA_MIN, RSA_MAX, RSA_HARD_MAX, E_BITS_MAX = 2048, 8192, 16384, 32

# RFC 8032 7.1, the first three
PRINTED_SEEDS = [bytes.fromhex(seed) for seed in (
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")]
# a table, or the site's own data
DATA = {"key.known-compromised", "key.rsa-shared-prime"}


@functools.cache
def trivial_ed25519():
    seeds = [bytes([i]) * 32 for i in range(256)] + [bytes(range(32)), bytes(range(1, 33)), *PRINTED_SEEDS]
    base = curves.B
    return {curves.ed_public(s) for s in seeds} | {curves.ed_encode(base), curves.ed_encode(curves.ed_neg(base))}


@functools.cache
def trivial_x(curve):
    return {curves.ec_mul(curve, k)[0] for k in range(1, 65)}


def judge_ed25519(pk):
    point, canonical = curves.ed_decode(pk)
    if not canonical:
        return ["key.ed25519-non-canonical"]
    if point is None:
        return ["key.ed25519-off-curve"]
    if curves.ed_is_identity(curves.ed_mul(8, point)):
        return ["key.ed25519-low-order"]
    if not curves.ed_is_identity(curves.ed_mul(curves.L, point)):
        return ["key.ed25519-mixed-order"]
    return ["key.ed25519-trivial"] if pk in trivial_ed25519() else []


def judge_point(curve, point):
    return [] if curves.ec_is_on(curve, point) and curves.ec_is_usual(curve, point) else ["key.ecdsa-point-invalid"]


def judge_ecdsa(curve, point):
    if int.from_bytes(point[1:1 + len(point) // 2], "big") in trivial_x(curve):
        return ["key.ecdsa-trivial"]  # by x alone, before arithmetic is asked
    return judge_point(curve, point)


def percent(n):
    return n.bit_count() * 100 // n.bit_length() if n else 0


def judge_weight(n):
    bits, found = n.bit_length(), []
    share = percent(n)
    if bits >= 500 and share < 40 and percent(n % (1 << bits // 2)) < 40:
        found.append("key.rsa-poly")
    slack = 10 if bits > 2000 else 12
    if bits > 1000 and not 50 - slack < share <= 50 + slack:
        found.append("key.rsa-pattern")
    return found


def judge_rsa(n, e):
    bits, found = n.bit_length(), []
    if bits > RSA_HARD_MAX:
        return ["key.rsa-too-long"]
    found += ["key.rsa-too-short"] if bits < RSA_MIN else []
    found += ["key.rsa-too-long"] if bits > RSA_MAX else []
    found += ["key.rsa-odd-size"] if bits % 8 else []
    if e < 3 or e % 2 == 0 or e >= n:
        found.append("key.rsa-e-invalid")
    elif e.bit_length() > E_BITS_MAX:
        found.append("key.rsa-e-too-large")
    elif e < 65537:
        found.append("key.rsa-e-small")
    return found + (judge_weight(n) if n % 2 else ["key.rsa-n-even"])


def judge(blob, word=None, refused=lambda reason: True, product=1):
    """All reasons of a plain key. refused(reason): would it refuse the key? Then no arithmetic is asked any more.

    product: of the primes that others are known to have."""
    reason, key = wire.read(blob, word)
    if reason:
        return [reason]
    kind, found = key["kind"], []
    if kind == "dsa":
        return ["key.type-dsa", "policy.type-not-allowed"]
    if "application" in key and not is_application(key["application"]):
        found.append("policy.sk-application")
    if kind == "ed25519":
        return found + judge_ed25519(key["pk"])
    if kind == "ecdsa":
        return found + judge_ecdsa(key["curve"], key["pk"])
    found += judge_rsa(key["n"], key["e"])
    if not any(refused(r) for r in found):
        of_itself = bignum.judge_rsa(key["n"], key["e"])
        if of_itself or math.gcd(key["n"], product) > 1:
            found.append(of_itself or "key.rsa-shared-prime")
    return found


def is_application(text):
    return len(text) <= 255 and all(0x21 <= c <= 0x7e for c in text) and fnmatch.fnmatchcase(text.decode("latin-1"), "ssh:*")
