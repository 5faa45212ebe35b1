"""What every test stands on is itself as it was made, and leaves no guard off."""

import pytest
from django.db import DatabaseError, connection, transaction

from compliance.models import Epoch, Seat, User
from tests.compliance.complaints.cases import officer
from tests.emptying import empty, filled
from tests.remembered import remembered
from tests.world import build_world, callee, permitted


def rows() -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table that has some."""
    found = {}
    with connection.cursor() as cursor:
        for table in filled():
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            found[table] = cursor.fetchall()
    return found


@remembered
def one_officer() -> User:
    return officer("first")


class TestRemembered:
    def test_puts_every_row_back_as_the_services_made_it(self, transactional_db: None) -> None:
        first = build_world(seats=3)
        made = rows()
        empty()

        again = build_world(seats=3)

        assert rows() == made
        assert len(made) > 20
        assert (again, again.seats) == (first, first.seats)
        assert Seat.objects.get(pk=again.seat.pk).agent == again.seat.agent

    def test_is_a_world_in_which_people_are_called(self, transactional_db: None) -> None:
        build_world(seats=3)
        empty()

        world = build_world(seats=3)

        assert permitted(world, callee(world)).seat == world.seat

    def test_moves_the_epoch_on(self, transactional_db: None) -> None:
        build_world(seats=3)
        before = Epoch.objects.get().value
        empty()
        between = Epoch.objects.get().value

        build_world(seats=3)

        assert before < between < Epoch.objects.get().value

    def test_makes_anew_what_is_not_alone(self, db: None) -> None:
        one_officer()
        User.objects.update(username="second")

        one_officer()

        assert set(User.objects.values_list("username", flat=True)) == {"first", "second"}


class TestEmpty:
    def test_leaves_no_row_and_every_guard(self, transactional_db: None) -> None:
        build_world()

        empty()

        assert filled() == []
        for table in ("audit_entry", "compliance_seat"):
            with (
                pytest.raises(DatabaseError, match="append-only"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(f"DELETE FROM {table}")
