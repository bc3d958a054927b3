# SPDX-License-Identifier: ISC
"""The vectors: for each reason lines that must give it and, beside them, the nearest ones that must not.

rows() yields Row. What is wanted is written here by hand: the reason that the row is about, whether the line gives it, and
the verdict. Which other reasons a key gives is asked of oracle.py. The folders of tests/cases are rows as well.
"""
import base64
import collections
import hashlib
import os
import re
import time

import curves
import honest
import moduli
import oracle
import smalld
import wire

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "..", "cases")
# about: a reason; gives: must the line give it; verdict: the key's; line: bytes; policy: text of [policy], or "";
# others: every reason that the line gives, where the oracle does not know it; else None; what: for people
Row = collections.namedtuple("Row", "about gives verdict line policy others what")

# What these stand on does not hold still: their lines are made from today's date, below.
BY_DATE = {"cert.expired", "cert.not-yet-valid", "option.expired"}


def row(about, gives, line, what, verdict=None):
    line = wire.line(line) if isinstance(line, bytes) else line
    return Row(about, gives, verdict or ("reject" if gives else "accept"), line.encode("latin-1"), "", None, what)


# ---- good keys ----

def ed_pk(label):
    return curves.ed_public(hashlib.sha256(b"keyaudit vectors " + label.encode()).digest())


ZERO_LABEL = "zero130"  # its first byte is zero


def ec_key(curve, label="a"):
    return curves.ec_point(curve, *curves.ec_mul(curve, int.from_bytes(hashlib.sha512(label.encode()).digest()[:30], "big")))


ED = ed_pk("a")
EC = {curve: ec_key(curve) for curve in curves.CURVES}
N = moduli.load()
RSA = N["size-2048"]
GOOD = {
    "ssh-ed25519": wire.ed25519(ED), "sk-ssh-ed25519@openssh.com": wire.sk_ed25519(ED),
    "ecdsa-sha2-nistp256": wire.ecdsa("nistp256", EC["nistp256"]), "ecdsa-sha2-nistp384": wire.ecdsa("nistp384", EC["nistp384"]),
    "ecdsa-sha2-nistp521": wire.ecdsa("nistp521", EC["nistp521"]), "sk-ecdsa-sha2-nistp256@openssh.com": wire.sk_ecdsa(EC["nistp256"]),
    "ssh-rsa": wire.rsa(RSA),
}


def mp(n):
    return wire.mpint(n)[4:]


# ---- form ----

def forms():
    for name, blob in GOOD.items():
        for about in ("key.type-unknown", "key.type-mismatch", "key.blob-truncated", "key.blob-trailing"):
            yield row(about, False, blob, name)
        yield row("key.type-unknown", True, wire.line(blob, name.upper()), f"{name} in capitals")
        yield row("key.type-mismatch", True, wire.line(blob, "ssh-dss" if name != "ssh-dss" else "ssh-rsa"), f"{name} under another name")
        inner = wire.string(name + "\0") + blob[4 + len(name):]
        yield row("key.type-mismatch", True, wire.line(inner, name), f"a NUL behind the inner {name}")
        yield row("key.blob-truncated", True, wire.line(blob[:-1], name), f"{name} without its last byte")
        yield row("key.blob-truncated", True, wire.line(blob[:4 + len(name)], name), f"{name} and nothing behind the name")
        yield row("key.blob-trailing", True, wire.line(blob + b"\0", name), f"{name} and a byte more")
        yield row("key.blob-trailing", True, wire.line(blob + wire.string(b""), name), f"{name} and an empty field more")
    for name in ("rsa-sha2-256", "rsa-sha2-512"):
        yield row("key.type-unknown", True, wire.line(GOOD["ssh-rsa"], name), "a signature's name before the key")
        yield row("key.type-unknown", True, wire.blob(name, 65537, RSA), "a signature's name in both places")
    for name in ("webauthn-sk-ecdsa-sha2-nistp256@openssh.com", "ssh-mldsa44-ed25519@openssh.com", "ssh-xmss@openssh.com", "x"):
        yield row("key.type-unknown", True, wire.blob(name, ED), "not a type of ours")
    for application, gives in ((b"ssh:", False), (b"ssh:\0", True), (b"\0", True), (b"ssh:\0x", True)):
        yield row("key.blob-not-canonical", gives, wire.sk_ed25519(ED, application), f"application {application}")
        yield row("key.blob-not-canonical", gives, wire.sk_ecdsa(EC["nistp256"], application), f"application {application}")
    with open(os.path.join(HERE, "..", "data", "keys", "dsa.pub")) as f:
        yield row("key.type-dsa", True, " ".join(f.read().split()[:2]), "a DSA key")
    yield row("key.type-dsa", False, GOOD["ssh-rsa"], "an RSA key")
    for bad in (b"", b"https://example.com", b"SSH:", b"ssh", b"ssh:a b", b"ssh:\x7f", b"ssh:\xe9", b"ssh:" + b"x" * 252):
        yield row("policy.sk-application", True, wire.sk_ed25519(ED, bad), f"application {bad[:20]}")
        yield row("policy.sk-application", True, wire.sk_ecdsa(EC["nistp256"], bad), f"application {bad[:20]}")
    for fine in (b"ssh:", b"ssh:work", b"ssh:" + b"x" * 251):
        yield row("policy.sk-application", False, wire.sk_ed25519(ED, fine), f"application {fine[:20]}")


# ---- RSA ----

def rsa_numbers():
    e, n = mp(65537), mp(RSA)
    fine = row("key.mpint-negative", False, GOOD["ssh-rsa"], "both numbers as they should be")
    yield fine
    yield row("key.mpint-negative", True, wire.blob("ssh-rsa", e, n[1:]), "n without its zero byte")
    yield row("key.mpint-negative", True, wire.blob("ssh-rsa", b"\x80\0\1", n), "e with its highest bit")
    for about in ("key.mpint-not-minimal", "key.mpint-zero"):
        yield fine._replace(about=about)
    yield row("key.mpint-not-minimal", False, wire.rsa(RSA, 2 ** 32 - 1), "e = 2^32-1, whose zero byte is needed")
    for zeros in (1, 2, 200):
        yield row("key.mpint-not-minimal", True, wire.blob("ssh-rsa", bytes(zeros) + e, n), f"{zeros} zeros before e")
        yield row("key.mpint-not-minimal", True, wire.blob("ssh-rsa", e, bytes(zeros) + n), f"{zeros} zeros before n")
    yield row("key.mpint-not-minimal", True, wire.blob("ssh-rsa", b"\0", n), "e is a zero byte")
    yield row("key.mpint-zero", True, wire.blob("ssh-rsa", b"", n), "e is nothing")
    yield row("key.mpint-zero", True, wire.blob("ssh-rsa", e, b""), "n is nothing")

    for bits in (2040, 2047, 2048, 2049):
        yield row("key.rsa-too-short", bits < 2048, wire.rsa(N[f"size-{bits}"]), f"{bits} bits", "warn" if bits == 2049 else None)
    for bits in (8193, 8200, 16384, 16385, 20000):
        yield row("key.rsa-too-long", True, wire.rsa((1 << bits - 1) + 15), f"{bits} bits")
    for blob in honest.of("rsa-8192")[:1]:
        yield row("key.rsa-too-long", False, blob, "8192 bits")
    for bits in (2048, 2049, 2055, 2056, 3071, 3072):
        yield row("key.rsa-odd-size", bits % 8 != 0, wire.rsa(N[f"size-{bits}"]), f"{bits} bits", "warn" if bits % 8 else None)

    for bad in (1, 2, 4, 65536, 65538, RSA, RSA + 2):
        yield row("key.rsa-e-invalid", True, wire.rsa(RSA, bad), f"e = {bad if bad < 2 ** 64 else 'n and more'}")
    yield row("key.rsa-e-invalid", False, wire.rsa(RSA, 3), "e = 3", "warn")
    yield row("key.rsa-e-invalid", False, wire.rsa(RSA, RSA - 2), "e = n-2", "reject")
    for small in (3, 17, 35, 65535):
        yield row("key.rsa-e-small", True, wire.rsa(RSA, small), f"e = {small}", "warn")
    for fine in (65537, 65539, 2 ** 31 + 1, 2 ** 32 - 1):
        yield row("key.rsa-e-small", False, wire.rsa(RSA, fine), f"e = {fine}")
        yield row("key.rsa-e-too-large", False, wire.rsa(RSA, fine), f"e = {fine}")
    for large in (2 ** 32 + 1, 2 ** 64 + 1, RSA - 2):
        yield row("key.rsa-e-too-large", True, wire.rsa(RSA, large), f"e of {large.bit_length()} bits")
    yield row("key.rsa-n-even", True, wire.rsa(RSA - 1), "n - 1")
    yield row("key.rsa-n-even", True, wire.rsa(1 << 2047), "2^2047")
    yield row("key.rsa-n-even", False, wire.rsa(RSA), "n")


def rsa_weights():
    poly = {"poly-128": True, "poly-32": True, "poly-of-1": False, "weight-39-39": True, "weight-40-40": False,
            "weight-41-41": False, "weight-30-45": False, "weight-45-30": True}
    pattern = {"weight-40-40": True, "weight-41-41": False, "weight-60-60": False, "weight-61-61": True, "weight-62-62": True,
               "weight-30-45": True, "size-2048": False}
    for name, gives in poly.items():
        yield row("key.rsa-poly", gives, wire.rsa(N[name]), name, None if gives or not pattern.get(name) else "warn")
    for name, gives in pattern.items():
        yield row("key.rsa-pattern", gives, wire.rsa(N[name]), name, "warn" if gives else None)


def rsa_arithmetic():
    """The moduli of rsa.txt that are long enough for the policy."""
    with open(os.path.join(HERE, "rsa.txt")) as f:
        rows = [text.rstrip("\n").split(" ", 2) for text in f if not text.startswith("#")]
    last = "key.rsa-roca"
    for want, n, what in rows:
        n = int(n, 16)
        last = want if want != "ok" else last
        if n.bit_length() < 2048:
            continue
        yield row(last, want != "ok", wire.rsa(n), what, None if want != "ok" else "warn" if n.bit_length() % 8 else "accept")


SMALL_D = "[policy]\nseverity.key.rsa-e-too-large = off\nseverity.key.rsa-small-d = reject\n"


def rsa_small_d():
    """Off unless the policy says so, and every exponent that it can be about is refused by its size."""
    for gives, n, e, what in smalld.load():
        if n.bit_length() >= 2048:
            yield Row("key.rsa-small-d", gives, "reject" if gives else "accept", wire.line(wire.rsa(n, e)).encode(), SMALL_D,
                      ["key.rsa-small-d"] if gives else [], what)


# ---- points ----

def ed25519_points():
    both = lambda about, gives, pk, what: [row(about, gives, wire.ed25519(pk), what), row(about, gives, wire.sk_ed25519(pk), "sk: " + what)]
    for pk in (b"", ED[:31], ED + b"\0"):
        yield from both("key.ed25519-length", True, pk, f"{len(pk)} bytes")
    yield from both("key.ed25519-length", False, ED, "32 bytes")
    p, torsion = curves.P, curves.ed_torsion()
    for y in range(p, 2 ** 255):
        for sign in (0, 1):
            pk = (y | sign << 255).to_bytes(32, "little")
            yield from both("key.ed25519-non-canonical", True, pk, f"y = p+{y - p}, sign {sign}")
    for y in (1, p - 1):
        yield from both("key.ed25519-non-canonical", True, (y | 1 << 255).to_bytes(32, "little"), "x = 0 with a sign")
    on, off = [], []
    for y in range(2, 40):
        pk = (p - y).to_bytes(32, "little")
        (on if curves.ed_decode(pk)[0] else off).append(pk)
    for pk in off:
        yield from both("key.ed25519-off-curve", True, pk, "a large y without an x")
    for t in torsion:
        yield from both("key.ed25519-low-order", True, curves.ed_encode(t), "a point whose order divides 8")
    # points of all eight cosets; those of the prime-order group are eight times one
    for pk in on[:6]:
        a = curves.ed_mul(8, curves.ed_decode(pk)[0])
        for about in ("key.ed25519-non-canonical", "key.ed25519-low-order", "key.ed25519-off-curve", "key.ed25519-mixed-order"):
            yield from both(about, False, curves.ed_encode(a), "eight times a point")
        for t in torsion[1:]:
            yield from both("key.ed25519-mixed-order", True, curves.ed_encode(curves.ed_add(a, t)), "and a point whose order divides 8")
    for k in (1, curves.L - 1):
        yield from both("key.ed25519-trivial", True, curves.ed_encode(curves.ed_mul(k, curves.B)), "the base point")
    for k in (2, 3, curves.L - 2):
        yield from both("key.ed25519-trivial", False, curves.ed_encode(curves.ed_mul(k, curves.B)), "a multiple of the base point")
    for seed in (bytes(32), b"\xff" * 32, b"A" * 32, bytes(range(32)), bytes(range(1, 33)), *oracle.PRINTED_SEEDS):
        yield from both("key.ed25519-trivial", True, curves.ed_public(seed), "a seed that everybody knows")
    yield from both("key.ed25519-trivial", False, curves.ed_public(b"A" * 31 + b"B"), "a seed like one of those")


def small_x(curve, x=0):
    """The smallest x from there on that has a point."""
    while curves.ec_y(curve, x) is None:
        x += 1
    return x


def ecdsa_points():
    for curve, good in EC.items():
        p, size = curves.CURVES[curve][0], (len(good) - 1) // 2
        x, y = int.from_bytes(good[1:1 + size], "big"), int.from_bytes(good[1 + size:], "big")
        name = "ecdsa-sha2-" + curve
        forms = [lambda c, q, name=name: wire.blob(name, c, q)]
        if curve == "nistp256":
            forms.append(lambda c, q: wire.blob("sk-ecdsa-sha2-nistp256@openssh.com", c, q, "ssh:"))
        for made in forms:
            for other in ("nistp256", "nistp384", "nistp521", curve + "\0", curve.upper(), "", "prime256v1", "1.3.132.0.34"):
                if other != curve:
                    yield row("key.ecdsa-curve-mismatch", True, made(other, good), f"{curve}: it says {other!r}")
            for about in ("key.ecdsa-curve-mismatch", "key.ecdsa-point-length", "key.ecdsa-point-format", "key.ecdsa-point-invalid"):
                yield row(about, False, made(curve, good), curve)
            for point in (b"", b"\0", good[:-1], good + b"\0", b"\2" + good[1:1 + size], b"\3" + good[1:1 + size]):
                yield row("key.ecdsa-point-length", True, made(curve, point), f"{curve}: {len(point)} bytes")
            for first in (0, 2, 3, 5, 6, 7, 0x84):
                yield row("key.ecdsa-point-format", True, made(curve, bytes([first]) + good[1:]), f"{curve}: first byte {first}")
            raw = lambda x, y: b"\4" + x.to_bytes(size, "big") + y.to_bytes(size, "big")
            wrong = [(x, (y + 1) % p), (x, y ^ 1), ((x + 1) % p, y), (0, 0), (x, 0), (y, x)]
            if y + p < 1 << 8 * size:
                wrong.append((x, y + p))
            sx = small_x(curve)
            sy = curves.ec_y(curve, sx)
            wrong += [(sx + p, sy)] if sx + p < 1 << 8 * size else []
            twist = next(v for v in range(2, 99) if curves.ec_y(curve, v) is None)
            wrong += [(twist, v) for v in (0, 1, p - 1)]
            for a, b in wrong:
                yield row("key.ecdsa-point-invalid", True, made(curve, raw(a, b)), f"{curve}: not a point")
            yield row("key.ecdsa-point-invalid", False, made(curve, raw(x, p - y)), f"{curve}: the point on the other side")
            half = (curves.ORDERS[curve].bit_length()) // 2
            for start, gives in ((0, True), (1 << half - 1, True), ((1 << half) - 40, True), (1 << half, False), (curves.ORDERS[curve] - 99, False),
                                 (curves.ORDERS[curve] - 1, True)):
                a = small_x(curve, start)
                yield row("key.ecdsa-point-invalid", gives, made(curve, raw(a, curves.ec_y(curve, a))), f"{curve}: x = {a:#x}")
            for k in (1, 2, 63, 64):
                px, py = curves.ec_mul(curve, k)
                yield row("key.ecdsa-trivial", True, made(curve, raw(px, py)), f"{curve}: private number {k}")
                yield row("key.ecdsa-trivial", True, made(curve, raw(px, p - py)), f"{curve}: private number -{k}")
            yield row("key.ecdsa-trivial", False, made(curve, raw(*curves.ec_mul(curve, 65))), f"{curve}: private number 65")


# ---- what depends on today ----

def certificate_for(authority, after=0, before=2 ** 64 - 1):
    """All of it but the signature."""
    blob = wire.blob("ssh-ed25519-cert-v01@openssh.com", bytes(32), ED) + (7).to_bytes(8, "big") + (1).to_bytes(4, "big")
    blob += wire.string("id") + wire.string(wire.string("alice")) + after.to_bytes(8, "big") + before.to_bytes(8, "big")
    return blob + wire.string(b"") * 3 + wire.string(authority)


def certificate(after, before):
    return certificate_for(wire.ed25519(ed_pk("ca")), after, before) + wire.string(wire.string("ssh-ed25519") + wire.string(bytes(64)))


def dated():
    now, day = int(time.time()), 86400
    for about, good, bad in (("cert.expired", (0, now + day), (0, now - day)), ("cert.not-yet-valid", (now - day, 2 ** 64 - 1), (now + day, 2 ** 64 - 1))):
        yield row(about, True, certificate(*bad), "a certificate with an end")
        yield row(about, False, certificate(*good), "a certificate with an end", "reject")
    line = wire.line(GOOD["ssh-ed25519"])
    for at, gives in ((now - 2 * day, True), (now + 2 * day, False)):
        yield row("option.expired", gives, time.strftime('expiry-time="%Y%m%d" ', time.gmtime(at)) + line, "expiry-time")


# ---- the folders of tests/cases ----

def folders():
    for name in sorted(os.listdir(CASES)):
        path = os.path.join(CASES, name)
        if name in BY_DATE or not os.path.exists(os.path.join(path, "input")):
            continue
        policy = ""
        if os.path.exists(os.path.join(path, "policy.conf")):
            policy = open(os.path.join(path, "policy.conf")).read()
        lines = open(os.path.join(path, "input"), "rb").read().split(b"\n")[:-1]
        for n, (line, want) in enumerate(zip(lines, open(os.path.join(path, "expected")).read().split("\n"))):
            verdict, _, reasons = want.partition(" ")
            reasons = [] if reasons in ("", "-") else reasons.split(",")
            yield Row(name, name in reasons, verdict, line, later(policy), reasons, f"tests/cases/{name} line {n + 1}")


def later(policy):
    """Dates far away, so that these lines are right whatever the clock says."""
    return re.sub(r'expiry-time="203', 'expiry-time="209', policy)


def blob_of(line):
    """The bytes of "TYPE BASE64" and nothing else; None for any other line."""
    words = line.split(b" ")
    if len(words) != 2 or line.startswith(b"#"):
        return None
    try:
        blob = base64.b64decode(words[1], validate=True)
    except ValueError:
        return None
    return blob if base64.b64encode(blob) == words[1] else None


def rows():
    for part in (forms, rsa_numbers, rsa_weights, rsa_arithmetic, rsa_small_d, ed25519_points, ecdsa_points, dated):
        yield from part()
    for r in folders():
        yield r._replace(line=re.sub(rb'expiry-time="203', b'expiry-time="209', r.line))
