"""The trail of one number, campaign, complaint or day, as a bundle that proves itself."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit import verify
from audit.models import AuditEntry
from compliance.models import Complaint, Person, User
from dialer.models import SeatSession
from dialer.services.call_open import call_open
from tests.audit.tree import seal_all
from tests.audit.verify.making import LOG
from tests.compliance.complaints.cases import complain
from tests.phones import connected
from tests.recordings import opened_recording
from tests.world import (
    MORNING,
    World,
    add_lead,
    ask,
    build_world,
    callee,
    log_on,
    number_at,
    permitted,
)


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world()


@pytest.fixture
def case(world: World) -> Complaint:
    """Somebody who was called and complained; somebody else was called, too."""
    log_on(world, world.seat)
    for place, seat in enumerate(world.seats[:2]):
        someone = callee(world, place=place)
        add_lead(world, someone)
        permit = permitted(world, someone, seat=seat)
        SeatSession.objects.update(state="reserved", permit=permit)
        call_open(
            permit_id=permit.pk,
            trunk_id=world.trunk.pk,
            line_process="t",
            recording=opened_recording(),
            phone_is_up=connected,
            now=MORNING,
        )
    ask(world, callee(world), seat=world.seats[1])
    opened = complain(0, summary=f"{number_at(0)} 多次来电").complaint
    seal_all()
    return opened


def export(out: Path, *arguments: str) -> dict[str, Any]:
    told = StringIO()
    call_command("audit_export", *arguments, "--out", str(out), "--json", stdout=told)
    said: dict[str, Any] = json.loads(told.getvalue().splitlines()[-1])
    return said


def entries(out: Path) -> list[dict[str, Any]]:
    lines = (out / "entries.jsonl").read_bytes().splitlines()
    return [
        verify.read_body(verify._base64(json.loads(line)["b"])) | {"i": json.loads(line)["i"]}
        for line in lines
    ]


def is_verified(out: Path, *arguments: str) -> bool:
    return verify.main([str(out), "--vkey", LOG.vkey, *arguments]) == 0


class TestAuditExport:
    def test_of_everything_leaves_nothing_out(self, case: Complaint, tmp_path: Path) -> None:
        sealed = AuditEntry.objects.count()

        said = export(tmp_path / "all", "--range", "all")

        assert is_verified(tmp_path / "all")
        assert (said["kind"], said["count"], said["size"]) == ("range", sealed, sealed)
        assert AuditEntry.objects.get(action="export.made").actor == "svc:command"

    def test_of_a_number_is_about_that_person_alone(
        self, world: World, case: Complaint, tmp_path: Path
    ) -> None:
        said = export(tmp_path / "one", "--number", number_at(0))

        assert is_verified(tmp_path / "one")
        assert said["kind"] == "filtered"
        assert said["about"] == f"person:{case.person_id}"
        told = {one["action"] for one in entries(tmp_path / "one")}
        assert {"permit.issued", "permit.redeemed", "complaint.opened"} <= told
        others = Person.objects.exclude(pk=case.person_id)
        about_others = {f"permit:{one.pk}" for person in others for one in person.permits.all()}
        assert about_others
        assert not about_others & {one["object"] for one in entries(tmp_path / "one")}

    def test_of_a_complaint_holds_the_calls_that_led_to_it(
        self, case: Complaint, tmp_path: Path
    ) -> None:
        export(tmp_path / "case", "--complaint", str(case.pk))

        assert is_verified(tmp_path / "case")
        objects = {one["object"] for one in entries(tmp_path / "case")}
        assert f"complaint:{case.pk}" in objects
        assert f"permit:{case.person.permits.get().pk}" in objects

    def test_of_a_campaign_holds_its_calls(
        self, world: World, case: Complaint, tmp_path: Path
    ) -> None:
        export(tmp_path / "campaign", "--campaign", str(world.campaign.pk))

        assert is_verified(tmp_path / "campaign")
        told = [one["action"] for one in entries(tmp_path / "campaign")]
        assert told.count("permit.redeemed") == 2
        assert "campaign.activated" in told

    def test_of_a_day_is_an_unbroken_range(self, case: Complaint, tmp_path: Path) -> None:
        said = export(tmp_path / "day", "--day", MORNING.date().isoformat())

        assert is_verified(tmp_path / "day")
        assert said["kind"] == "range"
        assert said["count"] == said["hi"] - said["lo"] > 0

    def test_discloses_for_compliance_alone_and_matches_the_carrier(
        self, world: World, case: Complaint, tmp_path: Path
    ) -> None:
        officer = str(world.people.approver.username)

        export(tmp_path / "all", "--range", "all", "--disclose", "--by", officer)

        spent = [one for one in entries(tmp_path / "all") if one["action"] == "permit.redeemed"]
        caller = world.caller_number.number
        rows = [f"{one['ts']},{caller},{number_at(at)}" for at, one in enumerate(spent)]
        cdr = tmp_path / "calls.csv"
        cdr.write_text("\n".join(["started_at,caller,callee", *rows]) + "\n")
        assert is_verified(tmp_path / "all", "--cdr", str(cdr))
        cdr.write_text("\n".join(["started_at,caller,callee", rows[0]]) + "\n")
        assert not is_verified(tmp_path / "all", "--cdr", str(cdr))

    def test_is_refused_to_others_and_that_is_on_record(
        self, world: World, case: Complaint, tmp_path: Path
    ) -> None:
        User.objects.create(username="agent", role="agent", real_name="x")
        denied = AuditEntry.objects.filter(action="access.denied")

        for number, arguments in enumerate((["--disclose"], ["--by", "agent"]), 1):
            with pytest.raises(CommandError):
                export(tmp_path / "all", "--range", "all", *arguments)
            assert denied.count() == number
        with pytest.raises(CommandError):
            export(tmp_path / "all", "--range", "all", "--by", "nobody")

        assert not (tmp_path / "all").exists()

    def test_says_what_it_cannot_export(self, case: Complaint, tmp_path: Path) -> None:
        for arguments in (
            ("--range", "3"),
            ("--range", "0-99999"),
            ("--number", "12"),
            ("--number", "+8613999999999"),
            ("--campaign", "99999"),
            ("--complaint", "99999"),
            ("--day", "1999-01-01"),
            ("--range", "all", "--format", "docx"),
        ):
            with pytest.raises(CommandError):
                export(tmp_path / "none", *arguments)

            assert list(tmp_path.iterdir()) == []
