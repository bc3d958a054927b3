#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""forms.py TRAIL LIST ECS OCSF CEF KV: parse the four forms of a hostile trail with parsers of their own, and compare.

LIST says what stands in each event (tests/tools/formmake.c). Each form must have one line for each event, no byte that moves a
cursor, no field that the lists in tests/data/fields do not know, none twice, and give the stranger's text back byte by byte.
"""
import json
import re
import sys
import unicodedata

bad = 0


def wrong(what):
    global bad
    bad += 1
    if bad <= 20:
        print("forms: " + what)


def read(path):
    data = open(path, "rb").read()
    if not data.endswith(b"\n"):
        wrong(path + " does not end with a newline")
    lines = data[:-1].split(b"\n")
    for n, line in enumerate(lines, 1):
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            wrong("%s:%d: broken UTF-8" % (path, n))
            continue
        for c in text:
            if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs"):
                wrong("%s:%d: U+%04X" % (path, n, ord(c)))
    return [line.decode("utf-8", "replace") for line in lines]


def table(name):
    version = None
    rows = {}
    for line in open("tests/data/fields/" + name):
        if line.startswith("# version:"):
            version = line.split()[2]
        if not line.startswith("#"):
            words = line.split()
            rows[words[0]] = words[1:]
    if version is None or len(rows) < 20:
        wrong(name + " is no list of fields")
    return version, rows


def once(pairs):
    keys = [k for k, _ in pairs]
    if len(set(keys)) != len(keys):
        wrong("a field twice: %s" % keys)
    return dict(pairs)


def flat(value, path=""):
    if isinstance(value, dict):
        for k, v in value.items():
            yield from flat(v, path + "." + k if path else k)
    else:
        yield path, value


def is_type(value, kind):
    if kind.endswith("[]"):
        return isinstance(value, list) and all(is_type(v, kind[:-2]) for v in value)
    if kind in ("long", "integer"):
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "ip":
        return isinstance(value, str) and re.fullmatch(r"[0-9a-f.:]+", value) is not None
    return isinstance(value, str)


def undo(text):
    """the bytes that the trail's escaping stands for"""
    return re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), text.encode())


def cef(line, limits):
    """header and extension; escapes are undone, and what is not escaped divides"""
    parts, text, i = [], "", 0
    while len(parts) < 7 and i < len(line):
        if line[i] == "\\" and i + 1 < len(line) and line[i + 1] in "|\\":
            text += line[i + 1]
            i += 2
        elif line[i] == "|":
            parts.append(text)
            text = ""
            i += 1
        else:
            text += line[i]
            i += 1
    if len(parts) != 7 or parts[0] != "CEF:0":
        wrong("a header of CEF: " + line[:80])
    pairs, rest = [], line[i:]
    # an = without a backslash before it (an even number of them) ends a key, which is the word before it
    ends = [m.end() - 1 for m in re.finditer(r"(?<!\\)(?:\\\\)*=", rest)]
    starts = [rest.rfind(" ", 0, e) + 1 for e in ends]
    for k, e in enumerate(ends):
        end = starts[k + 1] - 1 if k + 1 < len(ends) else len(rest)
        value = re.sub(r"\\([\\=nr])", lambda m: {"n": "\n", "r": "\r"}.get(m[1], m[1]), rest[e + 1:end])
        pairs.append((rest[starts[k]:e], value))
        if len(rest[e + 1:end].encode()) > limits.get(rest[starts[k]:e], 0) > 0:
            wrong("CEF's %s is too long" % rest[starts[k]:e])
    return parts, once(pairs)


KV = re.compile(r'([a-z -]+): reason=(\S+) user=("[^"]*"|-) rhost=(\S+) port=(\d+|-) fp=(\S+) path=("[^"]*"|-) mode=(\d+|-) event=(\S+) ref=(\S+)( count=(\d+|-))?( source=\S+)?')


def main():
    expected = [(line.split()[0], bytes.fromhex(line.split()[1])) for line in open(sys.argv[2])]
    ecs_version, ecs_fields = table("ecs-fields.txt")
    ocsf_version, ocsf_fields = table("ocsf-3002.txt")
    _, cef_keys = table("cef-keys.txt")
    own = set(re.findall(r"`(keyaudit\.[a-z0-9_.]+)`", open("docs/json.md").read()))
    own |= {"keyaudit." + name for name in ("seq", "prev", "hash")}
    own |= {"keyaudit.key.fingerprint", "keyaudit.key.bits"}  # named together with the type there
    trail, ecs, ocsf, cefs, kv = (read(p) for p in (sys.argv[1], *sys.argv[3:7]))
    if ecs != trail:
        wrong("ecs is not the trail as it stands")
    for name, lines in (("ocsf", ocsf), ("cef", cefs), ("kv", kv)):
        if len(lines) != len(expected):
            wrong("%s has %d lines for %d events" % (name, len(lines), len(expected)))
    used = {"ecs": set(), "ocsf": set(), "cef": set()}
    for n, (action, text) in enumerate(expected):
        e = json.loads(trail[n], object_pairs_hook=once)
        where = "event %d (%s %r)" % (n, action, text)
        if e["ecs"]["version"] != ecs_version:
            wrong("the version of ecs-fields.txt is another one")
        for path, value in flat(e):
            used["ecs"].add(path)
            if path.startswith("keyaudit."):
                if path not in own:
                    wrong("%s is not in docs/json.md" % path)
            elif path not in ecs_fields:
                wrong("%s: %s is no field of ECS" % (where, path))
            elif not is_type(value, ecs_fields[path][0]):
                wrong("%s: %s is no %s" % (where, path, ecs_fields[path][0]))
            elif len(ecs_fields[path]) > 1 and not set(value if isinstance(value, list) else [value]) <= set(ecs_fields[path][1].split(",")):
                wrong("%s: %s may not be %s" % (where, path, value))
        own_line = "user" not in e  # the trail about itself: the text is the name of a file
        if own_line:
            own_trail = e["keyaudit"]["trail"]
            user = path_ = label = None
            texts = [own_trail.get("file", own_trail.get("previous", {}).get("file"))]
            texts = texts if action != "trail-recovery" else []
        else:
            user, path_, label = e["user"]["name"], e["file"]["path"], e["keyaudit"]["key"]["label"]
            texts = [user, path_, label, e["file"]["owner"], e["keyaudit"]["key"]["type"]]
        for got in texts:
            if undo(got) != text:
                wrong("%s: the trail has %r" % (where, got))
        if e["event"]["action"] != action or e["event"].get("outcome") == "success" and "accepted" not in action and action not in ("serial-forgotten", "sink-works", "store-recovered", "config-changed", "data-usable", "trail-seal"):
            wrong(where + ": the outcome is forged")

        o = json.loads(ocsf[n], object_pairs_hook=once)
        kind = str(o["class_uid"])
        for path, value in flat(o):
            if path.startswith("unmapped."):
                continue
            used["ocsf"].add(path)
            row = ocsf_fields.get(path)
            if row is None or kind not in row[1].split(","):
                wrong("%s: %s is no attribute of class %s" % (where, path, kind))
            elif not is_type(value, row[0]):
                wrong("%s: %s is no %s" % (where, path, row[0]))
        for path, row in ocsf_fields.items():
            if "required" in row and kind in row[1].split(",") and path not in dict(flat(o)):
                wrong("%s: %s is missing" % (where, path))
        if o["metadata"]["version"] != ocsf_version or o["type_uid"] != o["class_uid"] * 100 + o["activity_id"]:
            wrong(where + ": the version or the type of OCSF")
        if (kind == "3002") != (e["event"]["category"] == ["authentication"]):
            wrong(where + ": class " + kind)
        if kind == "3002" and ("user" not in o or undo(o["user"]["name"]) != text or o["src_endpoint"]["ip"] != e["source"]["ip"]):
            wrong(where + ": the user of OCSF")
        if o["unmapped"]["keyaudit"] != e["keyaudit"] or o["unmapped"].get("file") != e.get("file") or o["message"] != e["message"]:
            wrong(where + ": what OCSF does not know is not as in the trail")

        header, x = cef(cefs[n], {key: int(row[1]) for key, row in cef_keys.items()})
        if header[4] != e["event"].get("code", action) or header[6] != str(e["event"]["severity"]):
            wrong(where + ": the header of CEF: %s" % header)
        for key, value in x.items():
            used["cef"].add(key)
            if key not in cef_keys:
                wrong("%s: %s is no key of CEF" % (where, key))
            elif cef_keys[key][0] in ("long", "integer") and not value.isdigit():
                wrong("%s: %s=%s is no number" % (where, key, value))
            elif cef_keys[key][0] == "ipv4" and not re.fullmatch(r"[0-9.]+", value):
                wrong("%s: %s=%s is no IPv4 address" % (where, key, value))
        if (x.get("duser"), x.get("filePath"), x.get("cs6"), x["act"]) != (user, path_, label, action):
            wrong(where + ": CEF has %r" % x)
        address = e.get("source", {}).get("ip")
        if x.get("src", x.get("c6a2")) != address or x["externalId"] != e["event"]["id"] or x.get("cn1") != str(e["keyaudit"]["seq"]):
            wrong(where + ": CEF's address or id")
        if len(x["msg"]) < 1020 and x["msg"] != e["message"]:
            wrong(where + ": CEF's message")

        m = KV.fullmatch(kv[n])
        if m is None:
            wrong(where + ": kv: " + kv[n])
            continue
        port = str(e.get("source", {}).get("port", "-"))
        if m[2] != e["event"].get("code", "-") or m[4] != (address or "-") or m[5] != port or m[9] != e["event"]["id"]:
            wrong(where + ": kv has " + kv[n])
        for got in () if own_line else (m[3], m[7]):
            if undo(got[1:-1]) != text:
                wrong(where + ": kv has " + got)
    print("forms: %d events in 4 forms; fields: ecs %d, ocsf %d, cef %d" % (len(expected), len(used["ecs"]), len(used["ocsf"]), len(used["cef"])))
    return 1 if bad or not expected else 0


sys.exit(main())
