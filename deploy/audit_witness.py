#!/usr/bin/env python3
"""Verify the newest bundle against the last checkpoint that was held, and cosign it (见证人副署).

    python3 audit_witness.py BUNDLE --verifier verify.py --vkey KEY --held LAST --name NAME \
                             --key witness.pem --out COSIGNED

For a cron job on the compliance officer's own machine: Python 3.8 or later, openssl, verify.py.
Make the key once with `openssl genpkey -algorithm ed25519 -out witness.pem`; `--show-key` prints
what is given to `manage.py audit_witness_add --vkey`. LAST is read, if it is there, and replaced
by the checkpoint that has just been verified. Nothing is cosigned that verify.py does not accept.

Exit 0: cosigned. Otherwise verify.py's own exit code; LAST and COSIGNED are left as they were.
"""

import argparse
import base64
import hashlib
import os
import subprocess
import sys
import tempfile
import time

COSIGNATURE = b"\x04"  # https://c2sp.org/tlog-cosignature


def openssl(*words: str) -> bytes:
    """Run openssl, and return what it writes."""
    argv = ("openssl", *words)
    return subprocess.run(argv, stdout=subprocess.PIPE, check=True).stdout  # noqa: S603


def public_key(path: str) -> bytes:
    """Return the 32 bytes of the public half (RFC 8410: they end the DER form)."""
    return openssl("pkey", "-in", path, "-pubout", "-outform", "DER")[-32:]


def key_hash(name: str, public: bytes) -> bytes:
    """Return the four bytes by which the cosignature says whose it is."""
    return hashlib.sha256(name.encode() + b"\n" + COSIGNATURE + public).digest()[:4]


def sign(path: str, message: bytes) -> bytes:
    """Return the Ed25519 signature; openssl signs what is in a file."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(message)
        file.flush()
        return openssl("pkeyutl", "-sign", "-rawin", "-inkey", path, "-in", file.name)


def cosigned(note: bytes, name: str, key: str, seconds: int) -> bytes:
    """Return the note with our line below the others."""
    text = note[: note.rindex(b"\n\n") + 1]
    made = sign(key, b"cosignature/v1\ntime %d\n" % seconds + text)
    line = key_hash(name, public_key(key)) + seconds.to_bytes(8, "big") + made
    return note + f"— {name} {base64.b64encode(line).decode()}\n".encode()


def replace(path: str, content: bytes) -> None:
    """Put the content in the file's place, whole or not at all."""
    with open(path + ".new", "wb") as file:  # noqa: PTH123 - Python 3.8, no imports to spare
        file.write(content)
    os.replace(path + ".new", path)  # noqa: PTH105


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="核验并副署检查点 / Verify and cosign")
    parser.add_argument("bundle", nargs="?")
    for word in ("verifier", "vkey", "held", "out"):
        parser.add_argument("--" + word)
    for word in ("name", "key"):
        parser.add_argument("--" + word, required=True)
    parser.add_argument("--show-key", action="store_true")
    return parser.parse_args()


def main() -> int:
    """Verify, cosign, keep; return the exit code."""
    given = options()
    if given.show_key:
        public = public_key(given.key)
        shown = base64.b64encode(COSIGNATURE + public).decode()
        sys.stdout.write(f"{given.name}+{key_hash(given.name, public).hex()}+{shown}\n")
        return 0
    argv = [sys.executable, given.verifier, given.bundle, "--vkey", given.vkey]
    if os.path.exists(given.held):  # noqa: PTH110
        argv += ["--held", given.held]
    code = subprocess.run(argv, check=False).returncode  # noqa: S603
    if code:
        return code
    with open(os.path.join(given.bundle, "checkpoint"), "rb") as file:  # noqa: PTH118, PTH123
        note = file.read()
    replace(given.out, cosigned(note, given.name, given.key, int(time.time())))  # noqa: TID251
    replace(given.held, note)
    return 0


if __name__ == "__main__":
    sys.exit(main())
