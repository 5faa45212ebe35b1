"""A one-time code goes out by what is configured, or not at all."""

import http.server
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.test import override_settings

from compliance import clock
from compliance.code_senders import configured_sender
from compliance.code_senders.base import NoSender, NotSentError
from compliance.code_senders.command import CommandSender
from compliance.code_senders.gateway import GatewaySender

NUMBER, CODE = "+8613910006666", "042917"


def program(folder: Path, text: str) -> str:
    path = folder / "send"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


class TestConfiguredSender:
    def test_is_none_by_default_and_sends_nothing(self) -> None:
        sender = configured_sender()

        assert isinstance(sender, NoSender)
        with pytest.raises(NotSentError):
            sender.send(number=NUMBER, code=CODE, minutes=5)

    def test_is_what_the_setting_names(self) -> None:
        with override_settings(CODE_SENDER="command:/opt/send"):
            assert configured_sender() == CommandSender(program="/opt/send")
        with override_settings(CODE_SENDER="https://sms.test/", CODE_SENDER_TOKEN="t"):
            assert isinstance(configured_sender(), GatewaySender)


class TestCommand:
    def test_reads_number_and_text_and_no_argument(self, tmp_path: Path) -> None:
        told = tmp_path / "told"
        sender = CommandSender(program=program(tmp_path, f'cat > "{told}"; echo $# >> "{told}"'))

        sender.send(number=NUMBER, code=CODE, minutes=5)

        message, arguments = told.read_text().rsplit("}", 1)
        assert json.loads(message + "}")["number"] == NUMBER
        assert CODE in message
        assert arguments.strip() == "0"

    def test_that_fails_has_sent_nothing(self, tmp_path: Path) -> None:
        for sender in (
            CommandSender(program=program(tmp_path, "exit 3")),
            CommandSender(program=str(tmp_path / "missing")),
        ):
            with pytest.raises(NotSentError):
                sender.send(number=NUMBER, code=CODE, minutes=5)


@dataclass
class Gateway:
    """A gateway on this machine, with a certificate of its own."""

    url: str
    trust: ssl.SSLContext
    status: int = 200
    heard: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@pytest.fixture
def gateway(sockets: None, tmp_path: Path) -> Iterator[Gateway]:
    pair = _certificate(tmp_path)
    trust = ssl.create_default_context(cafile=str(pair))
    made = Gateway(url="", trust=trust)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.heard.append((str(self.headers["Authorization"]), json.loads(body)))
            self.send_response(made.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    made.url = f"https://127.0.0.1:{server.server_port}/send"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gateway")])
    now = clock.host_now()
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "pair.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + built.public_bytes(serialization.Encoding.PEM)
    )
    return path


class TestGateway:
    def test_takes_one_message_with_its_token(self, gateway: Gateway) -> None:
        sender = GatewaySender(url=gateway.url, token="t0", trust=gateway.trust)

        sender.send(number=NUMBER, code=CODE, minutes=5)

        ((authorization, message),) = gateway.heard
        assert authorization == "Bearer t0"
        assert message["number"] == NUMBER
        assert CODE in message["text"]
        assert "t0" not in repr(sender)

    @pytest.mark.parametrize("status", [302, 403, 500])
    def test_that_answers_otherwise_has_not_taken_it(self, gateway: Gateway, status: int) -> None:
        gateway.status = status
        sender = GatewaySender(url=gateway.url, token="t0", trust=gateway.trust)

        with pytest.raises(NotSentError):
            sender.send(number=NUMBER, code=CODE, minutes=5)

    def test_whose_certificate_nobody_vouches_for_hears_nothing(self, gateway: Gateway) -> None:
        sender = GatewaySender(url=gateway.url, token="t0")

        with pytest.raises(NotSentError):
            sender.send(number=NUMBER, code=CODE, minutes=5)
        assert gateway.heard == []
