"""The production edge, attacked: what is not a permit's one call never reaches the carrier."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from dialer.lines.sip.packet import Packet
from tests.edge.rig import CARRIER, LINE, PORT, STRANGER, Edge, End, Store
from tests.sip.peers import CALLEE, CALLER, identity

pytestmark = [pytest.mark.apt, pytest.mark.enable_socket]

OTHER_CALLEE = "+8613800138001"
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


def invite(
    *extra: str,
    permit: str = "",
    passport: str | None = None,
    call: str = "",
    branch: str = "",
    cseq: int = 1,
    uri: str = CALLEE,
    to: str = CALLEE,
    to_tag: str = "",
    caller: str = CALLER,
    shown: str = CALLER,
    source: str = LINE,
    method: str = "INVITE",
) -> str:
    permit = permit or str(uuid4())
    passport = identity(permit_id=permit) if passport is None else passport
    tag = f";tag={to_tag}" if to_tag else ""
    lines = [
        f"{method} sip:{uri}@{CARRIER} SIP/2.0",
        f"Via: SIP/2.0/UDP {source}:{PORT};branch=z9hG4bK{branch or uuid4().hex};rport",
        "Max-Forwards: 70",
        f"Contact: <sip:line@{source}:{PORT}>",
        f"To: <sip:{to}@{CARRIER}>{tag}",
        *([f"Identity: {passport}"] if passport else []),
        f"P-Asserted-Identity: <sip:{shown}@{CARRIER}>",
        f"From: <sip:{caller}@{CARRIER}>;tag=us",
        f"Call-ID: {call or uuid4().hex}",
        f"CSeq: {cseq} {method}",
        *extra,
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""])


def answer(request: Packet, status: str, *extra: str, tag: str = "them") -> str:
    lines = [f"SIP/2.0 {status}"]
    lines += [f"Via: {via}" for via in request.headers["via"]]
    lines += [f"Record-Route: {one}" for one in request.headers.get("record-route", ())]
    lines += [f"From: {request.first('from')}", f"To: {request.first('to')};tag={tag}"]
    lines += [f"Call-ID: {request.call_id}", f"CSeq: {request.cseq} {request.method}"]
    return "\r\n".join([*lines, *extra, "Content-Length: 0", "", ""])


def inside(
    call: Packet, method: str, *, uri: str, tag: str = "them", cseq: int = 9, frm: str = LINE
) -> str:
    """Write a request inside a call that is up, through the edge."""
    routes = [f"Route: {one}" for one in call.headers["record-route"]]
    lines = [
        f"{method} {uri} SIP/2.0",
        f"Via: SIP/2.0/UDP {frm}:{PORT};branch=z9hG4bK{uuid4().hex};rport",
        *routes,
        "Max-Forwards: 70",
        f"Contact: <sip:line@{frm}:{PORT}>",
        f"To: {call.first('to')};tag={tag}",
        f"From: {call.first('from')}",
        f"Call-ID: {call.call_id}",
        f"CSeq: {cseq} {method}",
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""])


def altered(permit: str, *, part: int) -> str:
    parts = re.split(r"(?<=\.)", identity(permit_id=permit))
    first = parts[part][9]
    parts[part] = parts[part][:9] + ("A" if first != "A" else "B") + parts[part][10:]
    return "".join(parts)


P = str(uuid4())
Message = Any
ATTACKS: dict[str, tuple[Message, str]] = {
    "without a permit": (partial(invite, passport=""), "no_permit"),
    "with a word for one": (partial(invite, passport="permit"), "form"),
    "without parameters": (
        lambda: invite(passport=identity(permit_id=P).partition(";")[0]),
        "form",
    ),
    "with altered claims": (lambda: invite(passport=altered(P, part=1)), "signature|form"),
    "with an altered signature": (lambda: invite(passport=altered(P, part=2)), "signature"),
    "with another's signature": (
        lambda: invite(
            passport=identity(permit_id=P, key=generate_private_key(SECP256R1())),
        ),
        "signature",
    ),
    "with an expired one": (lambda: invite(passport=identity(permit_id=P, age=11)), "expired"),
    "with one of yesterday": (
        lambda: invite(passport=identity(permit_id=P, age=86_400)),
        "expired",
    ),
    "with one of tomorrow": (lambda: invite(passport=identity(permit_id=P, age=-60)), "future"),
    "with one of no trunk here": (
        lambda: invite(passport=identity(permit_id=P, trunk="third")),
        "foreign",
    ),
    "with another trunk's": (
        lambda: invite(passport=identity(permit_id=P, trunk="other")),
        "source",
    ),
    "to another callee": (partial(invite, uri=OTHER_CALLEE), "callee"),
    "to another callee in To": (partial(invite, to=OTHER_CALLEE), "callee"),
    "to another in both": (partial(invite, uri=OTHER_CALLEE, to=OTHER_CALLEE), "callee"),
    "with a parameter behind the number": (
        lambda: invite().replace(f"@{CARRIER} SIP", f"@{CARRIER};user=phone SIP"),
        "callee",
    ),
    "at another host": (
        lambda: invite().replace(f"@{CARRIER} SIP", "@127.0.71.4 SIP"),
        "callee",
    ),
    "from another number": (partial(invite, caller="95013"), "caller"),
    "showing another number": (partial(invite, shown="95013"), "caller"),
    "from another number in both": (partial(invite, caller="95013", shown="95013"), "caller"),
    "under a name": (lambda: invite().replace("From: <", 'From: "110" <'), "caller"),
    "showing two in one header": (
        lambda: invite().replace("P-Asserted-Identity: ", "P-Asserted-Identity: <sip:110@x>, "),
        "caller",
    ),
    "showing two in two headers": (
        partial(invite, f"P-Asserted-Identity: <sip:110@{CARRIER}>"),
        "header",
    ),
    "with two permits": (lambda: invite(f"Identity: {identity(permit_id=P)}"), "header"),
    "with two permits, one short": (lambda: invite(f"y: {identity(permit_id=P)}"), "header"),
    "replacing a call": (partial(invite, "Replaces: abc;to-tag=1;from-tag=2"), "header"),
    "by REFER": (
        partial(invite, f"Refer-To: <sip:{OTHER_CALLEE}@{CARRIER}>", method="REFER"),
        "method",
    ),
    "by a message": (partial(invite, method="MESSAGE"), "method"),
    "in no call": (partial(invite, to_tag="them", passport=""), "in_dialog"),
}


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

    def test_can_be_hung_up_although_the_edge_was_restarted(self, rig: Rig) -> None:
        call = _answered(rig)
        rig.edge.kill()
        rig.edge.start()

        rig.line.say(inside(call, "INVITE", uri=f"sip:callee@{CARRIER}", cseq=2))
        assert rig.line.expect().code == 481
        rig.line.say(inside(call, "BYE", uri=f"sip:callee@{CARRIER}", cseq=3))

        rig.carrier.expect(method="BYE")


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
