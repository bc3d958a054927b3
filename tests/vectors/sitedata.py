# SPDX-License-Identifier: ISC
"""Files of a site's own, and the vectors that stand on them. In the text of a policy FOLDER is where they lie."""
import hashlib
import math
import os
import re
import subprocess
import tempfile
import time

import forge
import programs
import vectors
import wire

DAY = 86400


def bkhash(blob):
    """The first 15 bytes of SHA-256 over the number that decides: n, x, or the 32 bytes; no zero bytes in front of it."""
    key = wire.read(blob)[1]
    if key["kind"] == "rsa":
        number = key["n"].to_bytes((key["n"].bit_length() + 7) // 8, "big")
    elif key["kind"] == "ecdsa":
        number = key["pk"][1:1 + len(key["pk"]) // 2]
    else:
        number = key["pk"]
    return hashlib.sha256(number.lstrip(b"\0")).digest()[:15]


def others():
    """A second good key of each type; of Ed25519 also one that begins with a zero byte."""
    yield "ssh-ed25519", wire.ed25519(vectors.ed_pk("b"))
    yield "sk-ssh-ed25519@openssh.com", wire.sk_ed25519(vectors.ed_pk("b"))
    for curve in vectors.EC:
        yield "ecdsa-sha2-" + curve, wire.ecdsa(curve, vectors.ec_key(curve, "b"))
    yield "sk-ecdsa-sha2-nistp256@openssh.com", wire.sk_ecdsa(vectors.ec_key("nistp256", "b"))
    yield "ssh-rsa", wire.rsa(vectors.N["size-2056"])


ZERO = wire.ed25519(vectors.ed_pk(vectors.ZERO_LABEL))


def write(folder, name, data, mode=0o644, age=0):
    path = os.path.join(folder, name)
    with open(path, "wb") as f:
        f.write(data)
    os.chmod(path, mode)
    os.utime(path, (time.time() - age, time.time() - age))


def prepare(folder):
    listed = {bkhash(b) + b"\7" for b in [*vectors.GOOD.values(), ZERO]}
    many = sorted(listed | {hashlib.sha256(b"%d" % i).digest()[:15] + b"\1" for i in range(5000)})
    write(folder, "list", b"".join(many))
    write(folder, "list.names", b"# ours\n7 vectors\n1 others\n")
    write(folder, "few", b"".join(sorted(listed)))
    write(folder, "old", b"".join(many), age=10 * DAY)
    write(folder, "cut", b"".join(many)[:-1])
    write(folder, "empty", b"")
    write(folder, "backwards", b"".join(reversed(many)))
    write(folder, "open", b"".join(many), mode=0o664)
    os.symlink(os.path.join(folder, "list"), os.path.join(folder, "link"))
    prepare_revoked(folder)
    prepare_primes(folder)


def keygen_krl(folder, name, text):
    """A revocation list as ssh-keygen makes it of such a text."""
    write(folder, "spec", text.encode())
    subprocess.run(["ssh-keygen", "-q", "-k", "-f", os.path.join(folder, name), os.path.join(folder, "spec")], check=True, capture_output=True)


def prepare_revoked(folder):
    gone = list(vectors.GOOD.values())
    lines = "".join(wire.line(b) + " revoked\n" for b in gone)
    prints = "".join(wire.fingerprint(b) + "\n" for b in gone)
    write(folder, "revoked.lines", b"# ours\n\n" + lines.encode())
    write(folder, "revoked.prints", "".join(wire.fingerprint(b) + " since then\n" for b in gone).encode())
    keygen_krl(folder, "revoked.keys", lines)
    keygen_krl(folder, "revoked.sha1", "".join("sha1: " + wire.line(b) + "\n" for b in gone))
    keygen_krl(folder, "revoked.sha256", "".join("sha256: " + wire.line(b) + "\n" for b in gone))
    keygen_krl(folder, "revoked.hash", "".join("hash: " + p for p in prints.splitlines(True)))
    keygen_krl(folder, "revoked.nothing", "")
    with open(os.path.join(folder, "revoked.sha256"), "rb") as f:
        krl = f.read()
    write(folder, "revoked.cut", krl[:-1])
    write(folder, "revoked.version", krl[:11] + b"\2" + krl[12:])
    write(folder, "revoked.empty", b"")
    write(folder, "revoked.noise", b"what is this\n")
    write(folder, "revoked.short", b"SHA256:abc\n")
    write(folder, "revoked.open", prints.encode(), mode=0o666)
    os.symlink(os.path.join(folder, "revoked.prints"), os.path.join(folder, "revoked.link"))


# products of primes that others have, by the names of their files
PRIME = math.gcd(vectors.N["shared-1"], vectors.N["shared-2"])
PRIMES = {"primes": PRIME * (2 ** 521 - 1), "primes.whole": vectors.RSA, "primes.stranger": 2 ** 521 - 1}


def prepare_primes(folder):
    for name, product in PRIMES.items():
        write(folder, name, product.to_bytes((product.bit_length() + 7) // 8, "big"))
    write(folder, "primes.even", (2 * PRIME).to_bytes(129, "big"))
    write(folder, "primes.empty", b"")
    write(folder, "primes.open", PRIME.to_bytes(128, "big"), mode=0o666)
    os.symlink(os.path.join(folder, "primes"), os.path.join(folder, "primes.link"))


def product_of(policy):
    """The product that such a policy names; None: none, or one that cannot be used."""
    found = re.search(r"shared_primes = FOLDER/(\S+)", policy)
    return PRIMES.get(found[1]) if found else None


def row(about, gives, verdict, blob, policy, reasons, what):
    return vectors.Row(about, gives, verdict, wire.line(blob).encode(), "[policy]\n" + policy, reasons, what)


def blocklists():
    bad = "key.known-compromised"
    for name in ("list", "few"):
        policy = f"blocklist = FOLDER/{name}\n"
        for kind, blob in [*vectors.GOOD.items(), ("a zero byte in front", ZERO)]:
            yield row(bad, True, "reject", blob, policy, [bad], f"{kind} in {name}")
        for kind, blob in others():
            yield row(bad, False, "accept", blob, policy, [], f"another {kind} than in {name}")
        yield row(bad, True, "reject", wire.rsa(vectors.RSA, 3), policy, [bad, "key.rsa-e-small"], "the same n, another e")
        yield row(bad, True, "reject", wire.sk_ed25519(vectors.ED, b"ssh:other"), policy, [bad], "the same point, another application")
    both = "blocklist = FOLDER/few FOLDER/list\n"
    yield row(bad, True, "reject", vectors.GOOD["ssh-rsa"], both, [bad], "in both of two")
    good = dict(others())["ssh-ed25519"]
    for about, name in (("data.missing", "nowhere"), ("data.invalid", "cut"), ("data.invalid", "empty"), ("data.invalid", "open"),
                        ("data.invalid", "link"), ("data.invalid", "backwards"), ("data.stale", "old")):
        for required, verdict in (("yes", "reject"), ("no", "warn")):
            rules = f"blocklist_required = {required}\n" + "blocklist_max_age = 9d\n" * (name == "old")
            yield row(about, True, verdict, good, f"blocklist = FOLDER/{name}\n" + rules, [about], f"{name}, required {required}")
            yield row(about, True, verdict, good, f"blocklist = FOLDER/list FOLDER/{name}\n".replace("list FOLDER/old", "old") + rules, [about],
                      f"{name} behind a good one, required {required}")
            yield row(about, False, "accept", good, "blocklist = FOLDER/list\n" + rules, [], f"a good one, required {required}")
    yield row("data.stale", False, "accept", good, "blocklist = FOLDER/old\nblocklist_max_age = 11d\nblocklist_required = yes\n", [], "not yet")
    yield row("data.stale", True, "reject", vectors.GOOD["ssh-rsa"], "blocklist = FOLDER/old\nblocklist_max_age = 9d\n", ["data.stale", bad],
              "stale, and asked all the same")


def revocations():
    for name, about in (("lines", "revoked.list"), ("prints", "revoked.list"), ("keys", "revoked.krl"), ("sha1", "revoked.krl"),
                        ("sha256", "revoked.krl"), ("hash", "revoked.krl")):
        policy = f"revoked = FOLDER/revoked.{name}\n"
        for kind, blob in vectors.GOOD.items():
            yield row(about, True, "reject", blob, policy, [about], f"{kind} in revoked.{name}")
        for kind, blob in others():
            yield row(about, False, "accept", blob, policy, [], f"another {kind} than in revoked.{name}")
        both = f"revoked = FOLDER/revoked.nothing FOLDER/revoked.{name}\n"
        yield row(about, True, "reject", vectors.GOOD["ssh-rsa"], both, [about], f"in the second file, revoked.{name}")
        yield row(about, True, "warn", vectors.GOOD["ssh-ed25519"], policy + f"severity.{about} = warn\n", [about], "less severe")
    good = dict(others())["ssh-ed25519"]
    yield row("data.missing", True, "reject", good, "revoked = FOLDER/revoked.nowhere\n", ["data.missing"], "no such file of revoked keys")
    for name in ("cut", "version", "empty", "noise", "short", "open", "link"):
        yield row("data.invalid", True, "reject", good, f"revoked = FOLDER/revoked.{name}\n", ["data.invalid"], f"revoked.{name}")
        yield row("data.invalid", True, "reject", good, f"revoked = FOLDER/revoked.keys FOLDER/revoked.{name}\n"
                  "severity.data.invalid = warn\n", ["data.invalid"], f"revoked.{name}, whatever severity says")


def shared_primes():
    bad = "key.rsa-shared-prime"
    policy = "shared_primes = FOLDER/primes"
    yield row(bad, True, "reject", wire.rsa(vectors.N["shared-1"]), policy + "\n", [bad], "one of its primes is in the product")
    yield row(bad, True, "warn", wire.rsa(vectors.N["shared-2"]), policy + f"\nseverity.{bad} = warn\n", [bad], "less severe")
    yield row(bad, False, "accept", wire.rsa(vectors.N["shared-1"]), policy + ".stranger\n", [], "none of its primes is in the product")
    yield row(bad, True, "reject", vectors.GOOD["ssh-rsa"], policy + ".whole\n", [bad], "both of its primes are in the product")
    for kind, blob in vectors.GOOD.items():
        yield row(bad, False, "accept", blob, policy + "\n", [], f"{kind} beside a product of others")
    for name in ("even", "empty", "open", "link", "nowhere"):
        wrong = f"{policy}.{name}\n"
        yield row("key.not-judged", True, "reject", vectors.GOOD["ssh-rsa"], wrong, ["key.not-judged"], f"primes.{name}")
        yield row("key.not-judged", False, "accept", vectors.GOOD["ssh-ed25519"], wrong, [], f"Ed25519, and primes.{name}")


# ---- certificates, made by the real ssh-keygen ----

AUTHORITIES = {"ed25519": ["ed25519"], "p256": ["ecdsa", "-b", "256"], "p384": ["ecdsa", "-b", "384"], "p521": ["ecdsa", "-b", "521"],
               "rsa": ["rsa", "-b", "2048"]}


def certify(folder, authority, *words):
    """The certificate over a good Ed25519 key that this authority gives for these words of ssh-keygen -s."""
    path = os.path.join(folder, "subject")
    write(folder, "subject.pub", wire.line(vectors.GOOD["ssh-ed25519"]).encode() + b"\n")
    subprocess.run(["ssh-keygen", "-q", "-s", os.path.join(folder, authority), "-I", "id", *words, path + ".pub"], check=True, capture_output=True)
    with open(path + "-cert.pub", "rb") as f:
        return vectors.blob_of(b" ".join(f.read().split()[:2]))


def forged(authority):
    """One that nobody needed a secret for."""
    blob = vectors.certificate_for(authority)
    return blob + wire.string(forge.signature(authority, blob, b"rsa-sha2-512"))


def certificates():
    if not programs.reasons()["cert.signature-bad"][0]:
        return
    yes = "certificates = yes\n"
    names = ("-n", "alice")
    with tempfile.TemporaryDirectory() as folder:
        for authority, how in AUTHORITIES.items():
            subprocess.run(["ssh-keygen", "-q", "-t", *how, "-N", "", "-f", os.path.join(folder, authority)], check=True, capture_output=True)
            good = certify(folder, authority, *names)
            yield row("cert.signature-bad", False, "accept", good, yes, [], f"{authority} has signed")
            for at, what in ((-1, "the last byte of its signature"), (-20, "a byte of its signature"), (good.index(b"alice"), "a name in it")):
                bad = bytearray(good)
                bad[at] ^= 1
                yield row("cert.signature-bad", True, "reject", bytes(bad), yes, ["cert.signature-bad"], f"{authority} has signed, and {what} is another")
            yield row("cert.not-enabled", True, "reject", good, "certificates = no\n", ["cert.not-enabled"], "not let in")
        for algorithm, found in (("rsa-sha2-512", []), ("rsa-sha2-256", []), ("ssh-rsa", ["cert.signature-algorithm"])):
            yield row("cert.signature-algorithm", bool(found), "reject" if found else "accept", certify(folder, "rsa", "-t", algorithm, *names), yes,
                      found, f"signed by {algorithm}")
        for about, words in (("cert.expired", ("-V", "20200101:20200102", *names)), ("cert.not-yet-valid", ("-V", "20980101:20990101", *names)),
                             ("cert.no-principals", ()), ("cert.host-type", ("-h", *names)),
                             ("cert.critical-unknown", ("-O", "critical:a@example.com=b", *names))):
            yield row(about, True, "reject", certify(folder, "ed25519", *words), yes, [about], " ".join(words))
    for authority, reason in ((wire.rsa(vectors.RSA, 1), "key.rsa-e-invalid"), (forge.weak_keys()["prime"], "key.rsa-n-prime"),
                              (wire.ed25519(b"\1" + bytes(31)), "key.ed25519-low-order"), (wire.ed25519(bytes(32)), "key.ed25519-low-order")):
        # libsodium by itself takes no signature of a point of small order
        others = ["cert.signature-bad"] if "ed25519" in reason else []
        yield row(reason, True, "reject", forged(authority), yes, [reason, *others], "an authority that anybody can sign for")


def rows():
    yield from blocklists()
    yield from revocations()
    yield from shared_primes()
    yield from certificates()
