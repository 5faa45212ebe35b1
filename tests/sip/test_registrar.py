"""deploy/registrar on a real Kamailio: phones register by name, nobody dials a number there.

CN13-LIC-09: who has a phone's password leads no call of the line process to a carrier.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest

from dialer.lines.sip.config import TrunkConfig
from dialer.lines.sip.digest import Credentials
from dialer.lines.sip.packet import read_packet
from dialer.trunk_check.place import Peer
from dialer.trunk_check.talk import Asked, Talk
from tests.sip.baresip import Baresip
from tests.sip.kamailio import PASSWORD, ProxyProcess
from tests.sip.peers import HOST, ROOT, MutePeer, config, sdp, until
from tests.sip.sipp.process import free_port, listens

PHONE, REALM = "seat-one", "yunhu"
PHONES = (PHONE, "seat-two", "seat-three", "seat-four", "seat-five", "seat-six")
FILES = ROOT / "deploy" / "registrar"
STRANGER, CARRIER = "127.0.0.9", "127.0.0.8"
NUMBER = "+8613800138000"
Peers = Callable[[str], MutePeer]

pytestmark = pytest.mark.apt


class Registrar(ProxyProcess):
    """The files as they are, with a port and phones of the test's, and perhaps a line left out."""

    def __init__(self, folder: Path, *, without: str = "") -> None:
        self.port = free_port(HOST)
        text = (FILES / "kamailio.cfg").read_text(encoding="utf-8")
        assert without in text
        text = text.replace(without, "") if without else text
        text = text.replace("udp:127.0.0.1:5070", f"udp:{HOST}:{self.port}")
        (folder / "kamailio.cfg").write_text(text)
        phones = (FILES / "phones.cfg").read_text(encoding="utf-8")
        lines = [f'$sht(phones=>{name}) = "{hashed(name)}";' for name in PHONES]
        (folder / "phones.cfg").write_text("\n".join([phones, *lines, ""]))
        kamailio = shutil.which("kamailio") or "/usr/sbin/kamailio"
        command = [kamailio, "-f", str(folder / "kamailio.cfg"), "-w", str(folder)]
        command += ["-Y", str(folder), "-m", "32", "-M", "4", "-DD", "-E"]
        self.run(command, said=folder / "said.txt")
        until(lambda: self.is_bound() or self.process.poll() is not None)
        assert self.process.poll() is None, (folder / "said.txt").read_text(errors="replace")[
            :4000
        ]

    def is_bound(self) -> bool:
        return listens(self.port)


def hashed(name: str) -> str:
    text = f"{name}:{REALM}:{PASSWORD}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@pytest.fixture(scope="module")
def registrar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    process = Registrar(tmp_path_factory.mktemp("registrar"))
    yield process.port
    process.stop()


@pytest.fixture(scope="module")
def leaky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run it with a hole: whatever a REGISTER names is written down."""
    process = Registrar(tmp_path_factory.mktemp("leaky"), without="    route(CONTACT);\n")
    yield process.port
    process.stop()


@pytest.fixture
def peers() -> Iterator[Peers]:
    opened: list[MutePeer] = []

    def at(host: str) -> MutePeer:
        opened.append(MutePeer(host=host))
        return opened[-1]

    yield at
    for peer in opened:
        peer.close()


def asked(port: int, *, username: str = PHONE, password: str = PASSWORD) -> Asked:
    reach: TrunkConfig = config(port)
    talk = Talk(reach, Peer(host=HOST, port=port))
    try:
        return talk.register(Credentials(username=username, password=password))
    finally:
        talk.close()


def register(
    phone: MutePeer,
    port: int,
    *contacts: str,
    name: str = PHONE,
    challenge: str = "",
    tries: int = 2,
) -> str:
    """Register the phone by its password, at its own place or at those told; return the answer.

    {host}, {port} and {name} in a Contact are the phone's own; `challenge` is an earlier answer.
    """
    phone.source = (HOST, port)
    uri, (host, own), call = f"sip:{HOST}:{port}", phone.socket.getsockname(), uuid4().hex
    contacts = contacts or ("Contact: <sip:{name}@{host}:{port}>",)
    account, text, proof = Credentials(username=name, password=PASSWORD), challenge, None
    for cseq in (2,) if challenge else (1, 2)[:tries]:
        if text:
            proof = account.answer(read_packet(text.encode()), method="REGISTER", uri=uri)
        phone.say(
            "\r\n".join([
                f"REGISTER {uri} SIP/2.0",
                f"Via: SIP/2.0/UDP {host}:{own};branch=z9hG4bK{call}{cseq}",
                "Max-Forwards: 70",
                f"From: <sip:{name}@{HOST}>;tag=r",
                f"To: <sip:{name}@{HOST}>",
                f"Call-ID: {call}",
                f"CSeq: {cseq} REGISTER",
                *(contact.format(host=host, port=own, name=name) for contact in contacts),
                *([proof] if proof else []),
                "Content-Length: 0",
                "",
                "",
            ])
        )  # fmt: skip
        text = phone.receive("REGISTER")
    return text


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


def code(answer: str) -> str:
    return answer.split(" ")[1]


class TestRegistrar:
    def test_knows_its_phones_by_name_and_password_only(self, registrar: int) -> None:
        right = asked(registrar).reply
        wrong = asked(registrar, password="wrong").reply
        unknown = asked(registrar, username="seat-none").reply
        number = asked(registrar, username="8613800138000").reply

        codes = [reply and reply.code for reply in (right, wrong, unknown, number)]
        assert codes == [200, 401, 404, 404]

    def test_rings_a_phone_for_the_line_process_and_for_nobody_else(self, registrar: int) -> None:
        phone, line, stranger = MutePeer(), MutePeer(), MutePeer(host=STRANGER)
        try:
            assert code(register(phone, registrar)) == "200"

            answers = [
                invite(line, registrar, "+8613800138000", call="number"),
                invite(line, registrar, "a1234567", call="digits"),
                invite(line, registrar, "seat-none", call="absent"),
                invite(stranger, registrar, PHONE, host=STRANGER, call="stranger"),
            ]
            ringing = busy_phone(phone, line, registrar)

            assert [code(answer) for answer in answers] == ["403", "403", "480", "403"]
            assert ringing.startswith("SIP/2.0 486")
        finally:
            for peer in (phone, line, stranger):
                peer.close()

    @pytest.mark.parametrize(
        "host", [HOST, STRANGER], ids=["at the line's address", "at another address"]
    )
    def test_carries_a_call_between_the_line_process_and_the_phone(
        self, registrar: int, peers: Peers, host: str
    ) -> None:
        phone, line = peers(host), peers(HOST)
        name = {HOST: "seat-two", STRANGER: "seat-three"}[host]
        assert code(register(phone, registrar, name=name)) == "200"

        rung = busy_phone(phone, line, registrar, name=name, status="200 OK")
        phone.say(within(phone, registrar, "BYE", f"sip:yunhu@{HOST}:{line.port}"))

        assert code(rung) == "200"
        assert line.receive("BYE").startswith(f"BYE sip:yunhu@{HOST}:{line.port} ")

    def test_rings_a_phone_that_puts_a_number_of_its_own_behind_its_name(
        self, registrar: int, peers: Peers, tmp_path: Path
    ) -> None:
        phone = Baresip(tmp_path, name="seat-four", registrar=(HOST, registrar))
        try:
            rung = invite(peers(HOST), registrar, "seat-four", call="baresip")
        finally:
            phone.stop()

        assert code(rung) == "200"


HIJACKED = {
    "a carrier's number": ["Contact: <sip:+8613800138000@{carrier}>"],
    "another place": ["Contact: <sip:{{name}}@{carrier}>"],
    "another port": ["Contact: <sip:{{name}}@{{host}}:9>"],
    "no port": ["Contact: <sip:{{name}}@{{host}}>"],
    "a host's name": ["Contact: <sip:{{name}}@localhost:{{port}}>"],
    "another user": ["Contact: <sip:seat-six@{{host}}:{{port}}>"],
    "a number": ["Contact: <sip:+8613800138000@{{host}}:{{port}}>"],
    "a number behind the name": ["Contact: <sip:{{name}}-13800138000@{{host}}:{{port}}>"],
    "no user": ["Contact: <sip:{{host}}:{{port}}>"],
    "a tel address": ["Contact: <tel:+8613800138000>"],
    "compact": ["m: <sip:+8613800138000@{carrier}>"],
    "two in a line": ["Contact: <{own}>, <sip:+8613800138000@{carrier}>"],
    "two, the first of them leaving": ["Contact: <{own}>;expires=0, <sip:{{name}}@{carrier}>"],
    "two lines": ["Contact: <{own}>", "Contact: <sip:{{name}}@{carrier}>"],
    "two lines, one compact": ["Contact: <{own}>", "m: <sip:{{name}}@{carrier}>"],
    "all, and another": ["Contact: *", "Contact: <sip:{{name}}@{carrier}>", "Expires: 0"],
    "two, parted between quotes": [
        'Contact: "a\\"" <{own}>;expires=0, <sip:{{name}}@{carrier}>;x="b"'
    ],
}
OWN = "sip:{{name}}@{{host}}:{{port}}"
NAME = "seat-five"  # who is led nowhere


class TestPassword:
    """What somebody with a phone's password gets out of the registrar."""

    @pytest.mark.parametrize("contacts", HIJACKED.values(), ids=HIJACKED.keys())
    def test_registers_no_contact_but_the_phones_own(
        self, registrar: int, peers: Peers, contacts: list[str]
    ) -> None:
        phone, line, carrier = peers(HOST), peers(HOST), peers(CARRIER)
        lines = [hijacked(line, carrier=carrier) for line in contacts]

        answer = register(phone, registrar, *lines, name=NAME)
        rung = invite(line, registrar, NAME, call=uuid4().hex)

        assert (code(answer), code(rung)) == ("403", "480")
        assert carrier.heard(seconds=0.2) == phone.heard(seconds=0.1) == []

    @pytest.mark.parametrize("kind", ["a carrier's number", "another place", "a number"])
    def test_is_led_nowhere_by_what_was_written_down_all_the_same(
        self, leaky: int, peers: Peers, kind: str
    ) -> None:
        phone, line, carrier = peers(HOST), peers(HOST), peers(CARRIER)
        lines = [hijacked(line, carrier=carrier) for line in HIJACKED[kind]]

        answer = register(phone, leaky, *lines, name=NAME)
        rung = invite(line, leaky, NAME, call=uuid4().hex)
        register(phone, leaky, "Contact: *", "Expires: 0", name=NAME)

        assert (code(answer), code(rung)) == ("200", "403")
        assert carrier.heard(seconds=0.2) == phone.heard(seconds=0.1) == []

    def test_rings_where_the_register_came_from_whatever_its_contact_adds(
        self, registrar: int, peers: Peers
    ) -> None:
        phone, line, carrier = peers(HOST), peers(HOST), peers(CARRIER)
        contact = hijacked('Contact: "One, Two" <{own};maddr=' + CARRIER + ">", carrier=carrier)

        answer = register(phone, registrar, contact, name="seat-six")
        rung = busy_phone(phone, line, registrar, name="seat-six")

        assert (code(answer), code(rung)) == ("200", "486")
        assert carrier.heard(seconds=0.2) == []

    def test_is_of_no_use_with_a_challenge_that_another_address_was_sent(
        self, registrar: int, peers: Peers
    ) -> None:
        """Or a REGISTER in a carrier's name would be believed to come from the carrier."""
        asker = peers(HOST)
        challenge = register(asker, registrar, name=NAME, tries=1)

        elsewhere = register(peers(CARRIER), registrar, name=NAME, challenge=challenge)
        here = register(asker, registrar, name=NAME, challenge=challenge)
        register(asker, registrar, "Contact: *", "Expires: 0", name=NAME)

        assert (code(elsewhere), code(here)) == ("401", "200")

    @pytest.mark.parametrize("method", ["INVITE", "REFER", "MESSAGE"])
    def test_is_not_needed_to_be_turned_away_with_a_made_up_call(
        self, registrar: int, peers: Peers, method: str
    ) -> None:
        stranger, forger, carrier = peers(STRANGER), peers(HOST), peers(CARRIER)
        to_carrier = f"sip:{NUMBER}@{CARRIER}:{carrier.port}"
        tries = [
            (stranger, to_carrier, ""),
            (stranger, f"sip:seat-one@{CARRIER}:{carrier.port}", ""),
            (stranger, f"sip:seat-one@{HOST}:9", f"<sip:{CARRIER}:{carrier.port};lr>"),
            (forger, to_carrier, ""),  # from the line's own address
        ]

        answers = []
        for peer, uri, route in tries:
            peer.source = (HOST, registrar)
            peer.say(within(peer, registrar, method, uri, route=route))
            answers.append(code(peer.receive(method)))

        assert answers == ["403"] * len(tries)
        assert carrier.heard(seconds=0.2) == []


def hijacked(line: str, *, carrier: MutePeer) -> str:
    """Write the carrier's place into a Contact, and leave the phone's own to `register`."""
    return line.format(own=OWN.format(), carrier=f"{CARRIER}:{carrier.port}")


def within(phone: MutePeer, port: int, method: str, uri: str, *, route: str = "") -> str:
    """Write a request that says it is inside a call."""
    host, own = phone.socket.getsockname()
    return "\r\n".join([
        f"{method} {uri} SIP/2.0",
        f"Via: SIP/2.0/UDP {host}:{own};branch=z9hG4bK{uuid4().hex}",
        f"Route: <sip:{HOST}:{port};lr>",
        *([f"Route: {route}"] if route else []),
        "Max-Forwards: 70",
        f"From: <sip:phone@{host}>;tag=phone",
        f"To: <sip:yunhu@{HOST}>;tag=line",
        f"Call-ID: {uuid4().hex}",
        f"CSeq: 7 {method}",
        f"Contact: <sip:phone@{host}:{own}>",
        "Content-Length: 0",
        "",
        "",
    ])  # fmt: skip


def busy_phone(
    phone: MutePeer, line: MutePeer, port: int, *, name: str = PHONE, status: str = "486 Busy Here"
) -> str:
    """Have the phone say that it is busy, or what is told; return what the line hears."""

    def said() -> None:
        phone.answer(phone.receive("INVITE"), status)

    thread = Thread(target=said)
    thread.start()
    try:
        return invite(line, port, name, call=uuid4().hex)
    finally:
        thread.join()
