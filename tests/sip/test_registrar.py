"""deploy/registrar on a real Kamailio: phones register by name, nobody dials a number there."""

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from dialer.lines.sip.config import TrunkConfig
from dialer.lines.sip.digest import Credentials
from dialer.lines.sip.packet import read_packet
from dialer.trunk_check.place import Peer
from dialer.trunk_check.talk import Asked, Talk
from tests.sip.peers import HOST, ROOT, MutePeer, config, sdp, until
from tests.sip.sipp.process import free_port, listens

PHONE, PASSWORD, REALM = "seat-one", "a password", "yunhu"
FILES = ROOT / "deploy" / "registrar"
STRANGER = "127.0.0.9"

pytestmark = pytest.mark.apt


@pytest.fixture(scope="module")
def registrar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run the files as they are, with a port and one phone of the test's."""
    folder: Path = tmp_path_factory.mktemp("registrar")
    port = free_port(HOST)
    text = (FILES / "kamailio.cfg").read_text(encoding="utf-8")
    (folder / "kamailio.cfg").write_text(text.replace("udp:127.0.0.1:5070", f"udp:{HOST}:{port}"))
    hashed = hashlib.md5(f"{PHONE}:{REALM}:{PASSWORD}".encode(), usedforsecurity=False)
    phones = (FILES / "phones.cfg").read_text(encoding="utf-8")
    line = f'$sht(phones=>{PHONE}) = "{hashed.hexdigest()}";'
    (folder / "phones.cfg").write_text(f"{phones}\n{line}\n")
    kamailio = shutil.which("kamailio") or "/usr/sbin/kamailio"
    command = [kamailio, "-f", str(folder / "kamailio.cfg"), "-w", str(folder), "-Y", str(folder)]
    with (folder / "said.txt").open("wb") as said:
        process = subprocess.Popen(
            [*command, "-m", "32", "-M", "4", "-DD", "-E"], stdout=said, stderr=said
        )
    until(lambda: listens(port) or process.poll() is not None)
    assert process.poll() is None, (folder / "said.txt").read_text(errors="replace")[:4000]
    yield port
    process.terminate()
    process.wait(timeout=10)


def asked(port: int, *, username: str = PHONE, password: str = PASSWORD) -> Asked:
    reach: TrunkConfig = config(port)
    talk = Talk(reach, Peer(host=HOST, port=port))
    try:
        return talk.register(Credentials(username=username, password=password))
    finally:
        talk.close()


def register(phone: MutePeer, port: int) -> None:
    """Bind the phone's own port to its name."""
    phone.source = (HOST, port)
    uri = f"sip:{HOST}:{port}"
    text, lines = "", tuple[str, ...]()
    for cseq in (1, 2):
        phone.say(
            "\r\n".join([
                f"REGISTER {uri} SIP/2.0",
                f"Via: SIP/2.0/UDP {HOST}:{phone.port};branch=z9hG4bKr{cseq}",
                "Max-Forwards: 70",
                f"From: <sip:{PHONE}@{HOST}>;tag=r",
                f"To: <sip:{PHONE}@{HOST}>",
                "Call-ID: r",
                f"CSeq: {cseq} REGISTER",
                f"Contact: <sip:{PHONE}@{HOST}:{phone.port}>",
                *lines,
                "Content-Length: 0",
                "",
                "",
            ])
        )  # fmt: skip
        text = phone.receive("REGISTER")
        if text.startswith("SIP/2.0 200"):
            return
        account = Credentials(username=PHONE, password=PASSWORD)
        line = account.answer(read_packet(text.encode()), method="REGISTER", uri=uri)
        lines = (line or "",)
    pytest.fail(f"The phone was not registered: {text}")


def invite(peer: MutePeer, port: int, user: str, *, host: str = HOST, call: str) -> str:
    """Ring somebody; return the first final answer."""
    body = sdp(4000)
    peer.source = (HOST, port)
    peer.say(
        "\r\n".join([
            f"INVITE sip:{user}@{HOST}:{port} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{peer.port};branch=z9hG4bK{call}",
            "Max-Forwards: 70",
            f"From: <sip:yunhu@{host}>;tag={call}",
            f"To: <sip:{user}@{HOST}>",
            f"Call-ID: {call}",
            "CSeq: 1 INVITE",
            f"Contact: <sip:yunhu@{host}:{peer.port}>",
            "Content-Type: application/sdp",
            f"Content-Length: {len(body)}",
            "",
            body,
        ])
    )  # fmt: skip
    while (text := peer.receive("INVITE")).startswith("SIP/2.0 1"):
        pass
    return text.split("\r\n")[0]


class TestRegistrar:
    def test_knows_its_phones_by_name_and_password_only(self, registrar: int) -> None:
        right = asked(registrar).reply
        wrong = asked(registrar, password="wrong").reply
        unknown = asked(registrar, username="seat-two").reply
        number = asked(registrar, username="8613800138000").reply

        codes = [reply and reply.code for reply in (right, wrong, unknown, number)]
        assert codes == [200, 401, 404, 404]

    def test_rings_a_phone_for_the_line_process_and_for_nobody_else(self, registrar: int) -> None:
        phone, line, stranger = MutePeer(), MutePeer(), MutePeer(host=STRANGER)
        try:
            register(phone, registrar)

            answers = [
                invite(line, registrar, "+8613800138000", call="number"),
                invite(line, registrar, "a1234567", call="digits"),
                invite(line, registrar, "seat-two", call="absent"),
                invite(stranger, registrar, PHONE, host=STRANGER, call="stranger"),
            ]
            ringing = busy_phone(phone, line, registrar)

            codes = [answer.split(" ")[1] for answer in answers]
            assert codes == ["403", "403", "480", "403"]
            assert ringing.startswith("SIP/2.0 486")
        finally:
            for peer in (phone, line, stranger):
                peer.close()


def busy_phone(phone: MutePeer, line: MutePeer, port: int) -> str:
    """Have the phone say that it is busy; return what the line hears."""

    def busy() -> None:
        phone.answer(phone.receive("INVITE"), "486 Busy Here")

    thread = Thread(target=busy)
    thread.start()
    try:
        return invite(line, port, PHONE, call="phone")
    finally:
        thread.join()
