"""Real sockets on loopback; one carrier process serves most tests."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dialer.lines.sip.pyvoip import SipLine
from tests.sip.peers import CarrierProcess, Ear, MutePeer, OpenLine, config, request, until
from tests.sip.talkers import Call, Talker, talker

HERE = f"{Path(__file__).parent}/"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if str(item.path).startswith(HERE):
            item.add_marker(pytest.mark.enable_socket)


@pytest.fixture
def short_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a call be given up after one second of ringing."""
    monkeypatch.setattr("dialer.lines.base.LEAST_RING_SECONDS", 1)


@pytest.fixture(scope="session")
def numbers() -> dict[str, dict[str, Any]]:
    """What each callee of the shared carrier does, by name; a name's place gives its number."""
    quick = {"ring_seconds": 0.05}
    wait = {"behaviour": "answer_wait", **quick}
    return {
        "answer": {"behaviour": "answer", "talk_seconds": 0.2, **quick},
        "answer_wait": wait,
        "no_answer": {"behaviour": "no_answer"},
        "busy": {"behaviour": "busy", **quick},
        "declined": {"behaviour": "declined", **quick},
        "not_found": {"behaviour": "not_found", **quick},
        "unavailable": {"behaviour": "unavailable", **quick},
        "congestion": {"behaviour": "congestion", **quick},
        "forbidden": {"behaviour": "forbidden", **quick},
        "early_hangup": {"behaviour": "early_hangup", "talk_seconds": 0.05, **quick},
        "lost_first_invite": {"behaviour": "lost_first_invite", "talk_seconds": 0.1, **quick},
        "silence": {"behaviour": "silence"},
        "silence_200": {"behaviour": "silence_200", "talk_seconds": 0.1},
        "auth_401": {"behaviour": "auth_401", "talk_seconds": 0.1, **quick},
        "auth_407": {"behaviour": "auth_407", "talk_seconds": 0.1, **quick},
        "auth_sha256": {"behaviour": "auth_407", "algorithm": "SHA-256", "talk_seconds": 0.1},
        "auth_no_qop": {"behaviour": "auth_401", "qop": False, "talk_seconds": 0.1},
        "early_media": {"behaviour": "early_media", "talk_seconds": 0.1, **quick},
        "pcma": {**wait, "formats": "8 101"},
        "opus": {**wait, "formats": "96 101"},
        "unknown_answer": {"behaviour": "answer", "code": 299, "talk_seconds": 0.1, **quick},
        "unknown_code": {"behaviour": "refuse", "code": 499, **quick},
        "global_decline": {"behaviour": "refuse", "code": 608, **quick},
        "server_error": {"behaviour": "refuse", "code": 500, **quick},
        "moved": {"behaviour": "refuse", "code": 302, **quick},
        "q850_busy": {"behaviour": "refuse", "code": 480, "reason": "Q.850;cause=17", **quick},
        "busy_everywhere": {"behaviour": "refuse", "code": 600, **quick},
        "terminated": {"behaviour": "refuse", "code": 487, **quick},
        "incomplete": {"behaviour": "refuse", "code": 484, **quick},
        "not_acceptable": {"behaviour": "refuse", "code": 488, **quick},
        "straight_404": {"behaviour": "not_found", "provisional": [], "ring_seconds": 0.0},
        "straight_busy": {"behaviour": "busy", "provisional": [], "ring_seconds": 0.0},
        "straight_forbidden": {"behaviour": "forbidden", "provisional": [], "ring_seconds": 0.0},
        "straight_503": {"behaviour": "congestion", "provisional": [], "ring_seconds": 0.0},
        "only_183": {"behaviour": "answer", "provisional": [183], "talk_seconds": 0.1, **quick},
        "compact": {"behaviour": "answer", "compact": True, "talk_seconds": 0.1, **quick},
        "routed": {**wait, "record_route": True},
        "glare": {"behaviour": "glare"},
        "deaf_to_cancel": {"behaviour": "deaf_to_cancel"},
        "forked": {"behaviour": "forked", **quick},
        "reinvite": {"behaviour": "reinvite", "talk_seconds": None, **quick},
        "in_dialog": {"behaviour": "in_dialog", "talk_seconds": None, **quick},
        "auth_wait": {**wait, "challenge": 407},
        "auth_rings": {"behaviour": "no_answer", "challenge": 407},
        "session": {**wait, "session_seconds": 1},
        "session_without_update": {**wait, "session_seconds": 1, "takes_update": False},
        "session_update_refused": {**wait, "session_seconds": 1, "update_code": 405},
        "session_gone": {**wait, "session_seconds": 1, "update_code": 481},
        "session_of_theirs": {**wait, "session_seconds": 1, "refresher": "uas", "refreshes": 1},
        "session_longer": {**wait, "min_se": 120},
        "key9": {"behaviour": "key9", "key_seconds": 0.1, **quick},
        "key9_without_marker": {
            "behaviour": "key9", "key_by": "rtp_without_marker", "key_seconds": 0.1, **quick,
        },
        "key9_by_info": {"behaviour": "key9", "key_by": "info", "key_seconds": 0.1, **quick},
    }  # fmt: skip


@pytest.fixture(scope="session")
def number(numbers: dict[str, dict[str, Any]]) -> Callable[[str], str]:
    places = {name: f"+8613800138{place:03d}" for place, name in enumerate(numbers)}
    return places.__getitem__


@pytest.fixture(scope="session")
def carrier(
    tmp_path_factory: pytest.TempPathFactory,
    numbers: dict[str, dict[str, Any]],
    number: Callable[[str], str],
) -> Iterator[CarrierProcess]:
    script = {"numbers": {number(name): entry for name, entry in numbers.items()}}
    process = CarrierProcess(tmp_path_factory.mktemp("carrier"), script)
    yield process
    process.stop()


@pytest.fixture
def open_line(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., SipLine]]:
    monkeypatch.setattr("dialer.lines.sip.trunk.STOP_SECONDS", 0.2)
    monkeypatch.setattr("dialer.lines.sip.trunk.UNREGISTER_SECONDS", 0.2)
    lines: list[SipLine] = []

    def opened(port: int, *, wait: bool = True, **changes: Any) -> SipLine:
        line = SipLine(config(port, **changes))
        lines.append(line)
        line.start()
        if wait:
            until(lambda: line.capacity().up)
        return line

    yield opened
    for line in lines:
        line.stop()


@pytest.fixture(scope="session")
def shared_line(carrier: CarrierProcess) -> Iterator[SipLine]:
    line = SipLine(config(carrier.port, no_reply_seconds=1.2))
    line.start()
    until(lambda: line.capacity().up)
    yield line
    line.stop()


@pytest.fixture
def place(shared_line: SipLine, number: Callable[[str], str]) -> Callable[..., tuple[Ear, Any]]:
    """Place a call to a callee of the shared carrier by its name."""

    def placed(name: str, **changes: Any) -> tuple[Ear, Any]:
        ear = Ear()
        return ear, shared_line.originate(request(number(name), **changes), ear)

    return placed


@pytest.fixture
def mute_peer() -> Iterator[MutePeer]:
    peer = MutePeer()
    yield peer
    peer.close()


@pytest.fixture
def call(open_line: OpenLine, mute_peer: MutePeer) -> Iterator[Call]:
    """Answer one call."""
    made: list[Talker] = []

    def answered(**changes: Any) -> Talker:
        made.append(talker(open_line(mute_peer.port), mute_peer, **changes))
        return made[-1]

    yield answered
    for one in made:
        one.close()
