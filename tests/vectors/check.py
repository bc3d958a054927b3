#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""check.py   the vectors (vectors.py) judged by the real programs and by a second implementation (oracle.py), inside a world.

Prints "vectors: N right of N", and which reason has none. Of a reason that is for later only authkeys-vet is asked.
"""
import collections
import math
import sys

import oracle
import programs
import sitedata
import vectors
import wire

# reasons that no line or key alone gives: who tests them
ELSEWHERE = {
    "internal.error": "memory and disks: unit tests", "internal.crypto-selftest": "a libsodium that fails: test_veted25519",
    "line.empty": "blank lines and comments are no fault: tests/cases/neighbours",
    "revoked.store": "a store's signed list: 632-store-lists.sh, test_sourcerevoked",
    "cert.signature-algorithm": "sshd's settings: 470-certificates.sh", "cert.ca-untrusted": "sshd's settings: 470-certificates.sh",
    "key.not-judged": "an authkeys-vet that does not answer: unit tests", "policy.key-reused": "more than one account: test_cmd_vet",
}
SURROUNDINGS = {"line.wrapped", "line.joined"}  # what only other lines show
REASONS = programs.reasons()
wrong = 0


def is_live(reason):
    return reason in REASONS and REASONS[reason][0]


def refuses(reason):
    return REASONS[reason][1] in ("reject", "locked")


def complain(row, what):
    global wrong
    wrong += 1
    print(f"not ok {row.about}: {row.what}: {what}")


def verdict_of(found):
    return "reject" if any(map(refuses, found)) else "warn" if any(REASONS[r][1] == "warn" for r in found) else "accept"


def by_oracle(row):
    """All reasons of a line that holds a plain key and nothing else; None of any other, and by a policy that it knows nothing of."""
    blob, product = vectors.blob_of(row.line), sitedata.product_of(row.policy)
    if blob is None or (row.policy and product is None) or wire.read(blob)[1]["is_cert"]:
        return None
    return oracle.judge(blob, row.line.split(b" ")[0].decode("latin-1"), refuses, product or 1)


def expected(row):
    """(reasons that keyaudit vet must name, or None when only the one that the row is about is known; verdict)."""
    found = by_oracle(row)
    if row.others is None:
        if found is None:
            return None, row.verdict
        if row.about in oracle.DATA and row.gives:
            found.append(row.about)
        if (row.about in found) != row.gives or verdict_of(found) != row.verdict:
            complain(row, f"{row.verdict} is wanted, the oracle says {found}")
        live = [r for r in found if is_live(r)]
        return live, verdict_of(live)
    unknown = oracle.DATA if sitedata.product_of(row.policy) is None else set()
    if found is not None and set(found) - unknown != set(row.others) - unknown - SURROUNDINGS:
        complain(row, f"the oracle says {found}, the folder {row.others}")
    return row.others, row.verdict


def judge(row, said):
    """One row against what keyaudit vet said of it."""
    reasons, verdict = expected(row)
    if said.verdict != verdict or (reasons is not None and set(said.reasons) != set(reasons)):
        complain(row, f"{verdict} {reasons} wanted, keyaudit vet says {said.verdict} {said.reasons}")
    elif is_live(row.about) and (row.about in said.reasons) != row.gives:
        complain(row, f"keyaudit vet says {said.reasons}")
    blob = vectors.blob_of(row.line)
    if blob is not None and said.verdict in ("accept", "warn") and said.fingerprint != wire.fingerprint(wire.read(blob)[1]["plain"]):
        complain(row, f"another fingerprint: {said.fingerprint}")


def ask_vet(rows):
    """keyaudit vet: lines of a folder stand together as they do there, all others alone."""
    groups = collections.defaultdict(list)
    for row in rows:
        groups[(row.policy, row.about if row.others is not None else "")].append(row)
    for (policy, folder), group in groups.items():
        for row, said in zip(group, programs.vet([r.line for r in group], policy, apart=folder == ""), strict=True):
            row_said[id(row)] = said
            judge(row, said)


def ask_command(rows):
    """authkeys-cmd prints exactly the keys that are not refused, each as "TYPE BASE64" behind its options."""
    for policy in {row.policy for row in rows}:
        group = [row for row in rows if row.policy == policy and b"\n" not in row.line]
        served = [row for row in group if row_said[id(row)].verdict in ("accept", "warn") and b"-cert-v01" not in row.line
                  and "line.commented-out" not in row_said[id(row)].reasons]
        # a certificate is answered by its authority, when it is offered
        printed = [line for line in programs.command([row.line for row in group], policy) if b"-cert-v01" not in line]
        if len(printed) != len(served):
            print(f"not ok authkeys-cmd prints {len(printed)} keys of {len(served)}; policy {policy!r}")
            return 1
        for row, line in zip(served, printed):
            if b" ".join(line.split(b" ")[-2:]) not in row.line.replace(b"\t", b" "):
                complain(row, f"authkeys-cmd prints {line[:60]}...")
    return 0


def ask_arithmetic(rows):
    """authkeys-vet, of every key that it may be asked about, whatever else is wrong with it."""
    asked = {}
    for row in rows:
        blob = vectors.blob_of(row.line)
        reason, key = wire.read(blob) if blob is not None else ("line.bad-base64", {})
        if reason is None and not key["is_cert"] and key["kind"] in ("rsa", "ecdsa"):
            asked[blob] = row, key
    for (blob, (row, key)), said in zip(asked.items(), programs.arithmetic(asked), strict=True):
        if key["kind"] == "rsa":
            n = key["n"]
            want = "unjudged" if n % 2 == 0 or n.bit_length() > oracle.RSA_HARD_MAX or n < 3 else oracle.bignum.judge_rsa(n, key["e"]) or "ok"
        else:
            want = (oracle.judge_point(key["curve"], key["pk"]) or ["ok"])[0]
        if said != want:
            complain(row, f"authkeys-vet says {said}, the oracle {want}")
    return len(asked)


def ask_shared(rows):
    """Which RSA keys share a prime: said by keyaudit vet of all of them at once, and by gcd of each with each."""
    moduli = {name: vectors.N[name] for name in ("shared-1", "shared-2")}
    for row in rows:
        reason, key = wire.read(vectors.blob_of(row.line) or b"")
        if reason is None and key["kind"] == "rsa" and key["n"] % 2 and key["n"].bit_length() <= oracle.RSA_HARD_MAX:
            moduli.setdefault(row.what, key["n"])
    numbers = sorted(set(moduli.values()))
    programs.vet([wire.line(wire.rsa(n)).encode() for n in numbers])
    said = {numbers[i] for i in programs.sharing}
    bad = 0
    for what, n in moduli.items():
        others = any(math.gcd(n, m) > 1 for m in numbers if m != n)
        if others != (n in said):
            bad += 1
            print(f"not ok key.rsa-shared-prime: {what}: {'some' if others else 'none'} has a common factor, keyaudit vet says otherwise")
    print(f"shared: {len(said)} moduli of {len(numbers)}, {bad} wrong")
    return bad or not said or len(said) == len(numbers)


def coverage(rows):
    """Every reason of vetting has a line that gives it and one that does not, or stands on the list."""
    missing = 0
    for reason, (live, action) in REASONS.items():
        gives = {row.gives for row in rows if row.about == reason}
        if action == "-" or reason in ELSEWHERE:
            continue
        if live and gives != {True, False}:
            missing += 1
            print(f"not ok {reason}: no vector that {'gives it' if True not in gives else 'passes beside it'}")
    print(f"reasons-with-vectors: {len({row.about for row in rows if row.about in REASONS and row.gives})}, {missing} missing, "
          f"{len(ELSEWHERE)} tested elsewhere")
    return missing


row_said = {}


def main():
    rows = list(vectors.rows()) + list(sitedata.rows())
    programs.configuration()
    sitedata.prepare(programs.FOLDER)
    ask_vet(rows)
    failed = ask_command(rows)
    print(f"arithmetic: {ask_arithmetic(rows)} keys as the oracle judges them")
    failed += ask_shared(rows) + coverage(rows)
    print(f"vectors: {len(rows) - wrong} right of {len(rows)}")
    return 1 if wrong or failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
