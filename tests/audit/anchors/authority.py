"""A time stamping authority on this machine: openssl's, behind a web server of one thread."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

CONFIG = """\
[ req ]
distinguished_name = name
prompt = no
[ name ]
CN = {name}
[ root ]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[ stamps ]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[ tsa ]
default_tsa = ours
[ ours ]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


@dataclass(frozen=True)
class Authority:
    """Where it answers, and the certificate that it stands under."""

    folder: Path
    url: str

    @property
    def roots(self) -> Path:
        return self.folder / "root.pem"


def openssl(*words: object, given: bytes = b"") -> bytes:
    argv = ["openssl", *map(str, words)]
    return subprocess.run(argv, input=given, capture_output=True, check=True, timeout=30).stdout


def make_certificates(folder: Path) -> None:
    """Make a root, and under it a certificate for time stamps alone."""
    config = folder / "root.cnf"
    config.write_text(CONFIG.format(name="Test root", folder=folder))
    root = ["-config", config, "-extensions", "root", "-days", 2]
    keys = ["-keyout", folder / "root.key", "-out", folder / "root.pem"]
    openssl("req", "-x509", *CURVE, *root, *keys)
    config = folder / "tsa.cnf"
    config.write_text(CONFIG.format(name="Test TSA", folder=folder))
    asked = openssl("req", "-new", *CURVE, "-config", config, "-keyout", folder / "tsa.key")
    under = ["-CA", folder / "root.pem", "-CAkey", folder / "root.key", "-days", 2]
    extensions = ["-extfile", config, "-extensions", "stamps", "-set_serial", 2]
    openssl("x509", "-req", *under, *extensions, "-out", folder / "tsa.pem", given=asked)
    (folder / "serial").write_text("01")


class _Reply(BaseHTTPRequestHandler):
    folder: Path
    answer: bytes | None = None  # what it says instead of a stamp
    kind = "application/timestamp-reply"

    def do_POST(self) -> None:
        assert self.headers["Content-Type"] == "application/timestamp-query"
        asked = self.folder / "asked.tsq"
        asked.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        config = ["-config", self.folder / "tsa.cnf", "-section", "ours"]
        said = self.answer or openssl("ts", "-reply", "-queryfile", asked, *config)
        self.send_response(200)
        self.send_header("Content-Type", self.kind)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def answering(
    folder: Path, *, answer: bytes | None = None, kind: str = _Reply.kind
) -> Iterator[Authority]:
    """Answer on the loopback interface, with real stamps or with what is given."""
    handler = type("Reply", (_Reply,), {"folder": folder, "answer": answer, "kind": kind})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield Authority(folder, f"http://127.0.0.1:{server.server_port}/tsa")
        finally:
            server.shutdown()
            thread.join()
