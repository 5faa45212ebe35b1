"""CN13-REC-03: a run deletes what may go, nothing inside a floor, and certifies it."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from audit import record as audit
from audit.models import AuditEntry, AuditPii
from compliance.models import Decision, Permit, RetentionCertificate
from compliance.services.retention_run import RetentionRun, retention_run
from tests.compliance.complaints.cases import complain
from tests.compliance.gate.referee import forbidden
from tests.world import ACTOR, MORNING, World, beijing, callee, refuse

FLOOR = timedelta(days=1095)
LATER = MORNING + FLOOR


def write(subject: str) -> None:
    """Write an entry with a personal field, this morning."""
    with transaction.atomic():
        audit.record(
            "list.declared",
            obj="list:1",
            actor=ACTOR,
            now=MORNING,
            pii={"name": "某人"},
            subject=subject,
        )


def row(run: RetentionRun, name: str) -> dict[str, int]:
    (found,) = [one for one in run.figures["classes"] if one["class"] == name]
    return dict(found)


class TestRetentionRun:
    @pytest.mark.parametrize(
        ("since", "left"), [(timedelta(0), 1), (timedelta(microseconds=1), 0)]
    )
    def test_deletes_personal_fields_once_their_floor_is_over(
        self, world: World, since: timedelta, left: int
    ) -> None:
        write("person:999")

        run = retention_run(dry_run=False, actor=ACTOR, now=LATER + since)

        assert AuditPii.objects.count() == left
        assert row(run, "personal_field")["deleted"] == 1 - left
        assert AuditEntry.objects.filter(action="list.declared", object="list:1").exists()

    def test_spares_whoever_has_an_open_complaint(self, world: World) -> None:
        write(f"person:{complain(0).complaint.person_id}")

        retention_run(dry_run=False, actor=ACTOR, now=LATER + FLOOR)

        assert AuditPii.objects.count() == 1

    def test_deletes_nothing_in_a_rehearsal(self, world: World) -> None:
        write("person:999")

        run = retention_run(dry_run=True, actor=ACTOR, now=LATER + FLOOR)

        assert row(run, "personal_field")["may_go"] == 1
        assert AuditPii.objects.count() == 1
        assert not RetentionCertificate.objects.exists()

    def test_never_touches_decisions_permits_or_refusals(self, world: World, call: Permit) -> None:
        refuse(callee(world, place=7), None)

        run = retention_run(dry_run=False, actor=ACTOR, now=LATER + 9 * FLOOR)

        assert row(run, "decision")["overdue"] == Decision.objects.count() == 1
        assert row(run, "call_record")["records"] == Permit.objects.count() == 1
        assert row(run, "refusal")["may_go"] == 0

    def test_certifies_what_it_did(self, world: World) -> None:
        run = retention_run(dry_run=False, actor=ACTOR, now=LATER)

        assert RetentionCertificate.objects.get().sha256 == run.sha256
        entry = AuditEntry.objects.get(action="retention.ran")
        assert run.sha256.encode() in bytes(entry.body)
        forbidden("DELETE FROM compliance_retentioncertificate", match="append-only")


class TestCommand:
    def test_prints_one_json_object(self, world: World) -> None:
        out = StringIO()

        call_command("retention_run", "--dry-run", "--json", stdout=out)

        said = json.loads(out.getvalue())
        assert said["dry_run"] is True
        assert said["certificate"] is None
        assert {one["class"] for one in said["figures"]["classes"]} >= {"recording", "refusal"}

    @pytest.mark.parametrize(
        ("arguments", "said"), [(("--dry-run",), "没有删除任何记录"), ((), "删除证明")]
    )
    def test_speaks_both_languages(
        self, world: World, arguments: tuple[str, ...], said: str
    ) -> None:
        world.freeze(beijing("2026-03-11 12:00"))
        out = StringIO()

        call_command("retention_run", *arguments, stdout=out)

        assert said in out.getvalue()
        assert "Call recordings" in out.getvalue()
