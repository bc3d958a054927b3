#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""journal.py TRAIL LIST CATALOG: compare what a real journald has, `journalctl -o json` on standard input, with a hostile trail.

LIST says what stands in each event (tests/tools/formmake.c). Each event is in the journal once, with its class; no field is there
that we do not write, no value moves a cursor or ends a line, and the stranger's text comes back byte by byte.
"""
import json
import re
import sys
import unicodedata

OURS = {"ACTION": "event.action", "OUTCOME": "event.outcome", "REASON": "event.code", "STAGE": "keyaudit.stage", "TRUST": "keyaudit.trust",
        "USER": "user.name", "RHOST": "source.ip", "RPORT": "source.port", "KEY_TYPE": "keyaudit.key.type",
        "KEY_FP": "keyaudit.key.fingerprint", "KEY_LABEL": "keyaudit.key.label", "PATH": "file.path", "MODE": "file.mode",
        "SSHD_PID": "process.pid", "EVENT_ID": "event.id", "REF": "keyaudit.ref", "COUNT": "keyaudit.count", "SEQ": "keyaudit.seq",
        "TEXT": "message", "FIX": "keyaudit.fix"}
THEIRS = {"MESSAGE", "MESSAGE_ID", "PRIORITY", "SYSLOG_FACILITY", "SYSLOG_IDENTIFIER", "DOCUMENTATION"}
bad = 0


def wrong(what):
    global bad
    bad += 1
    if bad <= 20:
        print("journal: " + what)


def undo(text):
    """the bytes that the trail's escaping stands for"""
    return re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), text.encode())


def at(event, path):
    for name in path.split("."):
        event = event.get(name) if isinstance(event, dict) else None
    return None if event is None else str(event)


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        trail = [json.loads(line) for line in f]
    with open(sys.argv[2], encoding="ascii") as f:
        put_in = [(line.split()[0], bytes.fromhex(line.split()[1])) for line in f]
    with open(sys.argv[3], encoding="ascii") as f:
        classes = set(re.findall(r"^-- ([0-9a-f]{32})$", f.read(), re.MULTILINE))
    got = {}
    for line in sys.stdin:
        entry = json.loads(line)
        if entry.get("SYSLOG_IDENTIFIER") != "keyaudit" or "KEYAUDIT_SEQ" not in entry:
            continue
        if entry["KEYAUDIT_SEQ"] in got:
            wrong("number %s is there twice" % entry["KEYAUDIT_SEQ"])
        got[entry["KEYAUDIT_SEQ"]] = entry
    for event, (action, text) in zip(trail, put_in):
        seq = str(event["keyaudit"]["seq"])
        entry = got.pop(seq, None)
        if entry is None:
            wrong("number %s is not there" % seq)
            continue
        for name, value in entry.items():
            if name.startswith("_"):
                continue  # journald's own
            if not isinstance(value, str):
                wrong("%s: %s is there more than once, or is no text" % (seq, name))
            elif any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs") for c in value):
                wrong("%s: %s is not plain" % (seq, name))
            elif name not in THEIRS and name[9:] not in OURS:
                wrong("%s: a field of somebody else's: %s" % (seq, name))
        for name, path in OURS.items():
            if entry.get("KEYAUDIT_" + name) != at(event, path):
                wrong("%s: %s is %r, not %r" % (seq, name, entry.get("KEYAUDIT_" + name), at(event, path)))
        if "user" in event and undo(entry["KEYAUDIT_USER"]) != text:
            wrong("%s: the user is not %r" % (seq, text))
        if entry["KEYAUDIT_ACTION"] != action or entry["MESSAGE_ID"] not in classes or entry["_UID"] != "0":
            wrong("%s: %s, %s, uid %s" % (seq, entry["KEYAUDIT_ACTION"], entry["MESSAGE_ID"], entry["_UID"]))
    for seq in got:
        wrong("number %s is of no event" % seq)
    print("journal: %d events in a real journal, %d wrong" % (len(trail), bad))
    return 1 if bad or not trail else 0


sys.exit(main())
