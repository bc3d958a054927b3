#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The trail's chain and its seals, written from docs/trail.md alone and sharing no code with keyaudit.

    trailtool.py make DIR RECORDS [--seed N]   a trail of RECORDS lines with seals, its anchors and K0, in DIR
"""
import hashlib
import json
import os
import random
import struct
import sys

ZEROS = "0" * 64
BOOT = "b" * 32


def blake(data, key=b""):
    return hashlib.blake2b(data, digest_size=32, key=key)


def le64(n):
    return struct.pack("<Q", n)


# ---- the chain ----

def chain_line(front, seq, prev):
    """front: the bytes of a compact JSON object whose last member is a non-empty object, without its last two braces."""
    body = b'%s,"seq":%d,"prev":"%s"' % (front, seq, prev.encode())
    digest = blake(b"keyaudit-audit/1\0" + prev.encode() + le64(len(body)) + body).hexdigest()
    return b'%s,"hash":"%s"}}' % (body, digest.encode()), digest


def hash_of(line):
    """What a chained line says its hash is."""
    return line[-67:-3].decode("latin-1")


def stamp(t):
    return f"2026-{1 + t // 2419200:02d}-{1 + t // 86400 % 28:02d}T{t // 3600 % 24:02d}:{t // 60 % 60:02d}:{t % 60:02d}.000000Z"


def front(action, t, own, kind="authentication"):
    return (f'{{"@timestamp":"{stamp(t)}","event":{{"action":"{action}","category":["{kind}"],"code":"key.not-listed",'
            f'"id":"{t:032x}"}},"user":{{"name":"user{t % 17}"}},"keyaudit":{{"schema":1,{own}').encode()


def own(name, value):
    return f'"{name}":' + json.dumps(value, separators=(",", ":"))


def pad(rng):
    return '"pad":"' + "x" * rng.randrange(20, 900) + '"'


class Trail:
    """What an honest host writes: one file, or several when rotate() is called."""

    def __init__(self, rng, chain=None, t=0, k0=None):
        self.rng, self.t = rng, t
        self.chain = chain or "%032x" % rng.getrandbits(128)
        self.files, self.seals, self.anchors = [], [], []
        self.seq, self.head = 0, ZEROS
        self.k0 = k0 or bytes(rng.getrandbits(8) for _ in range(32))
        self.key, self.epoch = evolve(self.k0), 1
        self.mac = ZEROS
        self.new_file()

    def put(self, text):
        line, self.head = chain_line(text, self.seq + 1, self.head)
        self.seq += 1
        self.files[-1].append(line)

    def new_file(self):
        self.files.append([])
        self.put(front("trail-genesis", self.t, self.genesis(), "host"))

    def genesis(self):
        o = {"chain": self.chain, "base": sum(len(line) + 1 for f in self.files for line in f), "begin": "first"}
        if self.seq > 0:
            o["begin"] = "rotated"
            o["previous"] = {"file": "audit.jsonl-%04d" % (len(self.files) - 2), "seq": self.seq, "hash": self.head}
        return own("trail", o)

    def record(self):
        self.t += self.rng.randrange(0, 4)
        self.put(front(self.rng.choice(["ssh-key-refused", "ssh-login-accepted"]), self.t, pad(self.rng)))

    def rotate(self):
        self.put(front("trail-rotate", self.t, own("trail", {"chain": self.chain}), "host"))
        self.seal("rotate")
        self.new_file()

    def seal(self, why="timer"):
        line, self.mac = seal_line(self, why)
        self.seals.append(line)
        self.anchors.append(line)
        self.key, self.epoch = evolve(self.key), self.epoch + 1


# ---- the seals ----

def evolve(key):
    return blake(b"keyaudit-evolve", key).digest()


def seal_line(t, why):
    body = (f'{{"epoch":{t.epoch},"chain":"{t.chain}","seq":{t.seq},"head":"{t.head}","at":"{stamp(t.t)}",'
            f'"boot_ms":{t.t * 1000},"boot_id":"{BOOT}","why":"{why}","prev":"{t.mac}"').encode()
    mac = blake(b"keyaudit-seal/1\0" + le64(len(body)) + body, t.key).hexdigest()
    return body + f',"mac":"{mac}"}}'.encode(), mac


def k0_text(k0):
    return "ka0-%s-%s" % (k0.hex(), blake(b"keyaudit-k0\0" + k0).hexdigest()[:8])


def honest(rng, records, files=1, seals=6):
    """A trail of that many lines, sealed here and there; the last seal stands at its end."""
    t = Trail(rng)
    rotate_at = {records * i // files for i in range(1, files)}
    seal_at = set(rng.sample(range(2, records), seals - 1))
    while t.seq < records:
        if t.seq in rotate_at:
            rotate_at.discard(t.seq)
            t.rotate()
        else:
            t.record()
        if t.seq in seal_at:
            t.seal()
    t.seal()
    return t


def write(path, lines, tail=b""):
    with open(path, "wb") as f:
        f.write(b"".join(line + b"\n" for line in lines) + tail)


def write_all(directory, t):
    names = []
    for i, lines in enumerate(t.files):
        last = i == len(t.files) - 1
        names.append(os.path.join(directory, "audit.jsonl" if last else "audit.jsonl-%04d" % i))
        write(names[-1], lines)
    write(os.path.join(directory, "seals.jsonl"), t.seals)
    write(os.path.join(directory, "anchors"), t.anchors)
    with open(os.path.join(directory, "k0"), "w", encoding="ascii") as f:
        f.write(k0_text(t.k0) + "\n")
    return names


def main():
    if len(sys.argv) < 4 or sys.argv[1] != "make":
        sys.exit(__doc__)
    seed = int(sys.argv[5]) if len(sys.argv) > 5 else 1
    os.makedirs(sys.argv[2], exist_ok=True)
    write_all(sys.argv[2], honest(random.Random(seed), int(sys.argv[3])))


if __name__ == "__main__":
    main()
