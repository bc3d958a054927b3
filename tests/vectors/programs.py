# SPDX-License-Identifier: ISC
"""Asks the installed programs: keyaudit vet, authkeys-cmd, authkeys-vet. Inside a throw-away world only, whose /etc it writes to."""
import base64
import collections
import json
import os
import subprocess

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
VET = "/usr/libexec/keyaudit/authkeys-vet"
COMMAND = "/usr/libexec/keyaudit/authkeys-cmd"
FOLDER = f"/etc/keyaudit/vectors.{os.getpid()}"  # parts of the tier run side by side
KEYS_AT_ONCE = 5000  # a source may list 10,000 lines

# of one line, as keyaudit vet says it; a line that it skips is verdict "skip"
Said = collections.namedtuple("Said", "verdict reasons fingerprint bits")
sharing = set()  # after vet(): the lines whose RSA keys share a prime with another one of them
SKIPPED = Said("skip", [], None, None)


def configuration(policy=""):
    """A configuration with this text behind it; the same text gives the same file. Its source is FOLDER/keys."""
    os.makedirs(FOLDER, exist_ok=True)
    path = os.path.join(FOLDER, f"{abs(hash(policy)):x}.conf")
    if not os.path.exists(path):
        with open(path, "w") as f:
            f.write(f"[lookup]\nsources = vectors\n[source vectors]\ntype = file\npath = {FOLDER}/keys\n"
                    + policy.replace("FOLDER", FOLDER))
    return path


def vet(lines, policy="", apart=True):
    """What keyaudit vet says about each of these lines (bytes). apart: a comment between any two, so that they are judged alone."""
    step = 2 if apart else 1
    text = b"".join(line + b"\n" + (b"#\n" if apart else b"") for line in lines)
    done = subprocess.run(["keyaudit", "vet", "--json", "-c", configuration(policy), "-"], input=text, capture_output=True)
    if done.returncode not in (0, 1) or done.stderr:
        raise SystemExit(f"keyaudit vet: status {done.returncode}: {done.stderr.decode(errors='replace')[:400]}")
    said = [SKIPPED] * len(lines)
    sharing.clear()
    for answer in map(json.loads, done.stdout.splitlines()):
        i, rest = divmod(answer["line"] - 1, step)
        assert rest == 0, answer
        if said[i] is not SKIPPED:  # said at the end, of all keys together
            assert [r["id"] for r in answer["reasons"]] == ["key.rsa-shared-prime"], answer
            sharing.add(i)
            continue
        said[i] = Said(answer["verdict"], [r["id"] for r in answer["reasons"]], answer["fingerprint"], answer["bits"])
    return said


def command(lines, policy=""):
    """The lines (bytes, without options' own spelling) that authkeys-cmd prints when these are a user's keys."""
    printed = []
    for i in range(0, len(lines), KEYS_AT_ONCE):
        with open(os.path.join(FOLDER, "keys"), "wb") as f:
            f.writelines(line + b"\n" for line in lines[i:i + KEYS_AT_ONCE])
        done = subprocess.run(["setpriv", "--reuid", "_keyaudit", "--clear-groups", COMMAND, "-u", "alice", "-c", configuration(policy)],
                              capture_output=True)
        if done.returncode or done.stderr:
            raise SystemExit(f"authkeys-cmd: status {done.returncode}: {done.stderr.decode(errors='replace')[:400]}")
        printed += done.stdout.splitlines()
    return printed


def arithmetic(blobs):
    """What authkeys-vet says: "ok", an id, or "unjudged"."""
    asked = "".join(base64.b64encode(b).decode() + "\n" for b in blobs)
    done = subprocess.run([VET], input=asked, capture_output=True, text=True)
    said = [a.split()[1] if a.startswith("bad ") else a for a in done.stdout.splitlines()]
    if done.returncode or done.stderr or len(said) != len(blobs):
        raise SystemExit(f"authkeys-vet: status {done.returncode}, {len(said)} answers of {len(blobs)}: {done.stderr[:400]}")
    return said


def reasons():
    """id: (is it live, what vetting does by default), from common/reason/reason.def as docs/reasons.md shows it."""
    found = {}
    with open(os.path.join(TOP, "docs", "reasons.md")) as f:
        for cells in ([c.strip() for c in line.split("|")] for line in f if line.startswith("| `")):
            rest = cells[2:]
            found[cells[1].split("`")[1]] = ("(later)" not in cells[1], next(c for c in rest if c in ("off", "warn", "reject", "locked", "-")))
    return found
