"""The production edge, attacked: what is not a permit's one call never reaches the carrier.

CN13-NUM-02: nor another number than the permit's. CN13-LIC-09: nor whoever is not on record.
"""

import hashlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

import pytest

from dialer.lines.sip.packet import BadPacketError, Packet
from tests.edge.attacks import ATTACKS, OTHER_CALLEE, UNREADABLE
from tests.edge.messages import answer, inside, invite, turned
from tests.edge.rig import CARRIER, LINE, PORT, STRANGER, Edge, End, Store
from tests.sip.peers import CALLEE, identity, until

pytestmark = [pytest.mark.apt, pytest.mark.enable_socket]

OTHER_LINE = "127.0.71.5"
SIGNED = 'Proxy-Authorization: Digest username="line"'


@dataclass
class Rig:
    """The edge between a line and its carrier."""

    edge: Edge
    store: Store
    line: End
    carrier: End

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(entry["why"], entry["permit"][1:]) for entry in self.store.log()]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(tmp_path_factory.mktemp("store"))
    yield store
    store.kill()


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory, store: Store) -> Iterator[Edge]:
    folder = tmp_path_factory.mktemp("edge")
    edge = Edge(folder, store)
    store.ready()
    yield edge
    edge.stop()


@pytest.fixture
def rig(edge: Edge, store: Store) -> Iterator[Rig]:
    store.ask("DEL", "yunhu:edge:log")
    End.calls.clear()
    with End(LINE) as line, End(CARRIER) as carrier:
        yield Rig(edge=edge, store=store, line=line, carrier=carrier)


class TestAttack:
    @pytest.mark.parametrize("name", ATTACKS)
    def test_is_refused_and_told(self, rig: Rig, name: str) -> None:
        write, why = ATTACKS[name]

        rig.line.say(write())

        refusal = rig.line.expect(code=403)
        assert refusal.phrase.startswith("Refused: ")
        assert rig.carrier.quiet()
        ((told, _),) = rig.told
        assert re.fullmatch(why, told)
        assert CALLEE[-8:] not in str(rig.store.log())

    @pytest.mark.parametrize("host", [STRANGER, OTHER_LINE, CARRIER])
    def test_from_another_source_is_refused_with_a_good_permit(self, rig: Rig, host: str) -> None:
        """A seat's phone, whoever stole its password, and the line of another trunk."""
        if host == CARRIER:
            rig.carrier.say(invite(source=host))
            assert rig.carrier.expect().code == 403
            assert rig.line.quiet()
            return
        with End(host) as stranger:
            stranger.say(invite(source=host))

            assert stranger.expect().code == 403
        assert rig.carrier.quiet()
        assert [why for why, _ in rig.told] == ["source"]

    def test_on_somebody_elses_call_from_nowhere_is_passed_over(self, rig: Rig) -> None:
        call = _answered(rig)

        with End(STRANGER) as stranger:
            for method in ("BYE", "INVITE", "INFO"):
                uri = f"sip:callee@{CARRIER}"
                stranger.say(inside(call, method, uri=uri, frm=STRANGER))

            assert rig.carrier.quiet()

    def test_that_can_be_read_in_two_ways_is_read_in_none(self, rig: Rig) -> None:
        rig.line.say(invite(f"t: <sip:{OTHER_CALLEE}@{CARRIER}>"))

        assert rig.carrier.quiet(seconds=0.5)

    def test_without_a_number_of_its_own_is_refused(self, rig: Rig) -> None:
        rig.line.say(invite().replace("CSeq: 1 INVITE", "CSeq: x INVITE"))

        until(lambda: [why for why, _ in rig.told] == ["header"])
        with pytest.raises(BadPacketError):
            rig.line.hear()
        assert rig.carrier.quiet()

    def test_on_a_spent_permit_is_refused_however_it_is_dressed(self, rig: Rig) -> None:
        permit = str(uuid4())
        passport = identity(permit_id=permit)
        first = invite(permit=permit, passport=passport, call="first")
        rig.line.say(first)
        rig.carrier.expect(method="INVITE")
        again = [
            invite(passport=passport),  # replayed
            invite(passport=identity(permit_id=permit)),  # signed anew
            invite(passport=passport, call="first"),  # a fork of ours
            invite(SIGNED, passport=passport, call="first", cseq=2),  # nobody has asked
        ]

        for one in again:
            rig.line.say(one)
            assert rig.line.expect().code == 403

        assert rig.carrier.quiet()
        assert rig.told == [("", permit), *[("spent", permit)] * len(again)]

    def test_by_a_redirect_is_refused_and_not_followed(self, rig: Rig) -> None:
        permit = str(uuid4())
        rig.line.say(invite(permit=permit))
        call = rig.carrier.expect(method="INVITE")

        rig.carrier.say(answer(call, "302 Moved", f"Contact: <sip:{OTHER_CALLEE}@{CARRIER}>"))

        assert rig.line.expect().code == 403
        rig.carrier.expect(method="ACK")
        assert rig.carrier.quiet()
        assert rig.told == [("", permit), ("redirect", permit)]

    def test_of_the_callee_inside_a_call_turns_it_nowhere(self, rig: Rig) -> None:
        call = _answered(rig)

        for uri in (f"sip:{OTHER_CALLEE}@{CARRIER}", f"sip:{OTHER_CALLEE}@{STRANGER}"):
            rig.line.say(inside(call, "INVITE", uri=uri))
            assert rig.line.expect().code == 403
        rig.line.say(inside(call, "REFER", uri=f"sip:callee@{CARRIER}"))
        assert rig.line.expect().code == 403

        assert rig.carrier.quiet()
        assert [why for why, _ in rig.told] == ["", "in_dialog", "in_dialog", "method"]


def _answered(rig: Rig) -> Packet:
    """Have a call answered and acknowledged; return its INVITE as the carrier has it."""
    rig.line.say(invite())
    call = rig.carrier.expect(method="INVITE")
    rig.carrier.say(answer(call, "200 OK", f"Contact: <sip:callee@{CARRIER}>"))
    assert rig.line.expect().code == 200
    rig.line.say(inside(call, "ACK", uri=f"sip:callee@{CARRIER}", cseq=1))
    assert rig.carrier.expect(method="ACK").uri == f"sip:callee@{CARRIER}"
    return call


class TestCall:
    def test_reaches_the_carrier_once_and_bare(self, rig: Rig) -> None:
        permit = str(uuid4())
        text = invite(
            "Route: <sip:127.0.71.4;lr>", "Remote-Party-ID: <sip:110@x>",
            "P-Preferred-Identity: <sip:110@x>", "Diversion: <sip:110@x>", permit=permit,
        )  # fmt: skip

        for _ in range(3):
            rig.line.say(text)

        call = rig.carrier.expect(method="INVITE")
        assert call.uri == f"sip:{CALLEE}@{CARRIER}"
        stripped = {"identity", "route", "remote-party-id", "p-preferred-identity", "diversion"}
        assert not stripped & call.headers.keys()
        rig.carrier.say(answer(call, "180 Ringing"))  # ends the edge's own retransmissions
        assert rig.line.expect().code == 180
        rig.line.say(text)
        assert rig.line.expect().code == 180
        assert rig.carrier.quiet()
        assert rig.told == [("", permit)]

    @pytest.mark.parametrize("status", ["401 Unauthorized", "407 Proxy Authentication Required"])
    def test_may_answer_what_the_carrier_asks_twice_and_no_more(
        self, rig: Rig, status: str
    ) -> None:
        permit, call_id = str(uuid4()), uuid4().hex
        passport = identity(permit_id=permit)
        same = partial(invite, permit=permit, passport=passport, call=call_id)
        for cseq in (1, 2, 3):
            rig.line.say(same(*([SIGNED] if cseq > 1 else []), cseq=cseq))
            call = rig.carrier.expect(method="INVITE")
            rig.carrier.say(answer(call, status, 'Proxy-Authenticate: Digest realm="x"'))
            assert rig.line.expect().code == int(status[:3])
            rig.carrier.expect(method="ACK")

        rig.line.say(same(SIGNED, cseq=4))

        assert rig.line.expect().code == 403
        assert rig.carrier.quiet()
        assert rig.told == [("", permit), ("spent", permit)]

    def test_may_ask_for_a_longer_session_twice_and_no_more(self, rig: Rig) -> None:
        permit, call_id = str(uuid4()), uuid4().hex
        same = partial(invite, passport=identity(permit_id=permit), call=call_id)
        for cseq in (1, 2, 3):
            rig.line.say(same(f"Min-SE: {cseq * 600}", cseq=cseq))
            call = rig.carrier.expect(method="INVITE")
            rig.carrier.say(answer(call, "422 Session Interval Too Small", "Min-SE: 3600"))
            assert rig.line.expect().code == 422
            rig.carrier.expect(method="ACK")

        rig.line.say(same("Min-SE: 3600", cseq=4))

        assert rig.line.expect().code == 403
        assert rig.carrier.quiet()
        assert rig.told == [("", permit), ("spent", permit)]

    def test_may_be_asked_for_both(self, rig: Rig) -> None:
        permit, call_id = str(uuid4()), uuid4().hex
        same = partial(invite, passport=identity(permit_id=permit), call=call_id)
        asked = ["407 Proxy Authentication Required", "422 Too Small", "401 Unauthorized"]
        for cseq, status in enumerate(asked, start=1):
            rig.line.say(same(SIGNED, cseq=cseq))
            call = rig.carrier.expect(method="INVITE")
            rig.carrier.say(answer(call, status, "Min-SE: 3600"))
            assert rig.line.expect().code == int(status[:3])
            rig.carrier.expect(method="ACK")

        rig.line.say(same(SIGNED, cseq=4))

        rig.carrier.expect(method="INVITE")
        assert rig.told == [("", permit)]

    def test_answers_a_challenge_once(self, rig: Rig) -> None:
        permit, call_id = str(uuid4()), uuid4().hex
        same = partial(invite, passport=identity(permit_id=permit), call=call_id)
        rig.line.say(same())
        call = rig.carrier.expect(method="INVITE")
        rig.carrier.say(answer(call, "407 Proxy Authentication Required"))
        rig.line.expect(code=407)
        rig.carrier.expect(method="ACK")

        rig.line.say(same(SIGNED, cseq=2))
        rig.carrier.expect(method="INVITE")
        rig.line.say(same(SIGNED, cseq=2))

        assert rig.line.expect().code == 403
        assert rig.told == [("", permit), ("spent", permit)]

    def test_can_be_canceled_while_it_rings(self, rig: Rig) -> None:
        branch, call_id = uuid4().hex, uuid4().hex
        rig.line.say(invite(branch=branch, call=call_id))
        call = rig.carrier.expect(method="INVITE")
        rig.carrier.say(answer(call, "180 Ringing"))
        assert rig.line.expect().code == 180

        rig.line.say(invite(branch=branch, call=call_id, passport="", method="CANCEL"))

        cancel = rig.carrier.expect(method="CANCEL")
        assert cancel.uri == call.uri
        rig.carrier.say(answer(cancel, "200 OK"))
        rig.carrier.say(answer(call, "487 Request Terminated"))
        assert {rig.line.expect().code for _ in range(2)} == {200, 487}

    def test_is_canceled_by_nobody_who_does_not_know_it(self, rig: Rig) -> None:
        rig.line.say(invite(passport="", method="CANCEL"))

        assert rig.carrier.quiet()

    def test_is_refreshed_and_ended_by_both(self, rig: Rig) -> None:
        call = _answered(rig)
        callee = f"sip:callee@{CARRIER}"

        rig.line.say(inside(call, "INVITE", uri=callee, cseq=2))
        again = rig.carrier.expect(method="INVITE")
        rig.carrier.say(answer(again, "200 OK", f"Contact: <sip:moved@{CARRIER}>", tag="them"))
        assert rig.line.expect().code == 200
        rig.line.say(inside(call, "ACK", uri=f"sip:moved@{CARRIER}", cseq=2))
        rig.carrier.expect(method="ACK")
        rig.line.say(inside(call, "BYE", uri=f"sip:moved@{CARRIER}", cseq=3))

        bye = rig.carrier.expect(method="BYE")
        rig.carrier.say(answer(bye, "200 OK"))
        assert rig.line.expect().code == 200
        assert [why for why, _ in rig.told] == [""]

    def test_is_refreshed_by_the_carrier_and_then_by_us(self, rig: Rig) -> None:
        call = _answered(rig)
        ours = f"sip:line@{LINE}:{PORT}"

        rig.carrier.say(turned(call, "INVITE", uri=ours, contact=f"<sip:moved@{CARRIER}>"))
        theirs = rig.line.expect(method="INVITE")
        rig.line.say(answer(theirs, "200 OK", f"Contact: <{ours}>"))
        assert rig.carrier.expect().code == 200
        rig.line.say(inside(call, "INVITE", uri=f"sip:moved@{CARRIER}", cseq=2))

        rig.carrier.expect(method="INVITE")
        assert [why for why, _ in rig.told] == [""]

    def test_that_is_over_is_not_begun_again_by_either(self, rig: Rig) -> None:
        call = _answered(rig)
        callee, ours = f"sip:callee@{CARRIER}", f"sip:line@{LINE}:{PORT}"
        rig.line.say(inside(call, "BYE", uri=callee, cseq=2))
        bye = rig.carrier.expect(method="BYE")
        rig.carrier.say(answer(bye, "200 OK"))
        assert rig.line.expect().code == 200

        rig.line.say(inside(call, "INVITE", uri=callee, cseq=3))
        assert rig.line.expect().code == 481
        rig.carrier.say(turned(call, "INVITE", uri=ours))

        assert rig.carrier.expect().code == 481
        assert rig.line.quiet()


class TestRestart:
    """Of the edge, in mid-call."""

    def test_leaves_a_call_that_is_up_as_it_is(self, rig: Rig) -> None:
        call, callee = _answered(rig), f"sip:callee@{CARRIER}"
        _restarted(rig, call)

        rig.line.say(inside(call, "INVITE", uri=callee, cseq=2))
        again = rig.carrier.expect(method="INVITE")
        rig.carrier.say(answer(again, "200 OK", f"Contact: <sip:moved@{CARRIER}>"))
        assert rig.line.expect().code == 200
        rig.line.say(inside(call, "ACK", uri=f"sip:moved@{CARRIER}", cseq=2))
        rig.carrier.expect(method="ACK")
        rig.line.say(inside(call, "INVITE", uri=f"sip:moved@{CARRIER}", cseq=3))
        rig.carrier.expect(method="INVITE")
        rig.line.say(inside(call, "BYE", uri=f"sip:moved@{CARRIER}", cseq=4))

        rig.carrier.expect(method="BYE")
        assert [why for why, _ in rig.told] == [""]

    def test_lets_the_carrier_refresh_its_call(self, rig: Rig) -> None:
        call = _answered(rig)
        _restarted(rig, call)

        rig.carrier.say(turned(call, "INVITE", uri=f"sip:line@{LINE}:{PORT}"))

        rig.line.expect(method="INVITE")

    def test_turns_no_call_to_anybody_else(self, rig: Rig) -> None:
        call = _answered(rig)
        _restarted(rig, call)

        rig.line.say(inside(call, "INVITE", uri=f"sip:{OTHER_CALLEE}@{CARRIER}", cseq=2))

        assert rig.line.expect().code == 403
        assert rig.carrier.quiet()
        assert [why for why, _ in rig.told] == ["", "in_dialog"]

    def test_brings_no_call_back_that_is_over_or_never_was(self, rig: Rig) -> None:
        call, callee = _answered(rig), f"sip:callee@{CARRIER}"
        until(lambda: call_key(rig, call) != "")
        rig.line.say(inside(call, "BYE", uri=callee, cseq=2))
        rig.carrier.expect(method="BYE")
        until(lambda: call_key(rig, call) == "")
        rig.edge.kill()
        rig.edge.start()

        rig.line.say(inside(call, "INVITE", uri=callee, cseq=3))
        assert rig.line.expect().code == 481
        rig.line.say(inside(call, "INVITE", uri=callee, tag="another", cseq=3))

        assert rig.line.expect().code == 481
        assert rig.carrier.quiet()


def call_key(rig: Rig, call: Packet) -> str:
    """Return what the store has of a call; "": nothing."""
    parts = [hashlib.md5(one.encode()).hexdigest() for one in (call.call_id, "us", "them")]  # noqa: S324 - a name
    return rig.store.ask("GET", f"call:{':'.join(parts)}").strip()


def _restarted(rig: Rig, call: Packet) -> None:
    until(lambda: call_key(rig, call) != "")
    rig.edge.kill()
    rig.edge.start()


class TestCarrier:
    """What becomes of a carrier's own words."""

    def test_that_is_full_is_heard_as_that(self, rig: Rig) -> None:
        rig.line.say(invite())
        call = rig.carrier.expect(method="INVITE")

        rig.carrier.say(answer(call, "503 Full", "Reason: Q.850;cause=34", "Retry-After: 30"))

        heard = rig.line.expect()
        assert (heard.code, heard.phrase) == (503, "Full")
        assert heard.first("reason") == "Q.850;cause=34"

    def test_that_says_nothing_is_down_and_its_callee_is_not_blamed(self, rig: Rig) -> None:
        """408 would be a callee who has not picked up."""
        rig.line.say(invite())
        rig.carrier.expect(method="INVITE")

        heard = rig.line.hear(seconds=12)

        assert heard is not None
        assert heard.code == 503

    def test_that_rings_is_left_to_ring(self, rig: Rig) -> None:
        rig.line.say(invite())
        call = rig.carrier.expect(method="INVITE")
        rig.carrier.say(answer(call, "180 Ringing"))
        assert rig.line.expect().code == 180

        assert rig.line.quiet(seconds=10)


class TestUnreadable:
    """An INVITE that Kamailio itself cannot read: no route of the configuration sees it."""

    @pytest.mark.parametrize("name", UNREADABLE)
    def test_is_dropped_and_counted(self, rig: Rig, name: str) -> None:
        found, instead = UNREADABLE[name]

        rig.line.say(re.sub(found, instead, invite(), count=1))

        until(lambda: [why for why, _ in rig.told] == ["unreadable"])
        assert [entry["count"] for entry in rig.store.log()] == ["1"]
        assert rig.carrier.quiet()

    def test_is_one_line_of_the_log_a_second_however_many_there_are(self, rig: Rig) -> None:
        for _ in range(40):
            rig.line.say(re.sub(r"Call-ID: [^\r]*\r\n", "", invite()))

        until(lambda: sum(int(entry["count"]) for entry in rig.store.log()) == 40)
        assert len(rig.told) < 5


class TestStore:
    def test_keeps_spent_permits_through_a_crash_and_answers_nobody_too_early(
        self, rig: Rig
    ) -> None:
        permit = str(uuid4())
        rig.line.say(invite(permit=permit))
        rig.carrier.expect(method="INVITE")

        rig.store.kill()
        rig.line.say(invite())
        assert rig.line.expect().code == 503
        rig.store.start()
        time.sleep(2.5)  # ndb_redis: disable_time
        End.calls.clear()
        rig.line.say(invite())
        assert rig.line.expect().code == 503  # up, for too short a time
        rig.store.ready()

        assert _settled(rig, permit) == 403
        assert rig.carrier.quiet()
        assert rig.told == [("", permit), ("spent", permit)]
        rig.line.say(invite())
        rig.carrier.expect(method="INVITE")


def _settled(rig: Rig, permit: str) -> int | None:
    """Send a spent permit's INVITE; each of the edge's processes first finds its store anew."""
    for _ in range(5):
        End.calls.clear()  # of 503, which is said again and again
        rig.line.say(invite(passport=identity(permit_id=permit)))
        code = rig.line.expect().code
        if code != 503:
            return code
    return None
