"""Promise 2: an INVITE without a permit is found by everybody who counts, and stops everything."""

import json
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from audit.curve_keys import curve_private_key
from audit.models import AuditEntry
from compliance import clock
from compliance.gate import PermitRefusal
from compliance.models import Incident, KillSwitch, Permit
from compliance.passport import KEY
from compliance.passport_form import Passport, write
from dialer.lines.base import CallRequest, InviteSent
from dialer.lines.carrier.records import InviteRecord
from dialer.models import EdgeInvite, LineInvite, TrunkEndpoint
from dialer.reconcile.hours import day_before
from dialer.tasks import reconcile_yesterday
from tests.scenarios.floor import Floor, until
from tests.scenarios.tap import HOST, Tap
from tests.sip.peers import Ear, sdp
from tests.world import World, ask, callee, callees, number_at


@pytest.fixture
def tapped(open_floor: Callable[..., Floor]) -> Iterator[tuple[Floor, Tap]]:
    floor = open_floor()
    tap = Tap(carrier_port=floor.carrier.port)
    TrunkEndpoint.objects.filter(pk=floor.endpoint.pk).update(port=tap.port)
    yield floor, tap
    floor.close()
    tap.close()


def plant(tap: Tap, number: str, *, call: str = "planted") -> None:
    """Send an INVITE past everything of ours, as somebody at the machine could."""
    body = sdp(4000)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind((HOST, 0))
        port = sender.getsockname()[1]
        lines = [
            f"INVITE sip:{number}@{HOST} SIP/2.0",
            f"Via: SIP/2.0/UDP {HOST}:{port};branch=z9hG4bK{call}",
            "Max-Forwards: 70",
            f"From: <sip:9512301@{HOST}>;tag={call}",
            f"To: <sip:{number}@{HOST}>",
            f"Call-ID: {call}@{HOST}",
            "CSeq: 1 INVITE",
            f"Contact: <sip:me@{HOST}:{port}>",
            f"P-Asserted-Identity: <sip:9512301@{HOST}>",
            "Content-Type: application/sdp",
            f"Content-Length: {len(body)}",
        ]
        sender.sendto("\r\n".join([*lines, "", body]).encode(), (HOST, tap.port))


def reconciled(capsys: pytest.CaptureFixture[str], **witnesses: Path) -> dict[str, Any]:
    now = clock.host_now()
    span = [(now + timedelta(minutes=minutes)).isoformat() for minutes in (-10, 10)]
    capsys.readouterr()
    options = [f"--{name.replace('_', '-')}={path}" for name, path in witnesses.items()]
    try:
        call_command("reconcile", f"--from={span[0]}", f"--to={span[1]}", *options, "--json")
        code = 0
    except SystemExit as left:
        code = int(str(left.code))
    report: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert code == bool(report["unmatched"])
    return report


def calls(floor: Floor, count: int) -> list[InviteRecord]:
    floor.start_line()
    floor.leads(*callees(floor.world, count))
    floor.work_off()
    until(lambda: LineInvite.objects.count() == count)
    return floor.carrier.calls()


class TestReconcile:
    def test_finds_the_planted_invite_by_both_witnesses_and_closes_the_gate(
        self,
        world: World,
        tapped: tuple[Floor, Tap],
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        floor, tap = tapped
        calls(floor, 3)
        files = {"carrier_cdr": floor.carrier.records, "pcap": tap.capture(tmp_path / "a.pcap")}

        before = reconciled(capsys, **files)
        plant(tap, number_at(90))
        until(lambda: len(floor.carrier.calls()) == 4)
        tap.capture(tmp_path / "a.pcap")
        after = reconciled(capsys, **files)

        assert before["unmatched"] == []
        assert (before["permits_redeemed"], before["invites_sent"]) == (3, 3)
        assert [one["invites"] for one in before["witnesses"]] == [3, 3]
        assert not AuditEntry.objects.filter(action="line.invited", outcome="error").exists()
        found = {one["counted_by"]: one for one in after["unmatched"]}
        assert set(found) == {"carrier_cdr", "capture"}
        assert all("permits" in one["missing_from"] for one in found.values())
        assert number_at(90) not in json.dumps(after)
        assert Incident.objects.get().pk == after["incident"]
        switch = KillSwitch.objects.get(released_at=None)
        assert (switch.pk, switch.scope) == (after["kill_switch"], "platform")
        refused = ask(world, callee(world, place=20))
        assert isinstance(refused, PermitRefusal)
        assert "CN13-GOV-08" in refused.rules
        entry = AuditEntry.objects.get(action="reconciliation.unmatched")
        assert bytes(entry.body).count(b"hs256:") == 2

        again = reconciled(capsys, **files)

        assert len(again["unmatched"]) == 2
        assert again["incident"] is again["kill_switch"] is None  # people know of it
        assert Incident.objects.count() == KillSwitch.objects.count() == 1

    def test_lists_a_permit_whose_call_was_lost_and_stops_nothing(
        self, tapped: tuple[Floor, Tap], capsys: pytest.CaptureFixture[str]
    ) -> None:
        floor, _ = tapped
        calls(floor, 1)
        floor.line.trunk.leaving.note = _full_disk
        floor.leads(callee(floor.world, place=30))
        floor.ready()
        floor.tick()
        until(lambda: Permit.objects.filter(redeemed_at__isnull=False).count() == 2)

        report = reconciled(capsys, carrier_cdr=floor.carrier.records)

        (lost,) = report["unmatched"]
        assert (lost["counted_by"], lost["missing_from"]) == ("permits", ["line", "carrier_cdr"])
        assert report["unpermitted"] == 0
        assert not KillSwitch.objects.exists()
        floor.settle()

    def test_has_nothing_to_find_of_what_the_lines_own_edge_kept_back(
        self, tapped: tuple[Floor, Tap], capsys: pytest.CaptureFixture[str], settings: Any
    ) -> None:
        floor, tap = tapped
        settings.CARRIER_RECORDS = ""
        calls(floor, 1)
        sent = next(data for _, _, _, data in tap._seen if data.startswith(b"INVITE"))
        stray = sent.replace(b"Call-ID: ", b"Call-ID: x", 1)

        floor.line.reactor.call_soon(lambda: floor.line.trunk.send(stray))
        until(EdgeInvite.objects.exists)

        report = reconciled(capsys)
        assert report["unmatched"] == []
        assert report["invites_sent"] == len(floor.carrier.calls()) == 1
        refused = EdgeInvite.objects.get()
        assert (refused.edge, refused.why, refused.masked[-4:]) == (
            "line",
            "no_permit",
            number_at(0)[-4:],
        )
        assert refused.incident == Incident.objects.get()
        assert "没有许可" in Incident.objects.get().summary
        entry = AuditEntry.objects.get(action="edge.refused")
        assert entry.outcome == "denied"

    def test_has_no_second_call_on_a_permit_that_was_spent_before_a_restart(
        self, tapped: tuple[Floor, Tap]
    ) -> None:
        floor, _ = tapped
        calls(floor, 1)
        permit = Permit.objects.get()
        floor.stop_line()

        floor.start_line()
        until(lambda: floor.line.capacity().up)
        again = CallRequest(
            permit_id=str(permit.pk),
            callee=number_at(0),
            caller_number=permit.caller_number.number,
            identity=write(
                Passport(
                    permit=str(permit.pk),
                    rulebook=permit.decision.book_digest,
                    trunk=permit.trunk.code,
                    orig=permit.caller_number.number,
                    dest=number_at(0)[1:],
                    issued_at=clock.host_now().replace(microsecond=0),
                ),
                key=curve_private_key(KEY),
            ),
        )
        ear = Ear()
        floor.line.originate(again, ear)

        assert ear.result().reason == "Kept back at the edge: spent"
        assert len(floor.carrier.calls()) == 1
        until(EdgeInvite.objects.filter(why="spent", permit=permit).exists)

    def test_finds_an_invite_that_the_line_noted_without_any_witness(
        self, tapped: tuple[Floor, Tap], capsys: pytest.CaptureFixture[str], settings: Any
    ) -> None:
        floor, _ = tapped
        settings.CARRIER_RECORDS = ""
        calls(floor, 1)
        stray = InviteSent(
            permit_id="", call_id="x", callee=number_at(0), caller="9512301", disguised=False
        )

        floor.line.reactor.call_soon(lambda: floor.line.trunk.leaving.note(stray))
        until(lambda: LineInvite.objects.count() == 2)

        report = reconciled(capsys)
        assert [one["counted_by"] for one in report["unmatched"]] == ["line"]
        assert KillSwitch.objects.get().pk == report["kill_switch"]


class TestSchedule:
    def test_reconciles_yesterday_once(
        self, open_floor: Callable[..., Floor], settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        floor = open_floor()
        calls(floor, 1)
        settings.CARRIER_RECORDS = str(floor.carrier.records)
        tomorrow = clock.host_now() + timedelta(days=1)
        monkeypatch.setattr("compliance.clock.host_now", lambda: tomorrow)

        reconcile_yesterday()
        reconcile_yesterday()

        entry = AuditEntry.objects.get(action="reconciliation.made")
        said = json.loads(bytes(entry.body))["data"]
        assert said["counts"] == {"carrier_cdr": 1, "line": 1, "permits": 1}
        assert (said["unmatched"], entry.outcome) == (0, "ok")
        span = day_before(tomorrow)
        assert span.until - span.since == timedelta(days=1)


def _full_disk(_: object) -> None:
    raise OSError("No space left on device")
