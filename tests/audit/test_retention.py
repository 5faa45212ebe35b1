"""A month that is over goes, and everything that was ever proven of it stays proven."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from audit.check import findings
from audit.merkle import inclusion_root, leaf_hash
from audit.models import AuditDropped, AuditEntry, AuditLegalHold, AuditPii
from audit.proofs import inclusion
from audit.receipts.matching import unmatched
from audit.receipts.receipt import Receipt
from audit.record import record
from audit.sealing.tiles import Tiles
from audit.sealing_keys import log_public_keys
from audit.selectors import entries
from audit.services.legal_hold import HoldError, hold_lift, hold_place
from audit.services.month_drop import KEEP_DAYS, Certificate, NotYetError, month_drop, months_over
from audit.tree_check import tree_findings
from tests.audit.entries import NUMBER
from tests.audit.fixtures import execute, guards_off
from tests.audit.sealing import Log

pytestmark = pytest.mark.django_db

MONTH = date(2019, 3, 1)
OVER = datetime(2019, 4, 1, tzinfo=UTC) + timedelta(days=KEEP_DAYS)
IN_MONTH = datetime(2019, 3, 31, 23, 59, 59, tzinfo=UTC)


def write(at: datetime, *, times: int = 1) -> None:
    for number in range(times):
        record(
            "refusal.recorded",
            obj=f"refusal:{number}",
            actor="u:17",
            now=at,
            pii={"number": NUMBER},
            subject="person:1",
        )


def drop(*, now: datetime = OVER, keep_days: int = KEEP_DAYS) -> Certificate:
    return month_drop(month=MONTH, keep_days=keep_days, actor="u:17", now=now)


def found(log: Log) -> Sequence[tuple[str, str]]:
    told = tree_findings(keys=log_public_keys(), published=log.published)
    return sorted({(one.what, one.check.name) for one in told})


@pytest.fixture
def log(tmp_path: Path, settings: Settings) -> Log:
    """Seal a month of five entries between others, one of which is sealed late."""
    settings.AUDIT_PUBLISH_DIR = tmp_path / "published"
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_partition_make(%s)", [MONTH])
    made = Log(tmp_path)
    write(IN_MONTH - timedelta(days=31), times=2)
    write(IN_MONTH, times=4)
    write(IN_MONTH + timedelta(seconds=1), times=2)
    write(IN_MONTH)
    write(IN_MONTH + timedelta(days=40), times=3)
    made.seal()
    return made


class TestMonthDrop:
    def test_takes_the_entries_and_what_they_said_of_people(self, log: Log) -> None:
        drop()

        assert not AuditEntry.objects.filter(ts=IN_MONTH).exists()
        assert AuditPii.objects.count() == 12 - 5
        assert AuditEntry.objects.count() == 12 - 5 + 1

    def test_says_what_went_on_the_trail_itself(self, log: Log) -> None:
        certificate = drop()

        told = json.loads(bytes(AuditEntry.objects.get(eid=certificate.eid).body))["data"]
        assert told == certificate.data
        assert told["entries"] == 5
        assert told["dropped"] == told["ranges"] == [[2, 6], [8, 9]]
        assert (told["first_ts"], told["last_ts"]) == ("2019-03-31T23:59:59.000000Z",) * 2
        assert told["checkpoint_size"] == 12
        assert list(AuditDropped.objects.order_by("lo").values_list("lo", "hi")) == [
            (2, 6),
            (8, 9),
        ]

    def test_leaves_every_check_content(self, log: Log) -> None:
        drop()
        log.seal()

        assert found(log) == []
        assert list(findings(entries())) == []

    def test_leaves_receipts_content_with_what_went_and_with_nothing_else(self, log: Log) -> None:
        told = [
            Receipt.of(eid=one.eid, ts=one.ts, body=bytes(one.body))
            for one in AuditEntry.objects.order_by("pk")
        ]
        drop()
        log.seal()
        assert list(unmatched(told)) == []

        guards_off()
        execute("DELETE FROM audit_entry WHERE ts BETWEEN '2019-04-30' AND '2019-12-31'")

        assert [one.receipt for one in unmatched(told)] == told[9:]

    def test_leaves_every_proof_good_old_and_new(self, log: Log) -> None:
        bodies = [bytes(one.body) for one in AuditEntry.objects.order_by("pk")]
        before = [inclusion(leaf_index=index, size=12) for index in range(12)]
        root = log.newest().root

        drop()
        log.seal()

        for body, proof in zip(bodies, before, strict=True):
            again = inclusion(leaf_index=proof.index, size=12)
            assert again == proof
            assert inclusion_root(proof.index, 12, leaf_hash(body), proof.path) == root
        assert Tiles.at(12).node(0, 3) == leaf_hash(bodies[3])

    def test_names_all_that_ever_went(self, log: Log) -> None:
        drop()
        with connection.cursor() as cursor:
            cursor.execute("SELECT audit_partition_make('2019-06-01')")
        write(datetime(2019, 6, 2, tzinfo=UTC))
        log.seal()

        last = month_drop(
            month=date(2019, 6, 1),
            keep_days=KEEP_DAYS,
            actor="u:17",
            now=OVER + timedelta(days=100),
        )
        log.seal()

        assert last.data["dropped"] == [[13, 14]]
        assert last.data["ranges"] == [[2, 6], [8, 9], [13, 14]]
        assert found(log) == []

    def test_waits_until_the_last_day_is_over(self, log: Log) -> None:
        assert months_over(keep_days=KEEP_DAYS, now=OVER) == [MONTH]
        with pytest.raises(NotYetError, match="kept long enough"):
            drop(now=OVER - timedelta(microseconds=1))

    def test_cannot_be_hurried(self, log: Log) -> None:
        with pytest.raises(NotYetError, match="kept long enough"):
            drop(now=OVER - timedelta(microseconds=1), keep_days=1)

    def test_waits_for_entries_that_are_not_sealed(self, log: Log) -> None:
        write(IN_MONTH)

        with pytest.raises(NotYetError, match="1 条尚未封存"):
            drop()

    def test_waits_for_a_published_checkpoint(self, log: Log) -> None:
        write(IN_MONTH)
        sequencer = log.sequencer(sign_seconds=1e9)
        sequencer.step()
        execute("ALTER TABLE audit_checkpoint DISABLE TRIGGER USER")
        execute("UPDATE audit_checkpoint SET published_at = NULL")

        with pytest.raises(NotYetError, match="No published checkpoint"):
            drop()

    @pytest.mark.parametrize(
        ("since", "until"), [((2019, 3, 31), (2019, 4, 30)), ((2019, 1, 1), (2019, 3, 1))]
    )
    def test_waits_for_a_legal_hold(
        self, log: Log, since: tuple[int, int, int], until: tuple[int, int, int]
    ) -> None:
        hold = hold_place(
            since=date(*since), until=date(*until), reason="案件 7", by="u:17", now=OVER
        )
        with pytest.raises(NotYetError, match="legal hold"):
            drop()

        hold_lift(hold_id=hold.pk, by="u:17", second="u:18", reason="结案", now=OVER)
        assert drop().data["entries"] == 5

    def test_does_not_mind_a_hold_of_other_days(self, log: Log) -> None:
        hold_place(since=date(2019, 4, 1), until=date(2019, 5, 1), reason="案", by="u:1", now=OVER)

        assert drop().data["entries"] == 5


class TestWhatIsGoneWithoutAnEntry:
    def test_is_found_though_the_table_says_that_it_was_due(self, log: Log) -> None:
        guards_off()
        execute("DELETE FROM audit_entry WHERE ts = '2019-03-31 23:59:59+00'")
        execute(
            "INSERT INTO audit_dropped (lo, hi, month, certificate)"
            " VALUES (0, 12, '2019-03-01', gen_random_uuid())"
        )

        assert {name for _, name in found(log)} == {"complete"}
        assert len(found(log)) == 5

    def test_is_found_though_a_forged_entry_says_so(self, log: Log) -> None:
        eid = drop().eid
        guards_off()
        execute(
            "UPDATE audit_entry SET body = convert_to(replace(convert_from(body, 'UTF8'),"
            f" '\"ranges\":[[2,6]', '\"ranges\":[[0,6]'), 'UTF8') WHERE eid = '{eid}'"
        )
        execute("DELETE FROM audit_entry WHERE ts < '2019-03-02'")

        assert {name for _, name in found(log)} == {"complete"}


class TestLegalHold:
    def test_is_lifted_by_two_people(self) -> None:
        hold = hold_place(since=MONTH, until=MONTH, reason="案", by="u:1", now=OVER)

        for second in ("u:1", ""):
            with pytest.raises(HoldError, match="Two people"):
                hold_lift(hold_id=hold.pk, by="u:1", second=second, reason="结案", now=OVER)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE audit_legal_hold SET until = '2019-03-02'",
            "UPDATE audit_legal_hold SET reason = 'x', lifted_at = now()",
            "DELETE FROM audit_legal_hold",
            "TRUNCATE audit_legal_hold",
            "UPDATE audit_legal_hold SET lifted_at = now(), lifted_by = 'u', lifted_with = 'u'",
        ],
    )
    def test_cannot_be_altered_otherwise(self, statement: str) -> None:
        hold_place(since=MONTH, until=date(2019, 4, 1), reason="案", by="u:1", now=OVER)

        with (
            pytest.raises(DatabaseError, match=r"append-only|lifted_by_two"),
            transaction.atomic(),
        ):
            execute(statement)

    def test_needs_a_reason_and_days_in_order(self) -> None:
        for said in ({"reason": " "}, {"until": MONTH - timedelta(days=1)}):
            with pytest.raises(HoldError):
                hold_place(
                    **({"since": MONTH, "until": MONTH, "reason": "案"} | said),  # type: ignore[arg-type]
                    by="u:1",
                    now=OVER,
                )


class TestTheCommands:
    def test_drop_certify_and_say_what_stays(self, log: Log, tmp_path: Path) -> None:
        call_command("legal_hold", "place", since=MONTH, until=MONTH, by="u:1", reason="案")
        call_command("audit_retention", out=tmp_path / "out", by="u:1", json=True)
        assert AuditDropped.objects.count() == 0
        hold = AuditLegalHold.objects.get()
        call_command("legal_hold", "lift", str(hold.pk), by="u:1", second="u:2", reason="结案")
        call_command("audit_retention", out=tmp_path / "out", by="u:1", dry_run=True)
        assert AuditDropped.objects.count() == 0

        call_command("audit_retention", out=tmp_path / "out", by="u:1")

        certificate = json.loads((tmp_path / "out" / "audit-dropped-2019-03.json").read_text())
        assert certificate["entries"] == 5
        with pytest.raises(CommandError, match="No hold"):
            call_command("legal_hold", "lift", str(hold.pk), by="u:1", second="u:2", reason="结案")
