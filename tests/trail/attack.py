#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Whether `keyaudit verify` sees what root can do to a trail. The attacker has everything on the host and today's key, but
neither K0 nor the anchors' copy; the hashes and seals are those of trailtool.py, written from the documentation.

    attack.py KEYAUDIT TRIALS RECORDS [SEED]

TRIALS of each class on trails of RECORDS lines. Prints "attacks: N detected of N" and fails when one was not.
"""
import json
import os
import random
import re
import subprocess
import sys
import tempfile

import trailtool as tt

EPOCHS = 6


class Case:
    """What the attacker finds: the lines with their files, the seals, today's key; and what he must not touch: the last anchor."""

    def __init__(self, rng, honest):
        self.rng, self.t = rng, honest
        self.files = [list(f) for f in honest.files]
        self.seals = list(honest.seals)
        self.anchored = honest.anchored

    def places(self, limit):
        """(file, index) of the records 1 .. limit."""
        return [(f, i) for f, lines in enumerate(self.files) for i in range(len(lines))][:limit]

    def pick(self, n=1):
        return sorted(self.rng.sample(self.places(self.anchored), n))

    def keep(self, count):
        """Only the first COUNT records; files that are empty then go."""
        left = count
        for f, lines in enumerate(self.files):
            self.files[f] = lines[:left]
            left -= len(self.files[f])
        self.files = [f for f in self.files if f] or [[]]

    def rechain(self, chain=None):
        """Every line anew, with right numbers, prevs and hashes; and CHAIN for the chain's id."""
        seq, prev = 0, tt.ZEROS
        for lines in self.files:
            for i, line in enumerate(lines):
                front = re.sub(rb',"seq":\d+,"prev":"[0-9a-f]*","hash":"[0-9a-f]*"}}$', b"", line).decode("latin-1")
                if chain:
                    front = front.replace(self.t.chain, chain)
                if '"begin":"rotated"' in front:
                    front = re.sub(r'"seq":\d+,"hash":"[0-9a-f]*"}}$', f'"seq":{seq},"hash":"{prev}"}}}}', front)
                seq += 1
                lines[i], prev = tt.chain_line(front, seq, prev)

    def reseal(self, chain=None):
        """All seals anew with today's key, for what the trail says now."""
        t, records = self.t, [line for f in self.files for line in f]
        epoch, key, mac, seq, head, was = t.epoch, t.key, t.mac, t.seq, t.head, t.chain
        t.mac, t.chain, seals = tt.ZEROS, chain or t.chain, []
        for n, line in enumerate(self.seals):
            t.epoch = n + 1
            t.seq = min(int(re.search(rb'"seq":(\d+)', line).group(1)), len(records)) if n + 1 < len(self.seals) else len(records)
            t.head = records[t.seq - 1][-67:-3].decode() if t.seq else tt.ZEROS
            made, t.mac = tt.seal_line(t, "timer")
            seals.append(made)
        t.epoch, t.key, t.mac, t.seq, t.head, t.chain = epoch, key, mac, seq, head, was
        self.seals = seals

    def forged(self, n):
        t = self.rng.randrange(0, 100000)
        return [(tt.front("ssh-login-accepted", t + i, {"pad": tt.pad(self.rng)}) + ',"seq":1,"prev":"","hash":""}}').encode() for i in range(n)]


# ---- the classes; each changes something at or before the last anchor ----

def flip(c):
    f, i = c.pick()[0]
    line = bytearray(c.files[f][i] + b"\n")
    line[c.rng.randrange(len(line))] ^= c.rng.randrange(1, 256)
    if line[-1:] == b"\n":
        c.files[f][i] = bytes(line[:-1])
    else:  # the newline itself: this line and the next one are one
        rest = c.files[f][i + 1:i + 2]
        c.files[f][i:i + 2] = [bytes(line) + (rest[0] if rest else b"")]


def drop(c):
    f, i = c.pick()[0]
    del c.files[f][i]
    c.files = [x for x in c.files if x] or [[]]


def swap(c):
    (f, i), (g, k) = c.pick(2)
    c.files[f][i], c.files[g][k] = c.files[g][k], c.files[f][i]


def insert(c):
    f, i = c.pick()[0]
    new = c.rng.choice([b"", b"{}", c.files[f][i], c.rng.choice(c.files[0]), c.forged(1)[0], b"fitting"])
    if new == b"fitting":  # right in itself, behind the record before it
        prev = c.files[f][i - 1][-67:-3].decode() if i else tt.ZEROS
        new = tt.chain_line(tt.front("ssh-login-accepted", 5, {"pad": "x"}), sum(map(len, c.files[:f])) + i + 1, prev)[0]
    c.files[f].insert(i, new)


def truncate(c):
    c.keep(c.rng.randrange(0, c.anchored))
    if c.rng.random() < 0.5:
        c.seals = c.seals[:c.rng.randrange(len(c.seals) + 1)]
    elif c.files[0]:
        c.reseal()


def truncate_and_forge(c):
    c.keep(c.rng.randrange(1, c.anchored))
    c.files[-1] += c.forged(c.rng.randrange(1, c.t.seq))
    c.rechain()
    if c.rng.random() < 0.8:
        c.reseal()


def replay(c):
    """Trail and seals as they were before the last anchor; sometimes work goes on from there."""
    keep = c.rng.randrange(1, c.anchored)
    c.keep(keep)
    c.seals = [s for s in c.seals if int(re.search(rb'"seq":(\d+)', s).group(1)) <= keep]
    if c.rng.random() < 0.5:
        c.files[-1] += c.forged(c.rng.randrange(1, 20))
        c.rechain()


def rewrite(c):
    chain = "%032x" % c.rng.getrandbits(128) if c.rng.random() < 0.3 else None
    f, i = c.pick()[0]
    if c.rng.random() < 0.5:
        c.files[f][i] = c.files[f][i].replace(b'"schema":1', b'"schema":1,"forged":1', 1)
    elif i > 0:
        del c.files[f][i]
    else:
        c.files[f].insert(1, c.forged(1)[0])
    c.rechain(chain)
    c.reseal(chain)


CLASSES = {
    "flip": flip, "drop": drop, "swap": swap, "insert": insert, "truncate": truncate, "truncate-and-forge": truncate_and_forge,
    "replay": replay, "rewrite": rewrite,
}


# ---- judging ----

class World:
    def __init__(self, keyaudit, seed):
        self.keyaudit, self.rng, self.wrong = keyaudit, random.Random(seed), 0
        self.dir = tempfile.mkdtemp(prefix="trail.", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)

    def path(self, name):
        return os.path.join(self.dir, name)

    def verify(self, names, *options):
        p = subprocess.run([self.keyaudit, "verify", "--json", *options, "--seals", self.path("seals.jsonl"), *names],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        return p.returncode, json.loads(p.stdout) if p.stdout else {"result": "none", "said": p.stderr.decode()}

    def write(self, c):
        names = []
        for i, lines in enumerate(c.files):
            names.append(self.path("audit.jsonl-%d" % i))
            tt.write(names[-1], lines)
        tt.write(self.path("seals.jsonl"), c.seals)
        tt.write(self.path("anchors"), c.t.anchors)
        with open(self.path("k0"), "w", encoding="ascii") as f:
            f.write(tt.k0_text(c.t.k0))
        return names

    def options(self, c):
        """The verifier has the anchors; K0 sometimes."""
        return ["--anchor", self.path("anchors")] + (["--key", self.path("k0")] if c.rng.random() < 0.5 else [])

    def complain(self, what, status, said):
        self.wrong += 1
        print(f"attack: {what}: status {status}: {json.dumps(said)[:300]}", file=sys.stderr)


def honest(rng, records):
    """Some records behind the last anchor, or none; up to three files."""
    t = tt.honest(rng, records, rng.choice([1, 1, 2, 3]), EPOCHS)
    t.anchored = t.seq
    for _ in range(rng.choice([0, 0, 1, 7])):
        t.record()
    return t


def attack(world, name, trials, records):
    """How many of TRIALS were seen."""
    seen, t = 0, None
    for n in range(trials):
        if n % 25 == 0:
            t = honest(world.rng, records)
        c = Case(world.rng, t)
        CLASSES[name](c)
        assert c.files != t.files, "nothing was done"
        status, said = world.verify(world.write(c), *world.options(c))
        if status == 1 and said["result"] == "broken":
            seen += 1
        else:
            world.complain(name, status, said)
    return seen


def controls(world, records):
    """Nothing was done: never broken, and what is behind the anchor is said to the record; without K0 the seals are unchecked."""
    for _ in range(10):
        t = honest(world.rng, records)
        c = Case(world.rng, t)
        names = world.write(c)
        behind = t.seq - t.anchored
        for options in ([], ["--key", world.path("k0")]):
            status, said = world.verify(names, "--anchor", world.path("anchors"), *options)
            want = "unanchored" if behind else "intact"
            if status != 0 or said["result"] != want or said["unanchored"] != behind or said["seals"]["checked"] != bool(options):
                world.complain("control", status, said)
            if behind:
                first = json.loads([line for f in t.files for line in f][t.anchored])
                if said["unanchored_since"] != first["@timestamp"]:
                    world.complain("control since", status, said)
            status, said = world.verify(names, *options)
            if status != 3 or said["result"] != "unanchored" or said["unanchored"] != t.seq:
                world.complain("control without an anchor", status, said)


def behind_the_anchor(world, trials, records):
    """Done behind the last anchor: broken or unanchored, never intact while a record stands there."""
    for _ in range(trials):
        t = honest(world.rng, records)
        for _ in range(5):
            t.record()
        c = Case(world.rng, t)
        f, i = c.places(t.seq)[world.rng.randrange(t.anchored + 1, t.seq)]
        c.files[f][i] = c.files[f][i].replace(b'"schema":1', b'"schema":1,"forged":1', 1)
        c.rechain()
        status, said = world.verify(world.write(c), *world.options(c))
        if status != 0 or said["result"] != "unanchored" or said["unanchored"] != t.seq - t.anchored:
            world.complain("behind the anchor", status, said)


def is_able(world, trials, records):
    """The attacker knows his trade: what he has made anew holds in itself, without anchors and K0; with K0 the seals tell."""
    for _ in range(trials):
        c = Case(world.rng, honest(world.rng, records))
        rewrite(c)
        names = world.write(c)
        status, said = world.verify(names)
        if status != 3 or said["result"] != "unanchored":
            world.complain("made anew, nothing at hand", status, said)
        status, said = world.verify(names, "--key", world.path("k0"))
        if status != 1 or said["broken"]["what"] != "seal":
            world.complain("made anew, K0 at hand", status, said)


def main():
    keyaudit, trials, records = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    world = World(keyaudit, int(sys.argv[4]) if len(sys.argv) > 4 else None)
    seen = 0
    try:
        controls(world, records)
        behind_the_anchor(world, max(5, trials // 20), records)
        is_able(world, max(5, trials // 20), records)
        for name in CLASSES:
            now = attack(world, name, trials, records)
            print(f"{name}: {now} detected of {trials} on {records} records")
            seen += now
    finally:
        subprocess.run(["rm", "-rf", world.dir], check=False)
    print(f"attacks: {seen} detected of {trials * len(CLASSES)}")
    sys.exit(1 if world.wrong else 0)


if __name__ == "__main__":
    main()
