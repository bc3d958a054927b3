#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""differ.py MUTATIONS TOOL   keyaudit vet and ssh-keygen -l, which is sshd's own parser, about the same lines. In a world.

The lines: the corpora of tests/fuzz and tests/cases, the samples of tests/data, and MUTATIONS damaged ones (TOOL --print,
tests/tools/keygendiff.c). What we let pass, ssh-keygen reads too, as the same key. What it reads and we refuse, we refuse
for a reason of the list below. Prints "differential: N laxer of N".
"""
import base64
import glob
import os
import re
import subprocess
import sys
import tempfile

import programs
import vectors
import wire

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
AT_ONCE = 5000
GOOD = wire.line(vectors.GOOD["ssh-ed25519"]).encode()

# ---- why we refuse what ssh-keygen reads: the first reason, and where it does not hold for every line, for which ----
FORM = {
    "option.unknown": "ssh-keygen skips one word in front of a key and does not read it as options",
    "option.bad-value": "the same", "option.bad-quoting": "the same", "option.repeated": "the same",
    "key.mpint-not-minimal": "a second spelling of the same number",
    "key.mpint-zero": "an exponent of zero",
    "key.blob-not-canonical": "a NUL in the application",
    "key.type-mismatch": "a NUL behind the inner type name",
    "key.ecdsa-curve-mismatch": "a NUL behind the curve's name",
    "key.type-unknown": "the name of a signature algorithm as label of a key, or text of a key as the word in front of it",
    "line.nul": "ssh-keygen does not see what is behind a NUL",
    "line.control": "control characters, in the comment and in base64",
    "line.not-ascii": "other bytes in front of the key",
    "line.empty": "ssh-keygen skips a word that begins with #",
    "line.too-long": "nothing that we serve is that long",
    "line.commented-out": "ssh-keygen skips a word that begins with #",
    "line.private-key": "the secret half stands in the line",
    "line.foreign-format": "words of another program's format in front of a key",
    "line.wrapped": "the rest of the key stands in the next line",
}
JUDGED = ("key.rsa-", "key.ed25519-", "key.ecdsa-trivial", "key.known-compromised", "key.type-dsa", "option.", "policy.", "cert.")
ONLY = {  # of this reason no other line but these
    "key.type-unknown": re.compile(rb"^AAAA|(^|[ \t\"])(rsa-sha2-(256|512)|webauthn-sk-ecdsa-sha2-nistp256@openssh.com)([ \t]|$)"),
}
NOT_JUDGED = {"key.ed25519-length", "key.ecdsa-point-invalid"}  # ssh-keygen sees these itself


def is_named(reason, line):
    if reason in FORM:
        return reason not in ONLY or ONLY[reason].search(line) is not None
    return reason.startswith(JUDGED) and reason not in NOT_JUDGED


def corpora():
    for name in ("line", "vet", "keyscan", "options"):
        for path in sorted(glob.glob(f"{TESTS}/fuzz/corpus/{name}/*")):
            with open(path, "rb") as f:
                for line in f.read().split(b"\n"):
                    yield line
                    yield line + b" " + GOOD
    for path in sorted(glob.glob(f"{TESTS}/fuzz/corpus/blob/*")):
        with open(path, "rb") as f:
            blob = f.read()
        inner = blob[4:4 + min(int.from_bytes(blob[:4], "big"), 60)]
        for word in {inner if re.fullmatch(rb"[!-~]+", inner) else b"x", b"ssh-rsa", b"ssh-ed25519"}:
            yield word + b" " + base64.b64encode(blob)
    for path in sorted(glob.glob(f"{TESTS}/cases/*/input") + glob.glob(f"{TESTS}/data/*/*.pub")):
        with open(path, "rb") as f:
            yield from f.read().split(b"\n")
    for row in vectors.rows():
        yield row.line


def mutations(tool, count):
    samples = sorted(glob.glob(f"{TESTS}/data/keys/*.pub"))
    done = subprocess.run([tool, "--print", str(-(-count // len(samples))), *samples], capture_output=True, check=True)
    return done.stdout.split(b"\n")[:-1][:count]


def keygen(lines):
    """The fingerprint that ssh-keygen names for each line, or None. A good key with the number of the line as its comment
    stands before each: whatever a line does to its own comment, what is printed between two of them is about it."""
    with tempfile.NamedTemporaryFile() as f:
        f.writelines(b"%s n%d\n%s\n" % (GOOD, i, line) for i, line in enumerate(lines))
        f.flush()
        text = subprocess.run(["ssh-keygen", "-lf", f.name], capture_output=True).stdout
    said, now = [None] * len(lines), None
    for answer in text.split(b"\n")[:-1]:
        words = answer.split(b" ")
        if len(words) == 4 and re.fullmatch(rb"n\d+", words[2]) and (now is None or int(words[2][1:]) == now + 1):
            now = int(words[2][1:])
        else:
            assert said[now] is None, answer
            said[now] = words[1].decode()
    if now != len(lines) - 1:
        raise SystemExit(f"ssh-keygen stopped at line {now} of {len(lines)}")
    return said


def main():
    lines = list(corpora()) + mutations(sys.argv[2], int(sys.argv[1]))
    laxer = unnamed = both = 0
    for i in range(0, len(lines), AT_ONCE):
        some = lines[i:i + AT_ONCE]
        for line, ours, theirs in zip(some, programs.vet(some), keygen(some), strict=True):
            served = ours.verdict in ("accept", "warn") and ours.reasons != ["line.commented-out"]
            if served and ours.fingerprint == theirs:
                both += 1
            elif served:
                laxer += 1
                print(f"not ok laxer: {line[:200]!r}: ours {ours}, ssh-keygen {theirs}")
            elif theirs and not is_named((ours.reasons or ["line.empty"])[0], line):
                unnamed += 1
                print(f"not ok not on the list: {line[:200]!r}: ours {ours.reasons}, ssh-keygen {theirs}")
    print(f"keygen-lines: {both} read alike by both, {unnamed} refused by us alone and not on the list")
    print(f"differential: {laxer} laxer of {len(lines)}")
    return 1 if laxer or unnamed or not both else 0


if __name__ == "__main__":
    sys.exit(main())
