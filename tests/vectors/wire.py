# SPDX-License-Identifier: ISC
"""Blobs of keys as RFC 4251, 4253, 5656, 8709, PROTOCOL.u2f and PROTOCOL.certkeys write them: made, and read strictly.

The reader is written from those texts alone and shares nothing with the C code. read() answers (reason, fields): reason is
None for a blob in its one standard form.
"""
import base64
import hashlib

CERT = "-cert-v01@openssh.com"
# name: kind, name of the certificate; for ECDSA the curve's name, for points their length
TYPES = {
    "ssh-ed25519": ("ed25519", "ssh-ed25519" + CERT),
    "sk-ssh-ed25519@openssh.com": ("ed25519", "sk-ssh-ed25519" + CERT),
    "ecdsa-sha2-nistp256": ("ecdsa", "ecdsa-sha2-nistp256" + CERT),
    "ecdsa-sha2-nistp384": ("ecdsa", "ecdsa-sha2-nistp384" + CERT),
    "ecdsa-sha2-nistp521": ("ecdsa", "ecdsa-sha2-nistp521" + CERT),
    "sk-ecdsa-sha2-nistp256@openssh.com": ("ecdsa", "sk-ecdsa-sha2-nistp256" + CERT),
    "ssh-rsa": ("rsa", "ssh-rsa" + CERT),
    "ssh-dss": ("dsa", "ssh-dss" + CERT),
}
POINT_BYTES = {"nistp256": 65, "nistp384": 97, "nistp521": 133}
PRINCIPALS_MAX = 256


# ---- writing ----

def string(b):
    b = b.encode() if isinstance(b, str) else bytes(b)
    return len(b).to_bytes(4, "big") + b


def mpint(n):
    return string(n.to_bytes(n.bit_length() // 8 + 1, "big") if n else b"")


def curve_of(name):
    return next((c for c in POINT_BYTES if c in name), None)


def blob(name, *fields):
    """fields as they stand in the blob: bytes are strings, numbers are mpints."""
    return string(name) + b"".join(mpint(f) if isinstance(f, int) else string(f) for f in fields)


def ed25519(pk):
    return blob("ssh-ed25519", pk)


def sk_ed25519(pk, application=b"ssh:"):
    return blob("sk-ssh-ed25519@openssh.com", pk, application)


def ecdsa(curve, point):
    return blob("ecdsa-sha2-" + curve, curve, point)


def sk_ecdsa(point, application=b"ssh:"):
    return blob("sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", point, application)


def rsa(n, e=65537):
    return blob("ssh-rsa", e, n)


def name_of(b):
    return b[4:4 + int.from_bytes(b[:4], "big")].decode()


def line(b, name=None):
    return (name or name_of(b)) + " " + base64.b64encode(b).decode()


def fingerprint(b):
    return "SHA256:" + base64.b64encode(hashlib.sha256(b).digest()).decode().rstrip("=")


# ---- reading ----

class Short(Exception):
    """The blob ends within a field."""


class Reader:
    def __init__(self, b):
        self.b, self.at, self.field_reason = b, 0, None

    def take(self, n):
        if len(self.b) - self.at < n:
            raise Short
        self.at += n
        return self.b[self.at - n:self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def string(self):
        return self.take(self.number(4))

    def over(self):
        return self.at == len(self.b)

    def wrong(self, reason):
        """The first fault of a field's content counts."""
        self.field_reason = self.field_reason or reason

    def mpint(self):
        b = self.string()
        if not b:
            self.wrong("key.mpint-zero")
        elif b[0] & 0x80:
            self.wrong("key.mpint-negative")
        elif b[0] == 0 and (len(b) == 1 or not b[1] & 0x80):
            self.wrong("key.mpint-not-minimal")
        return int.from_bytes(b, "big")


def read_key_fields(r, name, key):
    kind = TYPES[name][0]
    if kind == "rsa":
        key["e"], key["n"] = r.mpint(), r.mpint()
    elif kind == "dsa":
        key["dsa"] = [r.mpint() for _ in range(4)]
    elif kind == "ed25519":
        key["pk"] = r.string()
        if len(key["pk"]) != 32:
            r.wrong("key.ed25519-length")
    else:
        curve, key["pk"] = r.string(), r.string()
        key["curve"] = curve_of(name)
        if curve != key["curve"].encode():
            r.wrong("key.ecdsa-curve-mismatch")
        elif len(key["pk"]) != POINT_BYTES[key["curve"]]:
            r.wrong("key.ecdsa-point-length")
        elif key["pk"][0] != 4:
            r.wrong("key.ecdsa-point-format")
    if name.startswith("sk-"):
        key["application"] = r.string()


def read_cert_fields(r, cert):
    cert["serial"], cert["type"] = r.number(8), r.number(4)
    cert["id"], cert["principals"] = r.string(), r.string()
    cert["after"], cert["before"] = r.number(8), r.number(8)
    cert["critical"], cert["extensions"], cert["reserved"] = r.string(), r.string(), r.string()
    cert["ca"], cert["signature"] = r.string(), r.string()


def packed(b, per):
    """A field made of strings, @per of them each time; None when it is not."""
    r, rows = Reader(b), []
    try:
        while not r.over():
            rows.append([r.string() for _ in range(per)])
    except Short:
        return None
    return rows


def is_signature(b):
    r = Reader(b)
    try:
        name = r.string()
        r.string()
        tail = r.take(5) if name.startswith(b"sk-") else b""
    except Short:
        return False
    return name != b"" and b"\0" not in name and r.over() and len(tail) in (0, 5)


def is_formed(cert):
    names = packed(cert["principals"], 1)
    if cert["type"] not in (1, 2) or b"\0" in cert["id"] or names is None or len(names) > PRINCIPALS_MAX:
        return False
    if any(b"\0" in n for n, in names):
        return False
    for options in (packed(cert["critical"], 2), packed(cert["extensions"], 2)):
        if options is None or any(b"\0" in n for n, _ in options):
            return False
        order = [n for n, _ in options]
        if b"" in order or order != sorted(set(order)):
            return False
    reason, ca = read(cert["ca"])
    return reason is None and not ca["is_cert"] and is_signature(cert["signature"])


def read(b, word=None):
    """b: the bytes; word: the type that the line names. (reason or None, what was read)."""
    r, key = Reader(b), {"is_cert": False, "name": None}
    by_cert = {cert: name for name, (_, cert) in TYPES.items()}
    if word is not None and word not in TYPES and word not in by_cert:
        return "key.type-unknown", key
    try:
        inner = r.string().decode("latin-1")
    except Short:
        return "key.blob-truncated", key
    if word is not None and inner != word:
        return "key.type-mismatch", key
    if inner not in TYPES and inner not in by_cert:
        return "key.type-unknown", key
    key["is_cert"], key["name"] = inner in by_cert, by_cert.get(inner, inner)
    key["kind"] = TYPES[key["name"]][0]
    try:
        if key["is_cert"]:
            r.string()
        begin = r.at
        read_key_fields(r, key["name"], key)
        key["plain"] = string(key["name"]) + b[begin:r.at]
        if key["is_cert"]:
            read_cert_fields(r, key)
    except Short:
        return "key.blob-truncated", key
    if not r.over():
        return "key.blob-trailing", key
    if r.field_reason:
        return r.field_reason, key
    if key["is_cert"] and not is_formed(key):
        return "cert.malformed", key
    if b"\0" in key.get("application", b""):
        return "key.blob-not-canonical", key  # a C string for sshd: what is behind the NUL would be lost
    return None, key
