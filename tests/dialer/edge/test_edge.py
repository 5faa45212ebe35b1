"""The production edge from our side: its configuration, its log on the record, its word."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from compliance import clock
from compliance.models import Incident, Permit, Trunk
from compliance.redemption import redeem
from compliance.services.person_for_number import number_of
from dialer.edge import log
from dialer.edge.configuration import EdgeConfigError, EdgePlace, EdgeTrunk, rendered, sources
from dialer.edge.take_over import take_over
from dialer.lines.base import InviteSent
from dialer.models import EdgeInvite, LineInvite, TrunkEndpoint
from dialer.reconcile.comparison import Span
from dialer.reconcile.run import reconcile
from dialer.reconcile.witness_csv import WitnessError
from dialer.reconcile.witness_edge import edge_witness, read_edge_log
from dialer.services.edge_note import INCIDENTS_AT_ONCE
from dialer.services.edge_refusals_record import edge_refusals_record
from dialer.services.invites_note import InviteNoted, invites_note
from tests.world import MORNING, World, build_world, callees, permitted

ACTOR = "svc:test"


@pytest.fixture
def world(transactional_db: None, sockets: None) -> World:
    world = build_world()
    TrunkEndpoint.objects.create(
        trunk=world.trunk, host="127.0.0.3", local_host="127.0.0.1", edge_host="127.0.0.2"
    )
    log.client(settings.REDIS_URL).delete(log.STREAM)
    return world


def at_edge(
    *, permit: str, why: str = "", call: str = "c", trunk: str = "loopback", **more: str
) -> None:
    """Write what the edge's configuration and its store's function write."""
    fields: dict[Any, Any] = {
        "why": why,
        "permit": f"-{permit}",
        "trunk": f"-{trunk}",
        "source": "127.0.0.1:5060",
        "masked": "",
        "call": call,
        **more,
    }
    log.client(settings.REDIS_URL).xadd(log.STREAM, fields)


def taken_over() -> int:
    return take_over(edge="edge1", url=settings.REDIS_URL, now=MORNING)


def spent(world: World, place: int) -> Permit:
    permit = permitted(world, callees(world, 1, first=place)[0], seat=world.seats[place])
    redeem(permit_id=permit.pk, trunk_id=world.trunk.pk, actor=ACTOR, now=MORNING)
    return permit


class TestTakeOver:
    def test_has_each_invite_once_and_the_edge_forgets_it(self, world: World) -> None:
        permit = spent(world, 0)
        at_edge(permit=str(permit.pk))

        assert (taken_over(), taken_over()) == (1, 0)

        row = EdgeInvite.objects.get()
        assert (row.edge, row.trunk, row.permit, row.why) == ("edge1", world.trunk, permit, "")
        assert row.masked == permit.person.masked
        assert log.client(settings.REDIS_URL).xlen(log.STREAM) == 0
        assert AuditEntry.objects.filter(action="edge.relayed").count() == 1

    def test_comes_once_although_the_edge_was_not_told(self, world: World) -> None:
        at_edge(permit=str(uuid4()))
        lines, _ = log.waiting(edge="edge1", url=settings.REDIS_URL, at_most=10)

        assert [taken_over() for _ in range(2)] == [1, 0]
        at_edge(permit="")
        assert {one.id for one in lines} <= set(EdgeInvite.objects.values_list("pk", flat=True))

    def test_makes_an_incident_of_each_refusal(self, world: World) -> None:
        for why in ("no_permit", "spent", "callee", "a word of another edition"):
            at_edge(permit="", why=why.partition(" ")[0])

        taken_over()

        assert Incident.objects.count() == 4
        assert not EdgeInvite.objects.filter(incident=None).exists()
        assert "许可已用过" in " ".join(Incident.objects.values_list("summary", flat=True))

    def test_makes_of_a_flood_no_flood_of_incidents(self, world: World) -> None:
        for _ in range(INCIDENTS_AT_ONCE + 5):
            at_edge(permit="", why="source")

        taken_over()

        assert Incident.objects.count() == INCIDENTS_AT_ONCE
        assert EdgeInvite.objects.filter(why="source").count() == INCIDENTS_AT_ONCE + 5

    def test_counts_what_could_not_be_read(self, world: World) -> None:
        at_edge(permit="", why="unreadable", call="", trunk="", count="37")
        at_edge(permit="", why="unreadable", call="", trunk="", count="many")

        taken_over()

        summaries = list(Incident.objects.order_by("pk").values_list("summary", flat=True))
        assert ["packets 37" in one for one in summaries] == [True, False]
        entries = AuditEntry.objects.filter(action="edge.refused").order_by("pk")
        packets = [json.loads(bytes(entry.body))["data"]["packets"] for entry in entries]
        assert packets == [37, 1]


class TestLinesOwnRefusal:
    def test_is_an_incident_and_no_call(self, world: World) -> None:
        noted = InviteNoted(
            id=uuid4(),
            at=clock.host_now(),
            sent=InviteSent(
                permit_id="", call_id="c", callee="+8613800138000", caller="95013",
                disguised=False, refused="caller",
            ),
        )  # fmt: skip
        known: dict[str, Any] = {
            "trunk": world.trunk, "noted": [noted], "actor": ACTOR, "now": MORNING,
        }  # fmt: skip

        assert invites_note(**known) == 0
        assert (edge_refusals_record(**known), edge_refusals_record(**known)) == (1, 0)

        row = EdgeInvite.objects.get()
        assert (row.edge, row.why, row.masked) == ("line", "caller", "138****8000")
        assert row.incident == Incident.objects.get()
        assert not LineInvite.objects.exists()


class TestWitness:
    @pytest.fixture
    def span(self) -> Span:
        now = clock.host_now()
        return Span(since=now - timedelta(minutes=5), until=now + timedelta(minutes=5))

    def _left(self, world: World, permit: Permit, call: str) -> None:
        noted = InviteNoted(
            id=uuid4(),
            at=clock.host_now(),
            sent=InviteSent(
                permit_id=str(permit.pk),
                call_id=call,
                callee=number_of(permit.person),
                caller=permit.caller_number.number,
                disguised=False,
            ),
        )
        invites_note(trunk=world.trunk, noted=[noted], actor=ACTOR, now=MORNING)

    def test_agrees_where_the_edge_relayed_what_left(self, world: World, span: Span) -> None:
        permit = spent(world, 0)
        self._left(world, permit, "c")
        at_edge(permit=str(permit.pk))
        taken_over()

        witness = edge_witness(span)

        assert witness is not None
        found = reconcile(span=span, witnesses=[witness]).found
        assert (found.unmatched, found.counts["edge"]) == ((), 1)

    def test_names_what_the_edge_has_not_seen_and_what_nobody_else_has(
        self, world: World, span: Span
    ) -> None:
        permit = spent(world, 0)
        self._left(world, permit, "past the edge")
        at_edge(permit=str(UUID(int=7)), call="past the line")
        taken_over()

        witness = edge_witness(span)

        assert witness is not None
        found = reconcile(span=span, witnesses=[witness]).found
        assert {(one.side, one.seen.call_id) for one in found.unmatched} == {
            ("permits", "past the edge"),
            ("line", "past the edge"),
            ("edge", "past the line"),
        }
        assert len(found.unpermitted) == 1

    def test_is_not_asked_about_trunks_that_go_past_it(self, world: World, span: Span) -> None:
        TrunkEndpoint.objects.update(edge_host="")
        assert edge_witness(span) is None

    def test_can_be_read_from_the_edges_own_machine(
        self, world: World, span: Span, tmp_path: Path
    ) -> None:
        permit = spent(world, 0)
        self._left(world, permit, "c")
        milliseconds = int(clock.host_now().timestamp() * 1000)
        fields = ["why", "", "permit", f"-{permit.pk}", "trunk", "-loopback", "call", "c"]
        file = tmp_path / "log.json"
        file.write_text(json.dumps([[f"{milliseconds}-0", fields]]))

        found = reconcile(span=span, witnesses=[read_edge_log(file)]).found

        assert (found.unmatched, found.counts["edge"]) == ((), 1)
        file.write_text('[["x", []]]')
        with pytest.raises(WitnessError, match=r"log\.json"):
            read_edge_log(file)


class TestConfiguration:
    def test_is_written_from_the_records(
        self, world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("edge_config", out=tmp_path, json=True)

        said = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert said["trunks"] == ["loopback"]
        text = (tmp_path / "kamailio.cfg").read_text()
        assert 'case "loopback":' in text
        assert "listen=udp:127.0.0.2:5060" in text
        assert "PRIVATE" not in "".join(path.read_text() for path in tmp_path.iterdir())
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted(said["files"])
        assert "1 127.0.0.1 32 0 line" in (tmp_path / "sources.list").read_text()

    def test_needs_a_trunk_behind_an_edge(self, world: World, tmp_path: Path) -> None:
        TrunkEndpoint.objects.update(edge_host="")

        with pytest.raises(CommandError, match="No trunk"):
            call_command("edge_config", out=tmp_path)

    def test_is_not_written_for_a_carrier_that_srv_records_name(
        self, world: World, tmp_path: Path
    ) -> None:
        TrunkEndpoint.objects.update(port=0)

        with pytest.raises(CommandError, match="SRV"):
            call_command("edge_config", out=tmp_path / "edge")

        assert not (tmp_path / "edge").exists()

    def test_is_not_written_where_two_hosts_use_the_same_carrier(
        self, world: World, tmp_path: Path
    ) -> None:
        first = TrunkEndpoint.objects.get()
        trunk = Trunk.objects.get(pk=first.trunk_id)
        trunk.pk, trunk.code = None, "second"
        trunk.save()
        first.pk, first.trunk, first.local_host = None, trunk, "127.0.0.9"
        first.save()

        with pytest.raises(CommandError, match="cannot tell them apart"):
            call_command("edge_config", out=tmp_path)

    def test_says_that_only_the_first_of_a_carriers_addresses_is_called(
        self,
        world: World,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        both = [(2, 2, 17, "", (one, 5060)) for one in ("127.0.0.3", "127.0.0.4")]
        monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: both)

        call_command("edge_config", out=tmp_path)

        assert "127.0.0.3, alone" in capsys.readouterr().err

    @pytest.mark.parametrize("name", ['x"; exit; "', "a b", "a\nb", ""])
    def test_takes_no_name_that_could_be_a_statement(self, name: str) -> None:
        trunk = EdgeTrunk(
            code=name, host="h", port=5060, authority="h",
            carrier_addresses=("127.0.0.3",), line_addresses=("127.0.0.1",),
        )  # fmt: skip
        place = EdgePlace(
            host="127.0.0.2", port=5060, outer_host="", redis_host="127.0.0.1", redis_port=1,
            folder="/f", modules="/m/", children=1,
        )  # fmt: skip

        with pytest.raises(EdgeConfigError):
            rendered("", place=place, trunks=[trunk], public_key="", log_stderr=False)
        assert sources([]).startswith("#")
