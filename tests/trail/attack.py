#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Whether `keyaudit verify` sees what root can do to a trail. The attacker has everything on the host and today's key, but
neither K0 nor the anchors' copy; the hashes and seals are those of trailtool.py, written from the documentation.

    attack.py KEYAUDIT TRIALS RECORDS [SEED]

TRIALS of each class on trails of RECORDS lines, on all processors. Prints "attacks: N detected of N" and fails when one was
not, or when a trail that nobody touched was called broken; what is printed then has the seed with which it is seen again.
"""
import json
import multiprocessing
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import trailtool as tt

EPOCHS = 6
SHARE = 125       # trials of one piece of work
TRAIL_TRIALS = 25 # trials on one honest trail; larger trails, which take longer to make, last for a whole piece
LARGE = 1000
TAIL = re.compile(rb',"seq":\d+,"prev":"[0-9a-f]*","hash":"[0-9a-f]*"}}\Z')
PREVIOUS = re.compile(rb'"seq":\d+,"hash":"[0-9a-f]*"}}\Z')


class Case:
    """What the attacker finds: the lines with their files, the seals, today's key; and what he must not touch: the last anchor."""

    def __init__(self, rng, honest):
        self.rng, self.t = rng, honest
        self.files = [list(f) for f in honest.files]
        self.seals = list(honest.seals)  # None: the file is gone
        self.anchored = honest.anchored

    def places(self, limit):
        """(file, index) of the records 1 .. limit."""
        return [(f, i) for f, lines in enumerate(self.files) for i in range(len(lines))][:limit]

    def pick(self, n=1):
        return sorted(self.rng.sample(self.places(self.anchored), n))

    def records(self):
        return [line for f in self.files for line in f]

    def keep(self, count):
        """Only the first COUNT records; files that are empty then go."""
        left = count
        for f, lines in enumerate(self.files):
            self.files[f] = lines[:left]
            left -= len(self.files[f])
        self.files = [f for f in self.files if f] or [[]]

    def untouched(self):
        """How many records from the first on are still those of the honest host."""
        n = 0
        for now, was in zip(self.records(), (line for f in self.t.files for line in f)):
            if now is not was:
                break
            n += 1
        return n

    def patch(self, f, i):
        """Number, prev and hash of this one line as they must be behind the one before it; sometimes, and if it is a record at all."""
        before = [line for lines in self.files[:f] for line in lines] + self.files[f][:i]
        line = self.files[f][i] if i < len(self.files[f]) else b""
        if self.rng.random() < 0.5 and TAIL.search(line) and (not before or TAIL.search(before[-1])):
            line = tt.chain_line(TAIL.sub(b"", line), len(before) + 1, tt.hash_of(before[-1]) if before else tt.ZEROS)[0]
            if line not in self.t.files[f][i:i + 1]:  # not undoing what he came for
                self.files[f][i] = line

    def rechain(self, chain=None):
        """Every line from the first change on anew, with right numbers, prevs and hashes; with CHAIN all, for it is the chain's id."""
        start = 0 if chain else self.untouched()
        seq, prev = 0, tt.ZEROS
        for lines in self.files:
            for i, line in enumerate(lines):
                if seq < start:
                    seq, prev = seq + 1, tt.hash_of(line)
                    continue
                front = TAIL.sub(b"", line)
                if b'"trail":{' in front:
                    if chain:
                        front = front.replace(self.t.chain.encode(), chain.encode())
                    if b'"begin":"rotated"' in front:
                        front = PREVIOUS.sub(b'"seq":%d,"hash":"%s"}}' % (seq, prev.encode()), front)
                seq += 1
                lines[i], prev = tt.chain_line(front, seq, prev)

    def reseal(self, chain=None):
        """Seals for what the trail says now, with today's key: all anew, or behind those that still agree; and sometimes one
        more, of today's epoch, that is as good as an honest one."""
        t, records = self.t, self.records()
        was = t.epoch, t.key, t.mac, t.seq, t.head, t.chain
        seals, t.mac, t.chain = [], tt.ZEROS, chain or t.chain
        agrees = not chain and self.rng.random() < 0.5
        lines = list(t.seals) + ([t.seals[-1]] if self.rng.random() < 0.3 else [])
        for n, line in enumerate(lines):
            seq = seen_by(line)
            agrees = agrees and n < len(t.seals) and seq <= len(records) and seq > 0 and head_of(line) == tt.hash_of(records[seq - 1])
            if agrees:
                seals.append(line)
                t.mac = line[-66:-2].decode()
                continue
            t.epoch = n + 1
            t.seq = min(seq, len(records)) if n + 1 < len(t.seals) else len(records)
            t.head = tt.hash_of(records[t.seq - 1]) if t.seq else tt.ZEROS
            made, t.mac = tt.seal_line(t, "timer")
            seals.append(made)
        t.epoch, t.key, t.mac, t.seq, t.head, t.chain = was
        self.seals = seals

    def forged(self, n):
        """Records that never were, still without a place in the chain."""
        t = self.rng.randrange(0, 100000)
        return [tt.front("ssh-login-accepted", t + i, tt.pad(self.rng)) for i in range(n)]


def seen_by(seal):
    return int(re.search(rb'"seq":(\d+)', seal).group(1))


def head_of(seal):
    return re.search(rb'"head":"([0-9a-f]*)"', seal).group(1).decode()


# ---- the classes; each changes something at or before the last anchor ----

def flip(c):
    f, i = c.pick()[0]
    line = bytearray(c.files[f][i] + b"\n")
    line[c.rng.randrange(len(line))] ^= c.rng.randrange(1, 256)
    if line[-1:] == b"\n":
        c.files[f][i] = bytes(line[:-1])
        c.patch(f, i)
    else:  # the newline itself: this line and the next one are one
        rest = c.files[f][i + 1:i + 2]
        c.files[f][i:i + 2] = [bytes(line) + (rest[0] if rest else b"")]


def drop(c):
    f, i = c.pick()[0]
    del c.files[f][i]
    c.patch(f, i)
    c.files = [x for x in c.files if x] or [[]]


def swap(c):
    (f, i), (g, k) = c.pick(2)
    c.files[f][i], c.files[g][k] = c.files[g][k], c.files[f][i]
    c.patch(f, i)
    c.patch(g, k)


def insert(c):
    """Before a record, or at the end of a file that others follow."""
    f, i = c.pick()[0]
    if f + 1 < len(c.files) and sum(map(len, c.files[:f + 1])) < c.anchored and c.rng.random() < 0.2:
        i = len(c.files[f])
    number = sum(map(len, c.files[:f])) + i + 1
    new = c.rng.choice([b"", b"{}", c.files[f][i - 1], c.rng.choice(c.files[0]), b"alien", b"fitting"])
    if new == b"alien":
        new = tt.chain_line(c.forged(1)[0], number, tt.ZEROS)[0]
    if new == b"fitting":  # right in itself, behind the record before it
        before = c.files[f][i - 1] if i else c.files[f - 1][-1] if f else None
        new = tt.chain_line(c.forged(1)[0], number, tt.hash_of(before) if before else tt.ZEROS)[0]
    c.files[f].insert(i, new)
    if i + 1 < len(c.files[f]):
        c.patch(f, i + 1)


def truncate(c):
    c.keep(c.rng.randrange(0, c.anchored))
    how = c.rng.random()
    if how < 0.4:
        c.seals = c.seals[:c.rng.randrange(len(c.seals) + 1)]
    elif how < 0.8 and c.files[0]:
        c.reseal()
    elif how < 0.9:
        c.seals = None


def truncate_and_forge(c):
    c.keep(c.rng.randrange(1, c.anchored))
    c.files[-1] += c.forged(c.rng.randrange(1, c.t.seq))
    c.rechain()
    how = c.rng.random()
    if how < 0.8:
        c.reseal()
    elif how < 0.9:
        c.seals = None


def replay(c):
    """Trail and seals as they were before the last anchor; sometimes work goes on from there."""
    keep = c.rng.randrange(1, c.anchored)
    c.keep(keep)
    c.seals = [s for s in c.seals if seen_by(s) <= keep]
    if c.rng.random() < 0.5:
        c.files[-1] += c.forged(c.rng.randrange(1, 20))
        c.rechain()


def rewrite(c):
    chain = "%032x" % c.rng.getrandbits(128) if c.rng.random() < 0.3 else None
    f, i = c.pick()[0]
    how = c.rng.random()
    # what begins and ends a file has its place: without it the files show by themselves that they do not fit
    if how < 0.4 or (b'"trail":{' in c.files[f][i] and how < 0.9):
        c.files[f][i] = c.files[f][i].replace(b'"schema":1', b'"schema":1,"forged":1', 1)
    elif how < 0.6:
        del c.files[f][i]
    elif how < 0.9:
        c.files[f].insert(i, c.forged(1)[0])
    else:  # not one word is left
        c.files = [[x if b'"trail":{' in x else new for x, new in zip(lines, c.forged(len(lines)))] for lines in c.files]
    c.rechain(chain)
    c.reseal(chain)


CLASSES = {
    "flip": flip, "drop": drop, "swap": swap, "insert": insert, "truncate": truncate, "truncate-and-forge": truncate_and_forge,
    "replay": replay, "rewrite": rewrite,
}


# ---- judging ----

class World:
    """Files that verify reads, and what it said that it must not say. Every file is written when it differs from the last one there."""

    def __init__(self, keyaudit, seed):
        self.keyaudit, self.seed, self.rng = keyaudit, seed, random.Random(seed)
        self.wrong, self.stands = [], {}
        self.dir = tempfile.mkdtemp(prefix="trail.", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.dir, name)

    def put(self, name, lines):
        if name not in self.stands or self.stands[name] != lines:
            tt.write(self.path(name), lines)
            self.stands[name] = list(lines)
        return self.path(name)

    def write(self, c):
        names = [self.put("audit.jsonl-%d" % i, lines) for i, lines in enumerate(c.files)]
        if c.seals is None:
            os.unlink(self.put("seals.jsonl", []))
            del self.stands["seals.jsonl"]
        else:
            self.put("seals.jsonl", c.seals)
        self.put("anchors", self.anchors(c.t))
        self.put("k0", [tt.k0_text(c.t.k0).encode()])
        return names

    def anchors(self, t):
        """What the verifier was left: all seals, the last one, that as a log writes it, or its short form."""
        last = t.anchors[-1]
        short = b'{"chain":"%s","seq":%d,"head":"%s","at":"%s"}' % (
            t.chain.encode(), seen_by(last), head_of(last).encode(), tt.stamp(t.t).encode())
        return self.rng.choice([t.anchors, [last], [b"Jan  1 00:00:00 host keyaudit: " + last], [b"noted by hand:", short]])

    def verify(self, names, *options):
        p = subprocess.run([self.keyaudit, "verify", *options, *names], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        return p.returncode, p.stdout.decode(), p.stderr.decode()

    def judge(self, names, *options):
        status, said, err = self.verify(names, "--json", *options)
        return status, json.loads(said) if said else {"result": "none", "said": err}

    def options(self):
        """The verifier has the anchors; K0 sometimes."""
        return ["--anchor", self.path("anchors")] + (["--key", self.path("k0")] if self.rng.random() < 0.5 else [])

    def complain(self, what, status, said):
        self.wrong.append(f"attack: {what}: seed {self.seed}: status {status}: {json.dumps(said)[:300]}")

    def expect(self, what, is_so, status, said):
        if not is_so:
            self.complain(what, status, said)


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
        if n % (trials if records >= LARGE else TRAIL_TRIALS) == 0:
            t = honest(world.rng, records)
        c = Case(world.rng, t)
        CLASSES[name](c)
        assert c.files != t.files, "nothing was done"
        status, said = world.judge(world.write(c), *world.options())
        if status == 1 and said["result"] == "broken":
            seen += 1
        else:
            world.complain(name, status, said)
    return seen


def words(world, names, t, behind):
    """What people read, and the exit status: it never says intact of what nobody else has seen."""
    lines = [line for f in t.files for line in f]
    since = {n: json.loads(lines[-n])["@timestamp"] for n in (behind, t.seq) if n}
    keyed = world.rng.choice([[], ["--key", world.path("k0")]])
    for anchored, strict in ((True, False), (True, True), (False, False), (False, True)):
        n = behind if anchored else t.seq
        options = keyed + (["--anchor", world.path("anchors")] if anchored else []) + (["--strict"] if strict else [])
        status, said, err = world.verify(names, *options)
        first = f"unanchored: {n} records since {since[n]}" if n else "intact: records 1 to "
        seals = ", each made with the key of its epoch" if keyed else ", unchecked: who made them is known with K0 alone (--key)"
        world.expect("words", status == (0 if anchored and not (n and strict) else 3) and said.startswith(first) and err == "" and
                     f"  seals: {len(t.seals)}{seals}\n" in said and ("intact" in said) == (n == 0), status, [options, said, err])


def controls(world, trials, records):
    """Nothing was done: never broken, and what is behind the anchor is said to the record; without K0 the seals are unchecked."""
    for _ in range(trials):
        t = honest(world.rng, records)
        names = world.write(Case(world.rng, t))
        behind = t.seq - t.anchored
        for options in ([], ["--key", world.path("k0")]):
            status, said = world.judge(names, "--anchor", world.path("anchors"), *options)
            world.expect("control", status == 0 and said["result"] == ("unanchored" if behind else "intact") and
                         said["unanchored"] == behind and said["seals"]["checked"] == bool(options), status, said)
            status, said = world.judge(names, *options)
            world.expect("control without an anchor", status == 3 and said["result"] == "unanchored" and said["unanchored"] == t.seq,
                         status, said)
        words(world, names, t, behind)


def behind_the_anchor(world, trials, records):
    """Done behind the last anchor: unanchored from the first record on that no anchor has seen, never intact while one stands there."""
    for _ in range(trials):
        t = honest(world.rng, records)
        for _ in range(5):
            t.record()
        c = Case(world.rng, t)
        f, i = c.places(t.seq)[world.rng.randrange(t.anchored, t.seq)]
        c.files[f][i] = c.files[f][i].replace(b'"schema":1', b'"schema":1,"forged":1', 1)
        c.rechain()
        status, said = world.judge(world.write(c), *world.options())
        world.expect("behind the anchor", status == 0 and said["result"] == "unanchored" and said["unanchored"] == t.seq - t.anchored,
                     status, said)


def expired(world, trials, records):
    """All that the anchors have seen is gone, as if by age, and something else begins behind it: that is not fine, anchor or not."""
    for _ in range(trials):
        t = honest(world.rng, records)
        c = Case(world.rng, t)
        forged = tt.Trail(world.rng, chain=t.chain, t=t.t)
        fits = world.rng.random() < 0.5
        forged.files, forged.seq = [], t.anchored + (0 if fits else world.rng.randrange(1, 9))
        forged.head = head_of(t.anchors[-1]) if fits else "%064x" % world.rng.getrandbits(256)
        forged.new_file()
        for _ in range(world.rng.randrange(1, 20)):
            forged.record()
        c.files = forged.files
        status, said = world.judge(world.write(c), *world.options())
        world.expect("as if expired", status == 3 and said["result"] == "unanchored" and said["unanchored"] == len(forged.files[0]),
                     status, said)


def is_able(world, trials, records):
    """The attacker knows his trade: what he has made anew holds in itself, without anchors and K0; with K0 the seals tell."""
    for _ in range(trials):
        c = Case(world.rng, honest(world.rng, records))
        rewrite(c)
        names = world.write(c)
        status, said = world.judge(names)
        world.expect("made anew, nothing at hand", status == 3 and said["result"] == "unanchored", status, said)
        status, said = world.judge(names, "--key", world.path("k0"))
        world.expect("made anew, K0 at hand", status == 1 and said["broken"]["what"] == "seal", status, said)


OTHERS = {"controls": controls, "behind_the_anchor": behind_the_anchor, "expired": expired, "is_able": is_able}


def piece(work):
    """One piece of the work, in a process of its own."""
    keyaudit, name, trials, records, seed = work
    with World(keyaudit, seed) as world:
        seen = attack(world, name, trials, records) if name in CLASSES else OTHERS[name](world, trials, records)
        return name, seen or 0, world.wrong


def main():
    keyaudit, trials, records = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    first = int(sys.argv[4]) if len(sys.argv) > 4 else random.SystemRandom().getrandbits(40)
    few = max(5, trials // (100 if records >= LARGE else 20))
    work = [(name, few) for name in OTHERS]
    work += [(name, min(SHARE, trials - at)) for name in CLASSES for at in range(0, trials, SHARE)]
    work = [(keyaudit, name, n, records, first + i) for i, (name, n) in enumerate(work)]
    seen, wrong = dict.fromkeys([*OTHERS, *CLASSES], 0), []
    with multiprocessing.Pool(os.cpu_count()) as pool:
        for name, now, said in pool.imap_unordered(piece, work):
            seen[name] += now
            wrong += said
    for line in wrong[:40]:
        print(line, file=sys.stderr)
    for name in CLASSES:
        print(f"  {name}: {seen[name]} detected of {trials} on {records} records")
    print(f"attacks: {sum(seen.values())} detected of {trials * len(CLASSES)}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
