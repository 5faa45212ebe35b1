"""Phones register by name, and the line process alone rings them.

CN13-LIC-09: nobody dials a number there.
"""

from pathlib import Path

import pytest

from dialer.lines.sip.config import TrunkConfig
from dialer.lines.sip.digest import Credentials
from dialer.trunk_check.place import Peer
from dialer.trunk_check.talk import Asked, Talk
from tests.sip.baresip import Baresip
from tests.sip.kamailio import PASSWORD
from tests.sip.peers import HOST, MutePeer, config
from tests.sip.registrar.asking import (
    STRANGER,
    Peers,
    busy_phone,
    code,
    invite,
    register,
    within,
)
from tests.sip.registrar.process import PHONE

pytestmark = pytest.mark.apt


def asked(port: int, *, username: str = PHONE, password: str = PASSWORD) -> Asked:
    reach: TrunkConfig = config(port)
    talk = Talk(reach, Peer(host=HOST, port=port))
    try:
        return talk.register(Credentials(username=username, password=password))
    finally:
        talk.close()


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
