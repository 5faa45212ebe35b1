"""Statements that share a message: in order, all or nothing, and never half a conversation."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, transaction

from audit.round_trips import Statement, one_message, send_together

TABLE = Statement("CREATE TABLE note (id bigint PRIMARY KEY, said text)")
NOTE = "INSERT INTO note VALUES ($1, $2)"


def notes() -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, said FROM note ORDER BY id")
        rows: list[tuple[int, str]] = cursor.fetchall()
    return rows


@pytest.fixture
def table(transactional_db: None) -> object:
    with connection.cursor() as cursor:
        cursor.execute(TABLE.sql)
    yield
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE note")


@pytest.mark.usefixtures("table")
class TestMessage:
    def test_commits_with_its_last_statement(self) -> None:
        with transaction.atomic(durable=True), one_message(commit=True) as message:
            message.send(Statement(NOTE, [1, "a"]))
            message.send(Statement(NOTE, [2, "b"]), Statement(NOTE, [3, "c"]))

        connection.close()
        assert notes() == [(1, "a"), (2, "b"), (3, "c")]

    def test_commits_only_what_the_outermost_block_may_commit(self) -> None:
        def inner_then_error() -> None:
            with transaction.atomic():
                with transaction.atomic(), one_message(commit=True) as message:
                    message.send(Statement(NOTE, [1, "a"]))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            inner_then_error()

        assert notes() == []

    def test_is_rolled_back_with_what_was_sent_before(self) -> None:
        def repeat() -> None:
            with transaction.atomic(durable=True), one_message(commit=True) as message:
                message.send(Statement(NOTE, [1, "a"]), Statement(NOTE, [1, "again"]))

        with pytest.raises(IntegrityError):
            repeat()

        assert notes() == []

    def test_runs_nothing_behind_an_error(self) -> None:
        def fail_first() -> None:
            with transaction.atomic(durable=True), one_message(commit=True) as message:
                message.send(Statement("SELECT 1 / $1::int", [0]), Statement(NOTE, [1, "a"]))

        with pytest.raises(DataError):
            fail_first()

        assert notes() == []

    def test_works_again_after_an_error_in_a_statement_that_was_new(self) -> None:
        wrong = Statement("SELECT missing FROM note")
        for _ in range(2):
            with pytest.raises(Exception, match="missing"), transaction.atomic():
                send_together(wrong)

        with transaction.atomic():
            send_together(Statement(NOTE, [1, "a"]))
        assert notes() == [(1, "a")]

    def test_takes_the_connection_with_it_when_its_block_breaks_off(self) -> None:
        def break_off() -> None:
            with transaction.atomic(durable=True), one_message(commit=True) as message:
                message.send(Statement(NOTE, [1, "a"]))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            break_off()

        assert notes() == []

    def test_tells_of_a_lost_connection(self) -> None:
        def lose() -> None:
            with transaction.atomic(durable=True), one_message(commit=True) as message:
                message.send(
                    Statement(NOTE, [1, "a"]),
                    Statement("SELECT pg_terminate_backend(pg_backend_pid())"),
                )

        with pytest.raises(OperationalError):
            lose()

        assert notes() == []

    def test_sees_what_was_committed_before_each_statement_began(self) -> None:
        with transaction.atomic():
            (first,) = send_together(Statement("SELECT clock_timestamp()"))
            _, second = send_together(Statement("SELECT pg_sleep(0)"), Statement("SELECT 2"))

        assert second.get_value(0, 0) == b"2"
        assert first.get_value(0, 0) is not None


@pytest.mark.django_db
class TestValues:
    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            ("bigint", -(2**62)),
            ("boolean", True),
            ("text", "允呼 'quoted' \\ $1"),
            ("text", ""),
            ("text", None),
            ("bytea", b"\x00\xff'"),
            ("uuid", UUID(int=7)),
            ("timestamptz", datetime(2026, 3, 11, 2, 0, 0, 123456, tzinfo=UTC)),
        ],
    )
    def test_come_to_the_server_as_they_are(self, kind: str, value: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS kept_{kind} (value {kind})")
            send_together(Statement(f"INSERT INTO kept_{kind} VALUES ($1)", [value]))
            cursor.execute(f"SELECT value FROM kept_{kind}")
            found = cursor.fetchone()[0]

        assert (bytes(found) if kind == "bytea" else found) == value


@pytest.mark.django_db(transaction=True)
class TestValueWithoutAForm:
    @pytest.mark.parametrize(
        ("value", "error", "says"),
        [("ab\0c", ValueError, "NUL"), (1.5, TypeError, "float")],  # a text would be cut short
    )
    def test_is_refused(self, value: object, error: type[Exception], says: str) -> None:
        def send() -> None:
            with transaction.atomic():
                send_together(Statement("SELECT $1::text", [value]))

        with pytest.raises(error, match=says):
            send()
