"""What the demo takes for an earlier demo, and leaves alone otherwise."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from audit.record import record
from compliance.services.demo_clock_set import demo_clock_set
from config.demo.database import MARK, _empty, _is_demo
from config.sentences import SentenceError

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)


def tables() -> set[str]:
    return set(connection.introspection.table_names())


def mark() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON SCHEMA public IS '{MARK}'")


def record_something() -> None:
    record("call.asked", obj="question:1", actor="svc:test", now=NOW)


class TestIsDemo:
    def test_knows_a_demo_by_its_clock(self) -> None:
        demo_clock_set(base_at=NOW, running=False, actor="svc:test", now=NOW)

        assert _is_demo(tables())

    def test_takes_tables_of_ours_without_a_mark_for_somebodys(self) -> None:
        assert not _is_demo(tables())

    def test_knows_what_a_demo_left_that_was_killed_in_its_preparation(self) -> None:
        mark()

        assert _is_demo(tables())

    def test_takes_a_marked_database_that_holds_records_for_somebodys(self) -> None:
        mark()
        record_something()

        assert not _is_demo(tables())


class TestEmpty:
    def test_refuses_a_database_with_other_data(self) -> None:
        with pytest.raises(SentenceError, match="holds other data"):
            _empty()

        assert "compliance_operator" in tables()
