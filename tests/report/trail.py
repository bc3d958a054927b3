#!/usr/bin/env python3
"""A trail of made-up events, on standard output: two months of refusals, and strangers who try to write HTML.

With --hostile every text that comes from outside is markup, in each way in which JSON can carry it.
"""
import json
import random
import sys

REASONS = ["perm.group-writable", "key.not-listed", "line.wrapped", "key.rsa-too-short", "cert.expired", "perm.home-writable",
           "account.unknown", "key.type-dsa", "revoked.store", "sig.invalid", "no.such-reason"]
NASTY = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'onmouseover='alert(1)", "&lt;b&gt;&amp;", "</code></td></table><h1>x",
         "\u202egnp.x\u202c", "a\tb\nc\u0007", "\u0085\u2028\u200b", "--><!--", "]]><![CDATA[", "</title><style>*{display:none}</style>",
         "\\x3cscript\\x3e", "javascript:alert(1)", "<svg/onload=alert(1)>", "{{7*7}}", "\ufeff<iframe src=//e.example>"]


def event(day, number, action, reason, user, text):
    key = "SHA256:" + ("%043d" % (number % 7))
    return {"@timestamp": "2026-%02d-%02dT%02d:%02d:00.000000Z" % (7 + day // 30, 1 + day % 30, number % 24, number % 60),
            "event": {"action": action, "code": reason, "outcome": "failure"}, "user": {"name": user},
            "file": {"path": text("/home/%s/.ssh/authorized_keys" % user)},
            "keyaudit": {"schema": 1, "trust": "claimed" if number % 9 == 0 else "seen", "fix": text("runuser -u %s -- chmod go-w -- .ssh" % user),
                         "key": {"type": text("ssh-rsa"), "fingerprint": text(key), "label": text("laptop of %s" % user)},
                         "offers": [text("ssh-rsa") + " " + text(key).replace(" ", "_") + " " + reason]}}


def main():
    hostile = "--hostile" in sys.argv
    draw = random.Random(8)
    number = 0
    for day in range(60):
        for _ in range(draw.randint(0, 12) if day != 31 else 40):
            number += 1
            nasty = NASTY[number % len(NASTY)]
            user = nasty if hostile else "user%d" % draw.randint(1, 14)
            text = (lambda plain, nasty=nasty: nasty) if hostile else (lambda plain: plain)
            action = "ssh-login-accepted" if draw.random() < 0.1 else "ssh-key-refused"
            reason = nasty if hostile and number % 5 == 0 else draw.choice(REASONS[:draw.randint(1, len(REASONS))])
            # the reader takes no line that is not plain: raw where it is, escaped by JSON as well
            made = event(day, number, action, reason, user, text)
            own = made["keyaudit"]
            if number % 7 == 0:  # found beside its reason
                own["also"] = [text("perm.acl"), text("key.rsa-too-short")]
            if number % 11 == 0:  # a second key: nobody can tell which one that is about
                own["offers"].append("ssh-ed25519 SHA256:" + "e" * 43 + " key.not-listed")
            if number % 13 == 0 and action == "ssh-key-refused":
                made["event"]["action"] = "ssh-login-denied"
            if number % 17 == 0:
                made["event"]["action"] = "ssh-key-offered"
            print(json.dumps(made, ensure_ascii=number % 2 == 0))
        if day % 20 == 5:  # a flood has neither a user nor keys
            print(json.dumps({"@timestamp": "2026-%02d-%02dT23:59:59.999999Z" % (7 + day // 30, 1 + day % 30),
                              "event": {"action": "ssh-key-refused-summary", "code": "key.not-listed", "outcome": "failure"},
                              "keyaudit": {"schema": 1, "trust": "seen", "count": 100 + day}}))
    print(json.dumps({"@timestamp": "2026-09-01T00:00:00.000000Z", "event": {"action": "ssh-key-refused", "code": "key.not-listed"},
                      "user": {"name": "too late"}}))
    print(json.dumps({"@timestamp": "2026-08-20T00:00:00.000000Z", "event": {"action": "config-unsafe", "code": "perm.acl"}}))


main()
