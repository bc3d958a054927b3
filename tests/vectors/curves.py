# SPDX-License-Identifier: ISC
"""Points of edwards25519 and of the NIST curves with whole numbers, by the formulas of RFC 8032 and SEC 1."""
import hashlib

# ---- edwards25519, in extended coordinates (RFC 8032 5.1.4) ----
P = 2 ** 255 - 19
L = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
IDENTITY = (0, 1, 1, 0)


def ed_decode(b):
    """(point or None, is it written in the one allowed way); None: no such x, or y too large and still none."""
    y, sign = int.from_bytes(b, "little") & (1 << 255) - 1, b[31] >> 7
    canonical, y = y < P, y % P
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x2 = u * pow(v, -1, P) % P  # v is never 0: -1/d is no square
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - x2) % P:
        return None, canonical
    if x == 0 and sign:
        canonical = False
    if x & 1 != sign:
        x = (P - x) % P
    return (x, y, 1, x * y % P), canonical


def ed_encode(p):
    z = pow(p[2], -1, P)
    return ((p[0] * z % P & 1) << 255 | p[1] * z % P).to_bytes(32, "little")


def ed_add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def ed_mul(k, p):
    r = IDENTITY
    while k:
        if k & 1:
            r = ed_add(r, p)
        p = ed_add(p, p)
        k >>= 1
    return r


def ed_neg(p):
    return (-p[0] % P, p[1], p[2], -p[3] % P)


def ed_is_identity(p):
    return p[0] % P == 0 and (p[1] - p[2]) % P == 0


B = ed_decode(bytes.fromhex("58" + "66" * 31))[0]


def ed_public(seed):
    h = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little")
    return ed_encode(ed_mul(h & (1 << 254) - 8 | 1 << 254, B))


def ed_torsion():
    """The eight points whose order divides 8."""
    y = 2
    while True:
        p, _ = ed_decode(y.to_bytes(32, "little"))
        t = ed_mul(L, p) if p else IDENTITY
        if not ed_is_identity(ed_mul(4, t)):
            return [ed_mul(i, t) for i in range(8)]
        y += 1


# ---- y^2 = x^3 - 3x + b (SEC 2) ----
CURVES = {
    "nistp256": (2 ** 256 - 2 ** 224 + 2 ** 192 + 2 ** 96 - 1,
                 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b,
                 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296),
    "nistp384": (2 ** 384 - 2 ** 128 - 2 ** 96 + 2 ** 32 - 1,
                 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef,
                 0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7),
    "nistp521": (2 ** 521 - 1,
                 0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00,
                 0x00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66),
}


def ec_right(curve, x):
    p, b, _ = CURVES[curve]
    return (x ** 3 - 3 * x + b) % p


def ec_y(curve, x):
    """An even or odd y for x, or None; p is 3 modulo 4 for all of them."""
    p = CURVES[curve][0]
    y = pow(ec_right(curve, x), (p + 1) // 4, p)
    return y if y * y % p == ec_right(curve, x) else None


def ec_point(curve, x, y):
    size = (CURVES[curve][0].bit_length() + 7) // 8
    return b"\4" + x.to_bytes(size, "big") + y.to_bytes(size, "big")


def ec_is_on(curve, point):
    p = CURVES[curve][0]
    size = (len(point) - 1) // 2
    x, y = int.from_bytes(point[1:1 + size], "big"), int.from_bytes(point[1 + size:], "big")
    return x < p and y < p and y * y % p == ec_right(curve, x)


ORDERS = {
    "nistp256": 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551,
    "nistp384": 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973,
    "nistp521": 0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409,
}


def ec_is_usual(curve, point):
    """What sshd asks of both coordinates besides: not half of it zeros, and below the order less one."""
    size, order = (len(point) - 1) // 2, ORDERS[curve]
    return all(v.bit_length() > order.bit_length() // 2 and v < order - 1
               for v in (int.from_bytes(point[1:1 + size], "big"), int.from_bytes(point[1 + size:], "big")))


def ec_base(curve):
    """The base point with the y of its even root; its negative has the same x."""
    x = CURVES[curve][2]
    return x, ec_y(curve, x)


def ec_mul(curve, k):
    p = CURVES[curve][0]

    def add(a, b):
        if a is None or b is None:
            return a or b
        if a[0] == b[0] and (a[1] + b[1]) % p == 0:
            return None
        s = (3 * a[0] ** 2 - 3) * pow(2 * a[1], -1, p) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, p)
        x = (s * s - a[0] - b[0]) % p
        return x, (s * (a[0] - x) - a[1]) % p

    r, q = None, ec_base(curve)
    while k:
        r = add(r, q) if k & 1 else r
        q = add(q, q)
        k >>= 1
    return r
