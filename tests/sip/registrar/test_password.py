"""CN13-LIC-09: who has a phone's password leads no call of the line process to a carrier."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.sip.peers import HOST, MutePeer
from tests.sip.registrar.asking import (
    STRANGER,
    Peers,
    busy_phone,
    code,
    invite,
    register,
    within,
)
from tests.sip.registrar.process import Registrar

CARRIER = "127.0.0.8"
NUMBER = "+8613800138000"

pytestmark = pytest.mark.apt

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


@pytest.fixture(scope="module")
def leaky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run it with a hole: whatever a REGISTER names is written down."""
    process = Registrar(tmp_path_factory.mktemp("leaky"), without="    route(CONTACT);\n")
    yield process.port
    process.stop()


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
