"""CN13-SEC-04: a breach has a playbook, clocks, notices and an end that two people sign."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from compliance.desk_numbers import desk_numbers
from compliance.models import Incident, IncidentEvent, Playbook
from compliance.selectors.clocks import clocks
from compliance.services.incident import (
    IncidentStepError,
    NotASecondPersonError,
    incident_open,
    incident_step,
    playbook_record,
)
from tests.compliance.gate.referee import forbidden
from tests.examples import FEW
from tests.undone import undone
from tests.world import ACTOR, MORNING, World, sha256

NOTICE = sha256("notice")
DUTIES = ("contained", "reported", "notified")


def breach(*, noticed_at: datetime = MORNING) -> Incident:
    return incident_open(
        kind="leaked",
        summary="名单外泄 a list was sent to 13811112222",
        data_kinds="号码 numbers",
        persons=None,
        noticed_at=noticed_at,
        actor=ACTOR,
        now=MORNING,
    )


def step(world: World, incident: Incident, kind: str, **given: Any) -> IncidentEvent:
    if kind in ("spared", "closed"):
        given = {"approver": world.people.owner, "note": "核对 checked"} | given
    if kind in ("reported", "notified"):
        given = {"sha256": NOTICE} | given
    return incident_step(
        incident=incident, kind=kind, by=world.people.approver, now=MORNING, **given
    )


class TestIncident:
    def test_is_timed_from_the_moment_somebody_noticed(self, world: World) -> None:
        noticed = MORNING - timedelta(hours=3)
        incident = breach(noticed_at=noticed)
        hours = desk_numbers("CN13-SEC-04")

        assert incident.contain_by - noticed == timedelta(hours=hours["contain_hours"])
        assert incident.report_by - noticed == timedelta(hours=24)
        assert incident.notify_by - noticed == timedelta(hours=72)

    def test_cannot_be_noticed_tomorrow(self, world: World) -> None:
        assert breach(noticed_at=MORNING + timedelta(days=1)).noticed_at == MORNING

    def test_keeps_no_number(self, world: World) -> None:
        assert "13811112222" not in breach().summary

    @pytest.mark.parametrize(
        "steps",
        [
            (),
            ("contained",),
            ("contained", "reported"),
            ("contained", "notified"),
            ("reported", "notified"),
            ("reported", "spared"),
        ],
    )
    def test_does_not_end_before_all_is_done(self, world: World, steps: tuple[str, ...]) -> None:
        incident = breach()
        for kind in steps:
            step(world, incident, kind)

        with pytest.raises(IncidentStepError, match="contained, reported"):
            step(world, incident, "closed")

    @FEW
    @given(st.lists(st.sampled_from([*DUTIES, *DUTIES, "spared", "closed"]), max_size=8))
    def test_ends_when_all_is_done_and_its_clocks_run_until_then(
        self, world: World, steps: list[str]
    ) -> None:
        with undone():
            incident, done = breach(), set[str]()
            for kind in [*steps, "closed"]:
                told = {"notified", "spared"} & done
                may_close = {"contained", "reported"} <= done and bool(told)
                try:
                    step(world, incident, kind)
                except IncidentStepError:
                    assert kind in done or "closed" in done or not (kind != "closed" or may_close)
                else:
                    assert kind != "closed" or may_close
                    done.add(kind)

                left = {*DUTIES} - done - ({"notified"} if "spared" in done else set())
                running = [due for due in clocks(now=MORNING) if due.clock == "incident"]
                assert len(running) == (0 if "closed" in done else len(left))

    @pytest.mark.parametrize("told", ["notified", "spared"])
    def test_ends_by_two_people(self, world: World, told: str) -> None:
        incident = breach()
        for kind in ("contained", "reported", told):
            step(world, incident, kind)

        with pytest.raises(IncidentStepError, match="two_people"):
            step(world, incident, "closed", approver=world.people.approver)
        step(world, incident, "closed")
        with pytest.raises(IncidentStepError, match="closed"):
            step(world, incident, "notified", sha256=NOTICE)

    @pytest.mark.parametrize("missing", [{"approver": None}, {"note": ""}])
    def test_spares_people_the_notice_for_a_reason_and_by_two(
        self, world: World, missing: dict[str, Any]
    ) -> None:
        with pytest.raises(IncidentStepError, match="two_people"):
            step(world, breach(), "spared", **missing)

    @pytest.mark.parametrize("kind", ["reported", "notified"])
    def test_keeps_the_notice(self, world: World, kind: str) -> None:
        with pytest.raises(IncidentStepError, match="document"):
            step(world, breach(), kind, sha256="")

    def test_takes_each_step_once(self, world: World) -> None:
        incident = breach()
        step(world, incident, "contained")

        with pytest.raises(IncidentStepError, match="step_once"):
            step(world, incident, "contained")

    def test_is_handled_by_compliance(self, world: World) -> None:
        with pytest.raises(IncidentStepError, match="compliance"):
            incident_step(incident=breach(), kind="contained", by=world.seat.agent, now=MORNING)

    @pytest.mark.parametrize("table", ["incident", "incidentevent", "playbook"])
    def test_is_never_changed_or_removed(self, world: World, table: str) -> None:
        step(world, breach(), "noted", note="x")
        playbook(world)

        forbidden(f"UPDATE compliance_{table} SET id = id", match="append-only")
        forbidden(f"DELETE FROM compliance_{table}", match="append-only")


def playbook(world: World) -> Playbook:
    return playbook_record(
        document_sha256=sha256("playbook"),
        rehearsed_on=date(2026, 3, 1),
        author=world.people.author,
        approver=world.people.approver,
        now=MORNING,
    )


class TestPlaybook:
    def test_is_known_for_a_year(self, world: World) -> None:
        assert playbook(world).review_on == date(2027, 3, 1)

    def test_takes_two_people(self, world: World) -> None:
        with pytest.raises(NotASecondPersonError):
            playbook_record(
                document_sha256=sha256("playbook"),
                rehearsed_on=date(2026, 3, 1),
                author=world.people.approver,
                approver=world.people.approver,
                now=MORNING,
            )
        row = playbook(world)
        row.pk, row.author = None, row.approver
        with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
            row.save(force_insert=True)
