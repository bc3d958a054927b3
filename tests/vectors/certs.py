#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""certs.py make   prints certificates: the ID that refuses them or "ok", the certificate in base64, what it is
certs.py check FILE  asks ssh-keygen -L, which verifies signatures as it reads, about each of them: what stands there as genuine must be
                     shown, and what stands there as cert.signature-bad must not

Authorities of every type, their arithmetic done here with Python's integers; nothing random, so that the bytes are the same every
time. Judged in September 2026, for no user in particular. Each reason has a neighbour that it must let pass."""
import base64
import hashlib
import os
import random
import struct
import subprocess
import sys
import tempfile

import bignum

NOW = 1790000000


def s(b):
    b = b.encode() if isinstance(b, str) else bytes(b)
    return struct.pack(">I", len(b)) + b


def mp(n):
    b = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return s((b"\0" if b[:1] >= b"\x80" else b"") + b)


def number(label, size=32):
    return int.from_bytes(hashlib.shake_256(label.encode()).digest(size), "big")


# ---- Ed25519 (RFC 8032 5.1) ----
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
BY = 4 * pow(5, -1, P) % P


def recover(y, sign):
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return P - x if x & 1 != sign else x


B = (recover(BY, 0), BY)


def ed_add(p, q):
    t = D * p[0] * q[0] * p[1] * q[1] % P
    return ((p[0] * q[1] + q[0] * p[1]) * pow(1 + t, -1, P) % P, (p[1] * q[1] + p[0] * q[0]) * pow(1 - t, -1, P) % P)


def ed_mul(k, p):
    r = (0, 1)
    while k:
        if k & 1:
            r = ed_add(r, p)
        p, k = ed_add(p, p), k >> 1
    return r


def ed_encode(p):
    return (p[1] | (p[0] & 1) << 255).to_bytes(32, "little")


def little(b):
    return int.from_bytes(b, "little")


class Ed25519:
    name = "ssh-ed25519"
    application = None

    def __init__(self, label):
        h = hashlib.sha512(hashlib.sha256(label.encode()).digest()).digest()
        self.a = little(h[:32]) & (1 << 254) - 8 | 1 << 254
        self.prefix = h[32:]
        self.pk = ed_encode(ed_mul(self.a, B))

    def fields(self):
        return s(self.pk) + (s(self.application) if self.application is not None else b"")

    def blob(self):
        return s(self.name) + self.fields()

    def raw(self, message):
        r = little(hashlib.sha512(self.prefix + message).digest()) % L
        big_r = ed_encode(ed_mul(r, B))
        k = little(hashlib.sha512(big_r + self.pk + message).digest()) % L
        return big_r + ((r + k * self.a) % L).to_bytes(32, "little")

    def sign(self, message):
        return s(s(self.name) + s(self.raw(message)))


class Sk:
    """Mixed in before a key's class: what a security key signs."""
    application = "ssh:"
    flags = 1

    def sign(self, message):
        tail = struct.pack(">BI", self.flags, 9)
        sha = lambda b: hashlib.sha256(b).digest()
        return s(s(self.name) + s(self.raw(sha(self.application.encode()) + tail + sha(message))) + tail)


class SkEd25519(Sk, Ed25519):
    name = "sk-ssh-ed25519@openssh.com"


class Identity(Ed25519):
    """The point of order 1: R = 1, S = 0 is a signature of it on anything."""

    def __init__(self):
        self.pk = b"\1" + bytes(31)

    def raw(self, message):
        return b"\1" + bytes(63)


# ---- ECDSA (SEC 1): p, b, x and y of G, n, the hash ----
CURVES = {
    "nistp256": (2**256 - 2**224 + 2**192 + 2**96 - 1, 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b,
                 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
                 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5,
                 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551, hashlib.sha256),
    "nistp384": (2**384 - 2**128 - 2**96 + 2**32 - 1,
                 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef,
                 0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7,
                 0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f,
                 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973, hashlib.sha384),
    "nistp521": (2**521 - 1,
                 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00,
                 0xc6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66,
                 0x11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650,
                 0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409, hashlib.sha512),
}


class Ecdsa:
    curve, application = "nistp256", None

    def __init__(self, label):
        self.p, b, gx, gy, self.n, self.hash = CURVES[self.curve]
        assert (gy * gy - (gx**3 - 3 * gx + b)) % self.p == 0
        self.g = (gx, gy)
        self.d = number(label, 80) % (self.n - 1) + 1
        x, y = self.mul(self.d, self.g)
        size = (self.p.bit_length() + 7) // 8
        self.pk = b"\4" + x.to_bytes(size, "big") + y.to_bytes(size, "big")

    @property
    def name(self):
        return "ecdsa-sha2-" + self.curve

    def add(self, a, b):
        if a is None or b is None:
            return a or b
        if a == b:
            k = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, self.p)
        elif a[0] == b[0]:
            return None
        else:
            k = (b[1] - a[1]) * pow(b[0] - a[0], -1, self.p)
        x = (k * k - a[0] - b[0]) % self.p
        return x, (k * (a[0] - x) - a[1]) % self.p

    def mul(self, k, p):
        r = None
        while k:
            if k & 1:
                r = self.add(r, p)
            p, k = self.add(p, p), k >> 1
        return r

    def fields(self):
        return s(self.curve) + s(self.pk) + (s(self.application) if self.application is not None else b"")

    def blob(self):
        return s(self.name) + self.fields()

    def raw(self, message, hash=None):
        digest = (hash or self.hash)(message).digest()
        z = int.from_bytes(digest, "big") >> max(0, len(digest) * 8 - self.n.bit_length())
        k = number("nonce " + digest.hex() + str(self.d), 80) % (self.n - 1) + 1
        r = self.mul(k, self.g)[0] % self.n
        return mp(r) + mp((z + r * self.d) * pow(k, -1, self.n) % self.n)

    def sign(self, message):
        return s(s(self.name) + s(self.raw(message)))


class Ecdsa384(Ecdsa):
    curve = "nistp384"


class Ecdsa521(Ecdsa):
    curve = "nistp521"


class SkEcdsa(Sk, Ecdsa):
    name = "sk-ecdsa-sha2-nistp256@openssh.com"


# ---- RSA (RFC 8017 8.2) ----
HASHES = {"ssh-rsa": (hashlib.sha1, "3021300906052b0e03021a05000414"), "rsa-sha2-256": (hashlib.sha256, "3031300d060960864801650304020105000420"),
          "rsa-sha2-512": (hashlib.sha512, "3051300d060960864801650304020305000440")}


class Rsa:
    name = "ssh-rsa"

    def __init__(self, label, bits=2048, e=65537):
        rng = random.Random("keyaudit certs " + label)
        while True:
            p, q = bignum.random_prime(rng, bits // 2), bignum.random_prime(rng, bits // 2)
            if (p - 1) * (q - 1) % 65537:
                break
        self.n, self.e = p * q, e
        self.d = pow(e, -1, (p - 1) * (q - 1))

    def fields(self):
        return mp(self.e) + mp(self.n)

    def blob(self):
        return s(self.name) + self.fields()

    def raw(self, message, algorithm):
        hash, head = HASHES[algorithm]
        size = (self.n.bit_length() + 7) // 8
        body = bytes.fromhex(head) + hash(message).digest()
        padded = b"\0\1" + b"\xff" * (size - 3 - len(body)) + b"\0" + body
        return pow(int.from_bytes(padded, "big"), self.d, self.n).to_bytes(size, "big")

    def sign(self, message, algorithm="rsa-sha2-512"):
        return s(s(algorithm) + s(self.raw(message, algorithm)))


def cert(ca, key, kind=1, principals=s("alice"), after=0, before=2**64 - 1, critical=b"", extensions=b"", sign=None, blob=None):
    name = key.name.replace("@openssh.com", "") + "-cert-v01@openssh.com"
    body = s(name) + s(hashlib.sha256(b"nonce").digest()) + key.fields() + struct.pack(">QI", 7, kind) + s("id") + s(principals)
    body += struct.pack(">QQ", after, before) + s(critical) + s(extensions) + s(b"") + s(ca.blob() if blob is None else blob)
    return body + (sign or ca.sign)(body)


def vectors():
    ca, key = Ed25519("ca"), Ed25519("key")
    rsa, ec = Rsa("ca"), Ecdsa("ca")
    good = s("permit-pty") + s("")

    # authorities
    yield "ok", cert(ca, key, extensions=good), "an Ed25519 authority"
    yield "ok", cert(SkEd25519("ca"), key), "a security key, Ed25519"
    yield "ok", cert(ec, key), "P-256"
    yield "ok", cert(Ecdsa384("ca"), key), "P-384"
    yield "ok", cert(Ecdsa521("ca"), key), "P-521"
    yield "ok", cert(SkEcdsa("ca"), key), "a security key, P-256"
    yield "ok", cert(rsa, key), "RSA with SHA-512"
    yield "ok", cert(rsa, key, sign=lambda m: rsa.sign(m, "rsa-sha2-256")), "RSA with SHA-256"
    # subjects
    yield "ok", cert(ca, Rsa("key")), "an RSA key"
    yield "ok", cert(ca, Ecdsa384("key")), "a P-384 key"
    yield "ok", cert(ca, SkEd25519("key")), "a security key in it"

    yield "cert.malformed", cert(ca, key, kind=3), "type 3"
    yield "cert.malformed", cert(ca, key, principals=s("alice") * 257), "257 names"
    yield "ok", cert(ca, key, principals=s("alice") * 256), "256 names"
    yield "cert.malformed", cert(ca, key, principals=s("ali\0ce")), "NUL in a name"
    yield "cert.malformed", cert(ca, key, principals=s("alice") + b"\0\0\0\x09bob"), "names that end too early"
    yield "cert.malformed", cert(ca, key, critical=s("verify-required") + s("") + s("force-command") + s(s("true"))), "options not sorted"
    yield "cert.malformed", cert(ca, key, extensions=good + good), "an option twice"
    yield "ok", cert(ca, key, critical=s("force-command") + s(s("true")) + s("verify-required") + s("")), "two options in order"
    yield "cert.malformed", cert(ca, key, critical=s("force-command") + s(s("true") + b"x")), "text behind a command"
    yield "cert.malformed", cert(ca, key, critical=s("force-command") + s("true")), "a command without its length"
    yield "cert.malformed", cert(ca, key, critical=s("verify-required") + s("x")), "a value where none may be"
    yield "cert.malformed", cert(ca, key, blob=cert(ca, key)), "the authority is a certificate"
    yield "key.blob-trailing", cert(ca, key) + b"\0", "a byte behind it"
    yield "key.blob-truncated", cert(ca, key)[:-1], "a byte too few"

    yield "cert.host-type", cert(ca, key, kind=2), "a host certificate"
    yield "cert.not-yet-valid", cert(ca, key, after=NOW + 1), "in a second"
    yield "ok", cert(ca, key, after=NOW), "since now"
    yield "cert.expired", cert(ca, key, before=NOW), "until now"
    yield "ok", cert(ca, key, before=NOW + 1), "for a second"
    yield "cert.no-principals", cert(ca, key, principals=b""), "no names"
    yield "cert.critical-unknown", cert(ca, key, critical=s("foo@example.com") + s("")), "an option of others"
    yield "ok", cert(ca, key, extensions=s("foo@example.com") + s("")), "the same as an extension"

    yield "cert.signature-algorithm", cert(rsa, key, sign=lambda m: rsa.sign(m, "ssh-rsa")), "RSA with SHA-1"
    yield "cert.signature-algorithm", cert(ec, key, sign=lambda m: s(s("webauthn-sk-ecdsa-sha2-nistp256@openssh.com") + s(ec.raw(m)))), "a browser's"
    yield "cert.signature-bad", cert(ca, key, sign=lambda m: s(s("rsa-sha2-512") + s(ca.raw(m)))), "Ed25519 by the name of RSA"
    yield "cert.signature-bad", cert(rsa, key, sign=lambda m: s(s("rsa-sha2-512") + s(rsa.raw(m, "rsa-sha2-256")))), "SHA-256 by the name of SHA-512"
    yield "cert.signature-bad", cert(ec, key, sign=lambda m: s(s(ec.name) + s(ec.raw(m, hashlib.sha512)))), "P-256 with SHA-512"
    yield "cert.signature-bad", cert(ec, key, sign=lambda m: s(s(ec.name) + s(s(b"\0") + s(b"\0")))), "r and s zero"
    yield "cert.signature-bad", cert(ca, key, sign=Ed25519("other").sign), "of another authority"
    yield "cert.signature-bad", cert(ca, key, sign=lambda m: ca.sign(m + b"\0")), "of another text"
    yield "cert.signature-bad", cert(ca, key, sign=lambda m: s(s(ca.name) + s(ca.raw(m) + b"\0"))), "65 bytes"
    yield "cert.signature-bad", cert(SkEd25519("ca"), key, sign=lambda m: s(s(SkEd25519.name) + s(SkEd25519("ca").raw(m)) + b"\1\0\0\0\x09")), \
        "a security key that signed as if it were none"

    # keys with which anybody can sign: their signatures verify
    yield "key.ed25519-low-order", cert(Identity(), key), "the authority is the point of order 1, the signature genuine"
    yield "key.rsa-e-invalid", cert(Rsa("ca", e=1), key), "the authority has e = 1, the signature genuine"
    yield "key.rsa-too-short", cert(Rsa("short", bits=1024), key), "an authority of 1024 bits"
    yield "key.ed25519-low-order", cert(ca, Identity()), "the key is the point of order 1"
    yield "key.rsa-e-invalid", cert(ca, Rsa("key", e=1)), "the key has e = 1"


def shown(blob):
    """What ssh-keygen says about it: does it read it, signature and all?"""
    name = blob[4:4 + struct.unpack(">I", blob[:4])[0]].decode()
    with tempfile.NamedTemporaryFile("w", suffix="-cert.pub") as f:
        f.write(name + " " + base64.b64encode(blob).decode() + "\n")
        f.flush()
        return subprocess.run(["ssh-keygen", "-L", "-f", f.name], capture_output=True, env=dict(os.environ, LC_ALL="C")).returncode == 0


def check(file):
    wrong = count = 0
    with open(file) as f:
        for line in f:
            if line.startswith("#"):
                continue
            want, text, what = line.rstrip("\n").split(" ", 2)
            count += 1
            genuine = shown(base64.b64decode(text))
            if (want == "ok" and not genuine) or (want == "cert.signature-bad" and genuine):
                wrong += 1
                print(f"certs: {what}: {want}, and ssh-keygen {'takes' if genuine else 'refuses'} it")
    print(f"certs: {count - wrong} of {count} as ssh-keygen has them")
    return wrong == 0 and count > 0


if __name__ == "__main__":
    if sys.argv[1:] == ["make"]:
        print("# made by tests/vectors/certs.py: ID or ok, the certificate, what it is")
        for want, blob, what in vectors():
            print(want, base64.b64encode(blob).decode(), what)
    elif len(sys.argv) == 3 and sys.argv[1] == "check":
        sys.exit(0 if check(sys.argv[2]) else 1)
    else:
        sys.exit(__doc__)
