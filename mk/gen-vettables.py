#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Make common/vet/vettables.inc: python3 mk/gen-vettables.py > common/vet/vettables.inc

Not part of the build: the table is committed. Every number is computed here from
the private value that makes the key public knowledge, except where only the
public half is known: Vagrant's here, and those of mk/vettables.keys, whose private
halves others have published. A slip of the pen in one of them would make the hash of
a key that nobody has, so each is held against its fingerprint or, where nobody names
one, against what an honest key must be: on its curve, without a small factor.
tests/unit/test_vettables.c checks entries against libsodium and the openssl program,
which know nothing of this script.

The curves are those of FIPS 186-4 D.1.2; Ed25519 is RFC 8032 5.1.
"""
import base64
import hashlib
import math
import os

# name: (p, b, Gx, Gy); a = -3
CURVES = {
    256: (2**256 - 2**224 + 2**192 + 2**96 - 1,
          0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b,
          0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
          0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5),
    384: (2**384 - 2**128 - 2**96 + 2**32 - 1,
          0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef,
          0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7,
          0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f),
    521: (2**521 - 1,
          0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00,
          0x00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66,
          0x011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650),
}


def ec_add(p, a, b):
    if a is None:
        return b
    if b is None:
        return a
    if a[0] == b[0]:
        if (a[1] + b[1]) % p == 0:
            return None
        s = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, p)
    else:
        s = (b[1] - a[1]) * pow(b[0] - a[0], -1, p)
    x = (s * s - a[0] - b[0]) % p
    return x, (s * (a[0] - x) - a[1]) % p


def ec_mul(bits, k):
    p, b, gx, gy = CURVES[bits]
    assert (gy * gy - gx**3 + 3 * gx - b) % p == 0
    result, q = None, (gx, gy)
    while k:
        if k & 1:
            result = ec_add(p, result, q)
        q = ec_add(p, q, q)
        k >>= 1
    return result


P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
BY = 4 * pow(5, -1, P) % P


def ed_x(y):  # the even root
    u, v = y * y - 1, D * y * y + 1
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return x if x % 2 == 0 else P - x


def ed_add(a, b):
    t = D * a[0] * b[0] * a[1] * b[1]
    return ((a[0] * b[1] + a[1] * b[0]) * pow(1 + t, -1, P) % P,
            (a[1] * b[1] + a[0] * b[0]) * pow(1 - t, -1, P) % P)


def ed_encode(a):
    return (a[1] | (a[0] & 1) << 255).to_bytes(32, "little")


def ed_public(seed):
    h = bytearray(hashlib.sha512(seed).digest()[:32])
    h[0] &= 248
    h[31] = h[31] & 127 | 64
    k, q, r = int.from_bytes(h, "little"), (ed_x(BY), BY), (0, 1)
    while k:
        if k & 1:
            r = ed_add(r, q)
        q = ed_add(q, q)
        k >>= 1
    return ed_encode(r)


# RFC 8032 7.1 to 7.3 and RFC 8410 10.3: seed, and the public key printed beside it
SEEDS = """
9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60 d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a
4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb 3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c
c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7 fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025
f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5 278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e
833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42 ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf
0305334e381af78f141cb666f6199f57bc3495335a256a95bd2a55bf546663f6 dfc9425e4f968f7f0c29f0259cf5f9aed6851c2bb4ad8bfb860cfee0ab248292
ab9c2853ce297ddab85c993b3ae14bcad39b2c682beabc27d6d4eb20711d6560 0f1d1274943b91415889152e893d80e93275a1fc0b65fd71b4b0dda10ad7d772
d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842 19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1
"""

# RFC 6979 A.2.5 to A.2.7: curve, private number, x printed beside it
RFC6979 = [
    (256, 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721,
     0x60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6),
    (384, 0x6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5,
     0xEC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64DEF8F0EA9055866064A254515480BC13),
    (521, 0x00FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75CAA896EB32F1F47C70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B83538,
     0x01894550D0785932E00EAA23B694F213F8C3121F86DC97A04E5A7167DB4E5BCD371123D46E45DB6B5D5370A7F20FB633155D38FFA16D2BD761DCAC474B9A2F5023A4),
]

# RFC 9500 2.3: its first elliptic-curve key
RFC9500 = [
    (256, 0xE6CB5BDD80AA45AE9C95E8C15476679FFEC953C16851E711E743939589C64FC1,
     0x422548F88FB782FFB5ECA3744452C72A1E558FBD6F73BE5E48E93232CC45C5B1),
]

# the two keys that Vagrant boxes are built with, as their project publishes them
VAGRANT = [
    "AAAAC3NzaC1lZDI1NTE5AAAAIN1YdxBpNlzxDqfJyw/QKow1F+wvG9hXGoqiysfJOn5Y",
    "AAAAB3NzaC1yc2EAAAABIwAAAQEA6NF8iallvQVp22WDkTkyrtvp9eWW6A8YVr+kz4TjGYe7gHzIw+niNltGEFHzD8+v1I2YJ6oXevct1YeS0o9H"
    "ZyN1Q9qgCgzUFtdOKLv6IedplqoPkcmF0aYet2PkEDo3MlTBckFXPITAMzF8dJSIFo9D8HfdOV0IAdx4O7PtixWKn5y2hMNG0zQPyUecp4pzC6ki"
    "vAIhyfHilFR61RGL+GPXQ2MWZWFYbAGjyiYJnAmCP3NOTd0jMZEnDkbUvxhMmBYSdETk1rRgm+R4LOzFUGaHqHDLKLX+FIPKcF96hrucXzcWyLbI"
    "bEgE98OHlnVYCzRdK8jlqm8tehUc9c9WhQ==",
]

records = {}


def add(number, what):
    digest = hashlib.sha256(number.lstrip(b"\0")).digest()[:15]
    assert records.get(digest, what) == what or what > records[digest]
    records.setdefault(digest, what)


def as_bytes(n):
    return n.to_bytes((n.bit_length() + 7) // 8, "big")


def fields_of(text):
    blob, fields = base64.b64decode(text, validate=True), []
    while blob:
        n = int.from_bytes(blob[:4], "big")
        assert len(blob) >= 4 + n
        fields.append(blob[4:4 + n])
        blob = blob[4 + n:]
    return fields


def number_of(fields):
    if b"ecdsa" in fields[0]:
        return fields[2][1:1 + len(fields[2]) // 2]
    return fields[1] if b"ed25519" in fields[0] else fields[2]


def fingerprints_of(text):
    blob = base64.b64decode(text)
    return ["SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("="),
            "MD5:" + ":".join("%02x" % b for b in hashlib.md5(blob).digest())]


def is_plausible(fields):
    if b"ecdsa" in fields[0]:
        p, b, _, _ = CURVES[int(fields[1][-3:])]
        half = len(fields[2]) // 2
        x, y = int.from_bytes(fields[2][1:1 + half], "big"), int.from_bytes(fields[2][1 + half:], "big")
        return fields[2][0] == 4 and (y * y - x**3 + 3 * x - b) % p == 0
    if b"ed25519" in fields[0]:
        y = int.from_bytes(fields[1], "little") % 2**255
        x = ed_x(y)
        return ((D * y * y + 1) * x * x - (y * y - 1)) % P == 0
    n = int.from_bytes(fields[2], "big")
    return all(n % d for d in range(3, 65538, 2)) and math.isqrt(n) ** 2 != n


for bits in CURVES:
    for k in range(1, 65):
        add(as_bytes(ec_mul(bits, k)[0]), 1)
base = (ed_x(BY), BY)
add(ed_encode(base), 2)
add(ed_encode((P - base[0], BY)), 2)
for b in range(256):
    add(ed_public(bytes([b]) * 32), 3)
add(ed_public(bytes(range(32))), 3)
add(ed_public(bytes(range(1, 33))), 3)
for line in SEEDS.split("\n"):
    if line:
        seed, public = line.split()
        made = ed_public(bytes.fromhex(seed))
        assert made.hex() == public, (seed, made.hex(), public)
        add(made, 4)
for number, keys in ((5, RFC6979), (7, RFC9500)):
    for bits, private, x in keys:
        assert ec_mul(bits, private)[0] == x, bits
        add(as_bytes(x), number)
for text in VAGRANT:
    add(number_of(fields_of(text)), 6)
for line in open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "vettables.keys"), encoding="ascii"):
    if not line.startswith("#"):
        number, fingerprint, text = line.split()
        assert fingerprint in ["-"] + fingerprints_of(text), text
        fields = fields_of(text)
        assert is_plausible(fields), text
        add(number_of(fields), int(number))

print("/* made by mk/gen-vettables.py: SHA-256 cut to 15 bytes, list; %d records */" % len(records))
for digest in sorted(records):
    print("{ { %s }, %d }," % (", ".join("0x%02x" % b for b in digest), records[digest]))
