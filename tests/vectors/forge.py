#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Signs for keys whose private half nobody needs: an RSA exponent of 1, a prime modulus, an Ed25519 point of small order.

forge.py key KIND               prints the public key: e1, prime, identity, zero; or sound, which cannot be forged
forge.py sign KEY.pub SPACE     reads a message, prints a signature as ssh-keygen -Y sign makes them (PROTOCOL.sshsig)
forge.py agent SOCKET KEY.pub...  an ssh agent (draft-miller-ssh-agent) that holds these keys and signs whatever it is asked
"""
import base64
import hashlib
import os
import socket
import sys

import curves
import moduli
import oracle
import vectors
import wire

HASHES = {  # RFC 8017 9.2, notes: the prefix of the hash
    b"rsa-sha2-512": ("sha512", "3051300d060960864801650304020305000440"),
    b"rsa-sha2-256": ("sha256", "3031300d060960864801650304020105000420"),
    b"ssh-rsa": ("sha1", "3021300906052b0e03021a05000414"),
}
FLAG_SHA256, FLAG_SHA512 = 2, 4
FAILURE, LIST, LIST_ANSWER, SIGN, SIGN_ANSWER = 5, 11, 12, 13, 14


def weak_keys():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "rsa.txt")) as f:
        prime = next(int(line.split()[1], 16) for line in f if line.endswith("a prime, 2048 bits\n"))
    n = moduli.load()["size-2048"]
    return {"e1": wire.rsa(n, 1), "prime": wire.rsa(prime), "sound": wire.rsa(n), "zero": wire.ed25519(bytes(32)),
            "identity": wire.ed25519(b"\1" + bytes(31)), "sound-ed25519": vectors.GOOD["ssh-ed25519"]}


def sign_rsa(key, message, algorithm):
    n, e, size = key["n"], key["e"], (key["n"].bit_length() + 7) // 8
    name, prefix = HASHES[algorithm]
    tail = bytes.fromhex(prefix) + hashlib.new(name, message).digest()
    padded = int.from_bytes(b"\0\1" + b"\xff" * (size - len(tail) - 3) + b"\0" + tail, "big")
    if e != 1 and oracle.bignum.is_prime(n):
        padded = pow(padded, pow(e, -1, n - 1), n)  # the group has n-1 elements, which is no secret
    return padded.to_bytes(size, "big")  # s^1 = s


def sign_ed25519(pk, message):
    """R and s with sB = R + hA, where hA is one of few points: tried until it is the one that R was made for."""
    a = curves.ed_decode(pk)[0]
    for s in range(1, 200) if curves.ed_is_identity(curves.ed_mul(8, a)) else ():
        for t in curves.ed_torsion():
            r = curves.ed_encode(curves.ed_add(curves.ed_mul(s, curves.B), t))
            h = int.from_bytes(hashlib.sha512(r + pk + message).digest(), "little") % curves.L
            rest = curves.ed_add(t, curves.ed_mul(h, a))
            if curves.ed_is_identity(rest):
                return r + s.to_bytes(32, "little")
    return bytes(64)  # not of small order


def signature(blob, message, algorithm):
    reason, key = wire.read(blob)
    if key.get("kind") == "ed25519":
        return wire.string("ssh-ed25519") + wire.string(sign_ed25519(key["pk"], message))
    return wire.string(algorithm) + wire.string(sign_rsa(key, message, algorithm))


def read_key(path):
    with open(path) as f:
        return base64.b64decode(f.read().split()[1])


def sshsig(blob, namespace, message):
    about = [wire.string(namespace), wire.string(""), wire.string("sha512")]
    signed = b"SSHSIG" + b"".join(about) + wire.string(hashlib.sha512(message).digest())
    made = b"SSHSIG" + (1).to_bytes(4, "big") + wire.string(blob) + b"".join(about) + wire.string(signature(blob, signed, b"rsa-sha2-512"))
    text = base64.b64encode(made).decode()
    print("-----BEGIN SSH SIGNATURE-----", *[text[i:i + 70] for i in range(0, len(text), 70)], "-----END SSH SIGNATURE-----", sep="\n")


def answer(request, keys):
    if request[0] == LIST:
        return bytes([LIST_ANSWER]) + len(keys).to_bytes(4, "big") + b"".join(wire.string(k) + wire.string("forged") for k in keys)
    if request[0] == SIGN:
        r = wire.Reader(request[1:])
        blob, message, flags = r.string(), r.string(), r.number(4)
        algorithm = b"rsa-sha2-512" if flags & FLAG_SHA512 else b"rsa-sha2-256" if flags & FLAG_SHA256 else b"ssh-rsa"
        return bytes([SIGN_ANSWER]) + wire.string(signature(blob, message, algorithm))
    return bytes([FAILURE])


def agent(path, keys):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(8)
        while True:
            client, _ = listener.accept()
            with client, client.makefile("rwb") as stream:
                while len(head := stream.read(4)) == 4:
                    said = answer(stream.read(int.from_bytes(head, "big")), keys)
                    stream.write(wire.string(said))
                    stream.flush()


def main(words):
    if words[:1] == ["key"] and len(words) == 2:
        print(wire.line(weak_keys()[words[1]]))
    elif words[:1] == ["sign"] and len(words) == 3:
        sshsig(read_key(words[1]), words[2], sys.stdin.buffer.read())
    elif words[:1] == ["agent"] and len(words) > 2:
        agent(words[1], [read_key(path) for path in words[2:]])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
