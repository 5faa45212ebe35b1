"""The row of a recording: one for each call, that stays as it was closed."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from dialer.models import Attempt, Recording
from tests.dialer.line_process.recordings.house import House
from tests.world import MORNING, let_time_pass


class TestRow:
    @pytest.fixture
    def kept(self, house: House) -> Recording:
        house.place()
        house.write_down()
        return Recording.objects.get()

    def test_is_one_for_each_call(self, house: House) -> None:
        house.events = []
        house.place()

        with pytest.raises(DatabaseError), transaction.atomic():
            Recording.objects.create(
                id=UUID(int=1), attempt=Attempt.objects.get(), started_at=MORNING
            )

    def test_stays_as_it_was_closed(self, kept: Recording) -> None:
        changes: list[dict[str, object]] = [
            {"audio_sha256": "0" * 64},
            {"samples": 1},
            {"state": "open"},
            {"state": "cut", "cut_because": "x"},
            {"keep_until": MORNING},
            {"state": "deleted", "deleted_at": MORNING, "deleted_because": "x"},  # its floor
        ]
        for change in changes:
            with pytest.raises(DatabaseError), transaction.atomic():
                Recording.objects.filter(pk=kept.pk).update(**change)

        with pytest.raises(DatabaseError), transaction.atomic():
            kept.delete()

    def test_is_deleted_behind_its_floor_and_keeps_its_digests(self, kept: Recording) -> None:
        later = let_time_pass(MORNING + timedelta(days=31))
        gone = {"state": "deleted", "deleted_at": later, "deleted_because": "retention"}
        with pytest.raises(DatabaseError), transaction.atomic():
            Recording.objects.filter(pk=kept.pk).update(**gone, file_sha256="0" * 64)

        assert Recording.objects.filter(pk=kept.pk).update(**gone) == 1
