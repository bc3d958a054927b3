#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Make the case folders again: python3 tests/cases/make.py  (nothing random: the same bytes every time)

tests/cases/ID/input        an authorized_keys file: lines that give reason ID, and neighbours that do not
tests/cases/ID/policy.conf  [policy] of its own, where the default one is not meant
tests/cases/ID/expected     one line for each input line: verdict and reason ids, or "skip"; written by hand (here, beside
                            the input), never taken from a run

tests/unit/test_cases.c reads them. Time is 2026-09-21 14:13:20 UTC. No key here has a private half anywhere but the
published ones, which have it everywhere.
"""
import base64
import hashlib
import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "..", "vectors"))
import certs  # noqa: E402
KEYS = os.path.join(HERE, "..", "data", "keys")


def sample(name):
    with open(os.path.join(KEYS, name + ".pub")) as f:
        return f.read().strip()


def s(b):
    b = b.encode() if isinstance(b, str) else bytes(b)
    return struct.pack(">I", len(b)) + b


def mp(n):
    b = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return s((b"\0" if b[:1] >= b"\x80" else b"") + b)


def line(name, blob):
    return name + " " + base64.b64encode(blob).decode()


def number(bits, label="modulus"):
    b, i = b"", 0
    while len(b) * 8 < bits:
        b += hashlib.sha256(label.encode() + bytes([i])).digest()
        i += 1
    n = int.from_bytes(b, "big") >> (len(b) * 8 - bits)
    return n | 1 << (bits - 1) | 1


def read_moduli():
    with open(os.path.join(HERE, "moduli.txt")) as f:
        rows = [row.split() for row in f if row[0] != "#"]
    return {what: int(n, 16) for what, n in rows}


MODULI = read_moduli()  # those that arithmetic finds nothing wrong with


def rsa(bits=2048, e=65537, n=None):
    return line("ssh-rsa", s("ssh-rsa") + mp(e) + mp(MODULI.get(str(bits), number(bits)) if n is None else n))


def vectors(reason, bits=2048):
    """keys of tests/vectors/rsa.txt with this reason, or "ok"; of one size, which no rule of the policy minds"""
    with open(os.path.join(HERE, "..", "vectors", "rsa.txt")) as f:
        rows = [row.split(None, 2) for row in f if row[0] != "#"]
    found = [int(row[1], 16) for row in rows if row[0] == reason]
    return [rsa(n=n) for n in found if n.bit_length() == bits]


def ed(hexa):
    return line("ssh-ed25519", s("ssh-ed25519") + s(bytes.fromhex(hexa)))


def blob_of(text):
    return base64.b64decode(text.split()[1])


ED, RSA, P256 = sample("ed25519"), sample("rsa2048"), sample("ecdsa256")
POINT = blob_of(P256)[-65:]
ED_PK = blob_of(ED)[-32:]
GOOD = [("accept -", ED)]
cases = {}


def case(name, *lines, policy=None):
    cases[name] = (lines, policy)


def ecdsa(point, curve="nistp256", name="ecdsa-sha2-nistp256"):
    return line(name, s(name) + s(curve) + s(point))


AUTHORITY, SUBJECT = certs.Ed25519("ca"), certs.Ed25519("key")


def cert(ca=None, key=None, **fields):
    key = key or SUBJECT
    blob = certs.cert(ca or AUTHORITY, key, **fields)
    return line(key.name.replace("@openssh.com", "") + "-cert-v01@openssh.com", blob)


# ---- lines
case("line.too-long", ("reject line.too-long", ED + " " + "c" * 16384), ("accept -", ED + " " + "c" * 15000))
case("line.nul", ("reject line.nul", ED + " a\0b"), ("accept -", ED + " ab"))
case("line.control", ("reject line.control", ED + " a\x01b"), ("reject line.control", "# c\r" + ED),
     ("accept -", ED.replace(" ", "\t") + "\r"))
case("line.not-ascii", ("reject line.not-ascii", "\ufeff" + ED), ("reject line.not-ascii", ED.replace(" ", "\u00a0 ", 1)),
     ("accept -", ED + " Zo\u00eb"))
case("line.private-key", ("reject line.private-key", "-----BEGIN OPENSSH PRIVATE KEY-----"),
     ("reject line.private-key", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW"),
     ("reject line.private-key", "PuTTY-User-Key-File-3: ssh-ed25519"), ("accept -", ED + " not a private key"))
case("line.foreign-format", ("reject line.foreign-format", "---- BEGIN SSH2 PUBLIC KEY ----"),
     ("reject line.foreign-format", "-----BEGIN PUBLIC KEY-----"), *GOOD)
case("line.no-blob", ("reject line.no-blob", "ssh-ed25519"), ("reject line.no-blob", "no-pty ssh-rsa"), *GOOD)
case("line.bad-base64", ("reject line.bad-base64", ED.split()[0] + " " + ED.split()[1][:-1] + "*"),
     ("reject line.bad-base64", RSA.split()[0] + " " + RSA.split()[1].rstrip("=")[:-1]),
     ("reject line.bad-base64", ED.split()[0] + " " + ED.split()[1] + "="), *GOOD)

# ---- options
case("option.bad-quoting", ("reject option.bad-quoting", 'from="10.0.0.0/8 ' + ED),
     ("reject option.bad-quoting", "no-pty, no-X11-forwarding " + ED),
     ("accept -", 'from="10.0.0.0/8" ' + ED), ("accept -", "no-pty,no-X11-forwarding " + ED))
case("option.unknown", ("reject option.unknown", "no-such-option " + ED), ("accept -", "NO-PTY " + ED))
case("option.repeated", ("reject option.repeated", 'from="10.0.0.1",from="10.0.0.2" ' + ED),
     ("reject option.repeated", 'command="/bin/sh" ' + ED), ("reject option.repeated", 'pty,command="/bin/true" ' + ED),
     ("accept -", 'from="10.0.0.1,10.0.0.2" ' + ED), ("accept -", 'expiry-time="20300101" ' + ED),
     policy='[policy]\noptions = from command pty expiry-time\n'
            'force_options = no-pty,command="/bin/true",expiry-time="20310101"\n')
case("option.bad-value", ("reject option.bad-value", 'expiry-time="2030-01-01" ' + ED),
     ("reject option.bad-value", 'from="10.0.0.1/8" ' + ED), ("accept -", 'expiry-time="20300101" ' + ED),
     ("reject option.bad-value", 'principals="alice,bob" ' + ED), ("accept -", 'principals="alice" ' + ED),
     policy="[policy]\noptions = from expiry-time principals\n")
case("option.expired", ("reject option.expired", 'expiry-time="20200101" ' + ED), ("accept -", 'expiry-time="20300101" ' + ED))
case("option.cert-authority", ("reject option.cert-authority", "cert-authority " + ED), *GOOD)
case("option.not-enabled", ("reject option.not-enabled,option.not-allowed", "restrict " + ED), *GOOD,
     policy="[policy]\noptions =\n")
case("option.not-allowed", ("reject option.not-allowed", 'command="/bin/true" ' + ED),
     ("reject option.not-allowed", "restrict,pty " + ED), ("accept -", "restrict " + ED))
case("option.no-touch-required", ("reject option.no-touch-required", "no-touch-required " + sample("sk-ed25519")),
     ("accept -", "no-pty " + sample("sk-ed25519")))
case("policy.option-missing", ("reject policy.option-missing", ED), ("accept -", 'from="10.0.0.0/8" ' + ED),
     policy="[policy]\nrequire_options = from\n")

# ---- certificates; off by default, and whether an authority is trusted is not asked here. More of them: tests/vectors/certs.py
ON = "[policy]\ncertificates = yes\n"
case("cert.not-enabled", ("reject cert.not-enabled", sample("ed25519-cert")), ("reject cert.not-enabled", cert()), *GOOD)
case("cert.malformed", ("reject cert.malformed", cert(kind=3)),
     ("reject cert.malformed", cert(principals=s("alice") + b"\0\0\0\x09bob")),
     ("reject cert.malformed", cert(blob=blob_of(sample("ed25519-cert")))), ("accept -", cert()), *GOOD, policy=ON)
case("cert.host-type", ("reject cert.host-type", cert(kind=2)), ("accept -", cert()), *GOOD, policy=ON)
case("cert.not-yet-valid", ("reject cert.not-yet-valid", cert(after=1790000001)), ("accept -", cert(after=1790000000)), *GOOD, policy=ON)
case("cert.expired", ("reject cert.expired", cert(before=1790000000)), ("accept -", cert(before=1790000001)), *GOOD, policy=ON)
case("cert.no-principals", ("reject cert.no-principals", cert(principals=b"")), ("accept -", cert()), *GOOD, policy=ON)
case("cert.critical-unknown", ("reject cert.critical-unknown", cert(critical=s("foo@example.com") + s("bar"))),
     ("accept -", cert(critical=s("verify-required") + s(""))), *GOOD, policy=ON)
CA_RSA = certs.Rsa("ca")
case("cert.signature-algorithm", ("reject cert.signature-algorithm", cert(CA_RSA, sign=lambda m: CA_RSA.sign(m, "ssh-rsa"))),
     ("accept -", cert(CA_RSA, sign=lambda m: CA_RSA.sign(m, "rsa-sha2-256"))), *GOOD, policy=ON)
case("cert.signature-bad", ("reject cert.signature-bad", cert(sign=certs.Ed25519("other").sign)),
     ("reject cert.signature-bad", cert(sign=lambda m: AUTHORITY.sign(m + b"\0"))), ("accept -", cert()), *GOOD, policy=ON)

# ---- blob and type
case("key.type-unknown", ("reject key.type-unknown", RSA.replace("ssh-rsa", "rsa-sha2-512", 1)),
     ("reject key.type-unknown", ED.replace("ssh-ed25519", "SSH-ED25519", 1)), ("accept -", RSA))
case("key.type-mismatch", ("reject key.type-mismatch", ED.replace("ssh-ed25519", "ssh-rsa", 1)), *GOOD)
case("key.blob-truncated", ("reject key.blob-truncated", line("ssh-ed25519", blob_of(ED)[:-1])), *GOOD)
case("key.blob-trailing", ("reject key.blob-trailing", line("ssh-ed25519", blob_of(ED) + b"\0\0\0")), *GOOD)
SK = "sk-ssh-ed25519@openssh.com"
case("key.blob-not-canonical", ("reject key.blob-not-canonical", line(SK, s(SK) + s(ED_PK) + s("ssh:\0"))),
     ("accept -", line(SK, s(SK) + s(ED_PK) + s("ssh:"))))
N = MODULI["2048"].to_bytes(256, "big")
case("key.mpint-negative", ("reject key.mpint-negative", line("ssh-rsa", s("ssh-rsa") + mp(65537) + s(N))), ("accept -", rsa()))
case("key.mpint-not-minimal", ("reject key.mpint-not-minimal", line("ssh-rsa", s("ssh-rsa") + s(b"\0\1\0\1") + mp(number(2048)))),
     ("reject key.mpint-not-minimal", line("ssh-rsa", s("ssh-rsa") + mp(65537) + s(b"\0\0" + N))), ("accept -", rsa()))
case("key.mpint-zero", ("reject key.mpint-zero", line("ssh-rsa", s("ssh-rsa") + s(b"") + mp(number(2048)))), ("accept -", rsa()))
case("key.type-dsa", ("reject key.type-dsa,policy.type-not-allowed", sample("dsa")), *GOOD)
case("policy.type-not-allowed", ("reject policy.type-not-allowed", P256), *GOOD, policy="[policy]\ntypes = ssh-ed25519\n")
case("policy.sk-application", ("reject policy.sk-application", line(SK, s(SK) + s(ED_PK) + s("https://example.com"))),
     ("reject policy.sk-application", line(SK, s(SK) + s(ED_PK) + s(""))), ("accept -", sample("sk-ed25519")))

# ---- RSA
case("key.rsa-too-short", ("reject key.rsa-too-short", sample("rsa1024")), ("accept -", RSA))
case("key.rsa-too-long", ("reject key.rsa-too-long", rsa(8200)), ("reject key.rsa-too-long", rsa(16392)), ("accept -", rsa(8192)))
case("key.rsa-odd-size", ("warn key.rsa-odd-size", rsa(2049)), ("accept -", rsa(2056)))
case("key.rsa-e-invalid", ("reject key.rsa-e-invalid", rsa(e=1)), ("reject key.rsa-e-invalid", rsa(e=2)),
     ("reject key.rsa-e-invalid", rsa(e=65536)), ("reject key.rsa-e-invalid", rsa(e=MODULI["2048"] + 2)), ("accept -", rsa()))
case("key.rsa-e-small", ("warn key.rsa-e-small", rsa(e=3)), ("warn key.rsa-e-small", rsa(e=35)), ("accept -", rsa(e=65537)))
case("key.rsa-e-too-large", ("reject key.rsa-e-too-large", rsa(e=2**32 + 1)), ("accept -", rsa(e=2**32 - 1)))
case("key.rsa-n-even", ("reject key.rsa-n-even", rsa(n=number(2048) - 1)), ("accept -", rsa()))
KEEP = int.from_bytes((b"\xff" * 8 + b"\0" * 6 + b"\xff" * 2) * 16, "big")  # bits 16 to 63 of every 128 clear
case("key.rsa-poly", ("reject key.rsa-poly,key.rsa-pattern", rsa(n=number(2048) & KEEP | 1)), ("accept -", rsa()))
case("key.rsa-pattern", ("warn key.rsa-pattern", rsa(n=MODULI["pattern"])), ("accept -", rsa()))
case("key.rsa-n-power", *[("reject key.rsa-n-power,key.rsa-odd-size", text) for text in vectors("key.rsa-n-power", 2049)],
     *[("accept -", text) for text in vectors("ok")[:2]])
for ID in ("key.rsa-roca", "key.rsa-fermat", "key.rsa-small-factor", "key.rsa-n-prime"):
    case(ID, *[("reject " + ID, text) for text in vectors(ID)], *[("accept -", text) for text in vectors("ok")[:2]])

# ---- Ed25519
FF = "ff" * 30
case("key.ed25519-length", ("reject key.ed25519-length", line("ssh-ed25519", s("ssh-ed25519") + s(ED_PK[:31]))), *GOOD)
case("key.ed25519-non-canonical", ("reject key.ed25519-non-canonical", ed("ff" * 32)),
     ("reject key.ed25519-non-canonical", ed("ed" + FF + "7f")), ("reject key.ed25519-non-canonical", ed("01" + "00" * 30 + "80")),
     *GOOD)
case("key.ed25519-low-order", ("reject key.ed25519-low-order", ed("00" * 32)), ("reject key.ed25519-low-order", ed("01" + "00" * 31)),
     ("reject key.ed25519-low-order", ed("ec" + FF + "7f")),
     ("reject key.ed25519-low-order", ed("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")),
     ("reject key.ed25519-low-order", ed("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa")), *GOOD)
case("key.ed25519-off-curve", ("reject key.ed25519-off-curve", ed("02" + "00" * 31)), *GOOD)
case("key.ed25519-mixed-order", ("reject key.ed25519-mixed-order", ed("95" + "99" * 31)), *GOOD)
case("key.ed25519-trivial", ("reject key.ed25519-trivial", ed("58" + "66" * 31)),
     ("reject key.ed25519-trivial", ed("3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29")), *GOOD)

# ---- ECDSA
case("key.ecdsa-curve-mismatch", ("reject key.ecdsa-curve-mismatch", ecdsa(POINT, curve="nistp384")),
     ("reject key.ecdsa-curve-mismatch", ecdsa(POINT, curve="nistp256\0")), ("accept -", P256))
case("key.ecdsa-point-length", ("reject key.ecdsa-point-length", ecdsa(b"\0")), ("reject key.ecdsa-point-length", ecdsa(POINT[:-1])),
     ("accept -", P256))
case("key.ecdsa-point-format", ("reject key.ecdsa-point-format", ecdsa(b"\x06" + POINT[1:])), ("accept -", P256))
G = bytes.fromhex("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                  "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
case("key.ecdsa-point-invalid", ("reject key.ecdsa-point-invalid", ecdsa(POINT[:-1] + bytes([POINT[-1] ^ 1]))),
     ("reject key.ecdsa-point-invalid", ecdsa(b"\4" + b"\xff" * 64)), ("accept -", P256))
case("key.ecdsa-trivial", ("reject key.ecdsa-trivial", ecdsa(G)), ("accept -", P256))
RFC6979 = bytes.fromhex("0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                        "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299")
case("key.known-compromised", ("reject key.known-compromised", ecdsa(RFC6979)),
     ("reject key.known-compromised", ed("dd58771069365cf10ea7c9cb0fd02a8c3517ec2f1bd8571a8aa2cac7c93a7e58")), ("accept -", P256))

# ---- what only the text around a line shows
def folded(text, width):
    return [text[i:i + width] for i in range(0, len(text), width)]


WRAPPED = folded(" ".join(RSA.split()[:2]), 76)
case("line.wrapped", ("reject line.wrapped,key.blob-truncated", WRAPPED[0]),
     *[("reject line.wrapped,key.type-unknown", part) for part in WRAPPED[1:]], *GOOD,
     ("reject line.wrapped,line.no-blob", "ssh-ed25519"), ("reject line.wrapped,key.type-unknown", ED.split()[1] + " alice"),
     ("skip", ""), ("reject line.wrapped,key.blob-truncated", "no-pty " + " ".join(ED.split()[:2])[:40] + "\r"),
     ("reject line.wrapped,key.type-unknown", " ".join(ED.split()[:2])[40:] + "\r"),
     ("reject key.blob-truncated", ED[:40]), ("reject key.type-unknown", "words"), *GOOD)
TWO = " ".join(ED.split()[:2])
case("line.joined", ("warn line.joined", TWO + " alice" + RSA), ("warn line.joined", TWO + " " + P256),
     ("reject line.bad-base64,line.joined", TWO + RSA),
     ("accept -", TWO + " not AAAA nor " + RSA[:60]))
case("line.commented-out", ("warn line.commented-out", "# " + ED), ("warn line.commented-out", "#" + RSA),
     ("warn line.commented-out", "  ## no-pty,from=\"10.0.0.1\" " + ED), ("warn line.commented-out", "# old: " + TWO.split()[1]),
     ("warn line.commented-out", "# " + rsa(1024)), ("skip", "# " + ED[:60]), ("skip", "# AAAA"), *GOOD)

# ---- what is no cause
case("neighbours", *[("accept -", sample(n)) for n in ("ed25519", "ecdsa256", "ecdsa384", "ecdsa521", "rsa2048", "rsa3072",
                                                       "sk-ed25519", "sk-ecdsa256")],
     ("skip", "# a comment"), ("skip", ""), ("skip", " \t"), ("accept -", "  " + ED + "  "), ("accept -", ED + " a b c\r"),
     ("accept -", "restrict,no-pty,from=\"10.0.0.0/8,!10.1.2.3\" " + RSA))

for name, (lines, policy) in cases.items():
    folder = os.path.join(HERE, name)
    os.makedirs(folder, exist_ok=True)
    files = {"input": "".join(text + "\n" for _, text in lines), "expected": "".join(want + "\n" for want, _ in lines)}
    if policy:
        files["policy.conf"] = policy
    for file, text in files.items():
        with open(os.path.join(folder, file), "wb") as f:
            f.write(text.encode())
print("cases: %d folders" % len(cases))
