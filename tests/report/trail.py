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
            print(json.dumps(event(day, number, action, reason, user, text), ensure_ascii=number % 2 == 0))


main()
