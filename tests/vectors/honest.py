#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""honest.py make   prints new keys as programs of today make them (ssh-keygen, openssl): kind, then a line for each key with
                 its point or its modulus in base64. Takes minutes. Nothing is kept of the private halves.

Of the sk forms no token is at hand: their points are those of keys made for the purpose.
"""
import base64
import os
import subprocess
import sys
import tempfile

import wire

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "honest.txt")
HOW_MANY = {"ed25519": 700, "sk-ed25519": 250, "nistp256": 250, "nistp384": 150, "nistp521": 150, "sk-nistp256": 150,
            "rsa-2048": 150, "rsa-2560": 20, "rsa-3072": 90, "rsa-3584": 10, "rsa-4096": 60, "rsa-5120": 6, "rsa-6144": 6,
            "rsa-7168": 4, "rsa-8192": 4}


def of(kind):
    """The blobs of one kind."""
    blobs, now = [], None
    with open(FILE) as f:
        for text in f:
            if text.startswith("["):
                now = text.strip().strip("[]")
            elif now == kind and not text.startswith("#"):
                blobs.append(blob(kind, base64.b64decode(text)))
    return blobs


def blob(kind, number):
    family = kind.removeprefix("sk-")
    if family == "ed25519":
        return wire.sk_ed25519(number) if kind != family else wire.ed25519(number)
    if family.startswith("rsa"):
        return wire.rsa(int.from_bytes(number, "big"))
    return wire.sk_ecdsa(number) if kind != family else wire.ecdsa(family, number)


def public(folder, kind, by_openssl):
    path = os.path.join(folder, "key")
    family, _, bits = kind.removeprefix("sk-").partition("-")
    if by_openssl:
        subprocess.run(["openssl", "genrsa", "-out", path, bits], check=True, capture_output=True)
        os.chmod(path, 0o600)
        text = subprocess.run(["ssh-keygen", "-y", "-f", path], check=True, capture_output=True, text=True).stdout
    else:
        what = ["ecdsa", "-b", family[5:]] if family.startswith("nistp") else [family] + (["-b", bits] if bits else [])
        subprocess.run(["ssh-keygen", "-q", "-t", *what, "-N", "", "-f", path], check=True, stdin=subprocess.DEVNULL)
        with open(path + ".pub") as f:
            text = f.read()
        os.unlink(path + ".pub")
    os.unlink(path)
    reason, key = wire.read(base64.b64decode(text.split()[1]))
    assert reason is None
    return key


def make():
    print("# made by tests/vectors/honest.py with ssh-keygen and openssl")
    with tempfile.TemporaryDirectory() as folder:
        for kind, count in HOW_MANY.items():
            print(f"[{kind}]", flush=True)
            for i in range(count):
                key = public(folder, kind, kind.startswith("rsa") and i % 2 == 1)
                assert key.get("e", 65537) == 65537
                number = key["pk"] if "pk" in key else key["n"].to_bytes((key["n"].bit_length() + 7) // 8, "big")
                print(base64.b64encode(number).decode(), flush=True)


if __name__ == "__main__":
    if sys.argv[1:] != ["make"]:
        sys.exit(__doc__)
    make()
