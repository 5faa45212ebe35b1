"""The line's count in the database: each call once, never changed, its numbers as commitments."""

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import AuditEntry, AuditPii
from compliance.models import Person
from compliance.services.person_for_number import number_of
from dialer.lines.base import InviteSent
from dialer.models import Attempt, LineInvite
from dialer.services.invites_note import InviteNoted, invites_note
from tests.dialer.services.calls import up
from tests.stages import staged
from tests.world import ACTOR, MORNING, World, build_world

AT = datetime.fromisoformat("2026-11-22T04:00:00.000001+00:00")


@staged
def world() -> World:
    return build_world()


@staged
def call(world: World) -> Attempt:
    return up(world)


def noted(call: Attempt, **changes: Any) -> InviteNoted:
    said: dict[str, Any] = {
        "permit_id": str(call.permit_id),
        "call_id": "c@127.0.0.1",
        "callee": number_of(call.permit.person),
        "caller": call.permit.caller_number.number,
        "disguised": False,
    }
    return InviteNoted(id=uuid4(), at=AT, sent=InviteSent(**(said | changes)))


def note(world: World, *invites: InviteNoted) -> int:
    return invites_note(trunk=world.trunk, noted=invites, actor=ACTOR, now=MORNING)


class TestInvitesNote:
    def test_writes_each_line_down_once_with_its_entry(self, world: World, call: Attempt) -> None:
        one, other = noted(call), noted(call, call_id="d")

        assert [note(world, one), note(world, one, other), note(world, one, other)] == [1, 1, 0]

        assert LineInvite.objects.count() == 2
        assert AuditEntry.objects.filter(action="line.invited").count() == 2

    def test_keeps_whose_call_it_was_and_when_by_the_hosts_clock(
        self, world: World, call: Attempt
    ) -> None:
        note(world, noted(call))

        row = LineInvite.objects.get()
        assert (row.permit_id, row.person_id) == (call.permit_id, call.permit.person_id)
        assert (row.sent_at, row.noted_at) == (AT, MORNING)
        assert row.masked == call.permit.person.masked

    def test_commits_to_both_numbers_and_shows_none(self, world: World, call: Attempt) -> None:
        note(world, noted(call))

        entry = AuditEntry.objects.get(action="line.invited")
        said = json.loads(bytes(entry.body))
        assert set(said["pii"]) == {"callee", "caller"}
        assert said["data"]["sent_at"] == AT.isoformat()
        assert entry.object == f"permit:{call.permit_id}"
        fields = AuditPii.objects.filter(entry_id=entry.pk)
        assert set(fields.values_list("field", "subject")) == {
            ("callee", f"person:{call.permit.person_id}"),
            ("caller", f"person:{call.permit.person_id}"),
        }

    @pytest.mark.parametrize("permit", ["", "nonsense", "936f8fb0-5b23-4ba8-8b98-3802a9bbf4c2"])
    def test_takes_down_a_call_without_a_permit_too(
        self, world: World, call: Attempt, permit: str
    ) -> None:
        note(world, noted(call, permit_id=permit, callee="+8613900139000"))

        row = LineInvite.objects.get()
        assert row.permit_id is None
        assert row.person == Person.objects.get(masked=row.masked)

    def test_takes_down_what_is_no_number(self, world: World, call: Attempt) -> None:
        note(world, noted(call, callee="", disguised=True))

        row = LineInvite.objects.get()
        assert (row.person_id, row.disguised) == (None, True)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE dialer_lineinvite SET permit_id = NULL",
            "DELETE FROM dialer_lineinvite",
            "TRUNCATE dialer_lineinvite",
        ],
    )
    def test_is_never_taken_back(self, world: World, call: Attempt, statement: str) -> None:
        note(world, noted(call))

        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                cursor.execute(statement)
