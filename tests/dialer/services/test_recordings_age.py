"""CN13-REC-03: recordings go when they are due, never before their floor, and leave a proof."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEntry
from audit.services.legal_hold import hold_lift, hold_place
from compliance.books import book
from compliance.models import Complaint, ComplaintEvent
from compliance.numbers import normalise
from compliance.rulebook.retention import recording_class
from compliance.services.complaint_open import Intake, complaint_open
from dialer.models import Attempt, Recording
from dialer.recording.sealed_writer import path_of
from dialer.services.recording_delete import recording_delete
from dialer.services.recordings_age import Aged, recordings_age
from dialer.services.recordings_erase import recordings_erase
from tests.dialer.services.calls import talked
from tests.recordings import kept_recording
from tests.stages import staged
from tests.stated_clock import let_time_pass
from tests.world import ACTOR, MORNING, World, build_world, callee, number_at

DAY = timedelta(days=1)


@staged
def world() -> World:
    return build_world()


@staged
def talk(world: World) -> Attempt:
    return talked(world)


@pytest.fixture
def kept(talk: Attempt, tmp_path: Path) -> Recording:
    return kept_recording(talk, folder=tmp_path)


def age(folder: Path, *, after: timedelta, **more: Any) -> Aged:
    now = let_time_pass(MORNING + after)
    return recordings_age(folder=folder, actor=ACTOR, now=now, **more)


class TestRecordingsAge:
    def test_deletes_what_is_due_and_leaves_a_proof(self, kept: Recording, tmp_path: Path) -> None:
        early = age(tmp_path, after=180 * DAY)
        done = age(tmp_path, after=180 * DAY + timedelta(seconds=1))

        kept.refresh_from_db()
        assert (early.deleted, done.deleted) == (0, 1)
        assert (kept.state, kept.deleted_because) == ("deleted", "retention")
        assert kept.audio_sha256
        assert not path_of(tmp_path, kept.pk).exists()
        entry = AuditEntry.objects.of("recording.deleted").get()
        told = json.loads(bytes(entry.body))["data"]
        assert (told["was_whole"], told["file_sha256"]) == (True, kept.file_sha256)

    def test_tells_when_the_file_was_not_what_it_had_been(
        self, kept: Recording, tmp_path: Path
    ) -> None:
        path_of(tmp_path, kept.pk).write_bytes(b"another")
        age(tmp_path, after=181 * DAY)

        entry = AuditEntry.objects.of("recording.deleted").get()
        assert json.loads(bytes(entry.body))["data"]["was_whole"] is False

    def test_only_counts_when_it_is_a_rehearsal(self, kept: Recording, tmp_path: Path) -> None:
        assert age(tmp_path, after=181 * DAY, dry_run=True) == Aged(due=1, held=0, deleted=0)
        assert path_of(tmp_path, kept.pk).exists()

    def test_spares_people_with_an_open_complaint(self, kept: Recording, tmp_path: Path) -> None:
        intake = Intake(channel="12321", permit_id=None, filing=None, external_ref="", summary="")
        number = normalise(number_at(0))
        complaint_open(number=number, intake=intake, actor=ACTOR, now=MORNING)

        assert age(tmp_path, after=181 * DAY) == Aged(due=1, held=1, deleted=0)
        assert Complaint.objects.count() == 1
        assert not ComplaintEvent.objects.filter(kind="closed").exists()

    def test_spares_the_days_of_a_legal_hold(self, kept: Recording, tmp_path: Path) -> None:
        day = MORNING.date()
        hold = hold_place(since=day, until=day, reason="法院", by="u:1", now=MORNING)

        assert age(tmp_path, after=181 * DAY) == Aged(due=1, held=1, deleted=0)

        hold_lift(hold_id=hold.pk, by="u:1", second="u:2", reason="结案", now=MORNING)
        assert age(tmp_path, after=181 * DAY).deleted == 1

    def test_removes_what_a_crash_left_of_one_that_is_deleted(
        self, kept: Recording, tmp_path: Path
    ) -> None:
        content = path_of(tmp_path, kept.pk).read_bytes()
        age(tmp_path, after=181 * DAY)
        path_of(tmp_path, kept.pk).write_bytes(content)

        age(tmp_path, after=182 * DAY)

        assert not path_of(tmp_path, kept.pk).exists()

    def test_keeps_an_insurers_for_ten_years(self, db: None, tmp_path: Path) -> None:
        world = build_world(industry="insurance")
        row = kept_recording(talked(world), folder=tmp_path)

        assert row.kind == "recording_insurance"
        assert row.floor_until == MORNING + 1825 * DAY
        assert row.keep_until == MORNING + 3650 * DAY

    def test_is_told_as_json(
        self, kept: Recording, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        let_time_pass(MORNING + 181 * DAY)
        with override_settings(RECORDINGS_DIR=tmp_path):
            call_command("recordings_age", "--json")

        assert json.loads(capsys.readouterr().out) == {"due": 1, "held": 0, "deleted": 1}


class TestFloor:
    def test_is_the_databases_own(self, kept: Recording, tmp_path: Path) -> None:
        now = let_time_pass(MORNING + 29 * DAY)

        with pytest.raises(DatabaseError, match="after its floor"):
            recording_delete(recording=kept, because="x", folder=tmp_path, actor=ACTOR, now=now)

    @given(
        industry=st.sampled_from(["education", "card", "collection", "insurance", "other"]),
        purpose=st.sampled_from(["P1", "P2", "P3", "P4", "P5", "P6", "P7"]),
    )
    def test_is_thirty_days_at_least_for_any_call(self, industry: str, purpose: str) -> None:
        its = recording_class(book().retention, industry=industry, purpose=purpose)

        assert 30 <= its.floor_days <= its.keep_days
        assert its.ceiling_days is not None


class TestErasure:
    def test_waits_for_the_floor_and_for_no_longer(
        self, world: World, kept: Recording, tmp_path: Path
    ) -> None:
        def erase(after: timedelta) -> int:
            return recordings_erase(
                person=callee(world),
                because="pipl47.3",
                folder=tmp_path,
                actor=ACTOR,
                now=let_time_pass(MORNING + after),
            )

        assert (erase(29 * DAY), erase(31 * DAY)) == (0, 1)
        assert not path_of(tmp_path, kept.pk).exists()
