"""Editions of the pack: two people, ahead of time, within the floors, and on the record."""

import json
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from audit.models import AuditEntry as Entry
from compliance import books
from compliance.books import book
from compliance.editions import (
    book_at,
    book_by_digest,
    book_in_force,
    book_of_decision,
    edition_check,
)
from compliance.gate import PermitRefusal
from compliance.models import BookUse, Decision, Epoch, Operator, PackEdition, Permit, User
from compliance.redemption import PermitUnusableError, redeem
from compliance.rulebook.bound import PackError
from compliance.rulebook.edition import LooserError, content_digest, pack_bytes
from compliance.services.pack_approve import CannotApproveError, pack_approve
from compliance.services.pack_propose import CannotProposeError, book_record, pack_propose
from tests.world import ACTOR, MORNING, World, ask, build_world, callees, permitted

pytestmark = pytest.mark.django_db
TOMORROW = datetime.fromisoformat("2026-03-12T00:00+08:00")
LATE = MORNING + timedelta(days=2)
NEXT_DAY = date(2026, 3, 12)


@pytest.fixture
def world() -> World:
    return build_world()


def fewer_calls(hour: int = 1, **changes: Any) -> dict[str, Any]:
    table = {"since": NEXT_DAY, "hour": hour, "day": 100}
    return {
        "amends": "cn13",
        "version": "2026-12",
        "rules": {"CN13-DIA-03": {"params": [table]}},
    } | changes


def propose(world: World, **changes: Any) -> PackEdition:
    said: dict[str, Any] = {
        "change": fewer_calls(),
        "effective_from": TOMORROW,
        "reason": "投诉增多 more complaints",
        "proposer": world.people.approver,
        "now": MORNING,
    }
    return pack_propose(**said | changes)


def approve(world: World, edition: PackEdition, *, now: datetime = MORNING) -> PackEdition:
    return pack_approve(edition_id=edition.pk, approver=world.people.owner, now=now)


class TestPackPropose:
    def test_rests_on_the_shipped_pack_and_decides_nothing_yet(self, world: World) -> None:
        edition = propose(world)

        assert edition.base is not None
        assert edition.base.proposer is None
        assert edition.base.version == book().version
        assert book_at(LATE) is book()
        entry = Entry.objects.get(action="pack.proposed")
        assert entry.object == f"edition:{edition.pk}"

    @pytest.mark.parametrize(
        "change",
        [
            {"reason": " "},
            {"effective_from": MORNING - timedelta(seconds=1)},
        ],
    )
    def test_needs_a_reason_and_an_instant_to_come(
        self, world: World, change: dict[str, Any]
    ) -> None:
        with pytest.raises(CannotProposeError):
            propose(world, **change)

    def test_needs_a_role(self, world: World) -> None:
        with pytest.raises(CannotProposeError):
            propose(world, proposer=world.people.author)

    @pytest.mark.parametrize(
        "change",
        [
            fewer_calls(rules={"CN13-DIA-01": {"params": [
                {"since": NEXT_DAY, "calls_per_seat": 2, "recheck_seconds": 10}]}}),
            fewer_calls(rules={"CN13-DIA-03": {"params": [
                {"since": date(2026, 3, 11), "hour": 1, "day": 1}]}}),
            {"id": "us", "version": "1"},
            books.read_pack("us"),
            {"version": "1"},
        ],
    )  # fmt: skip
    def test_refuses_what_loosens_or_is_no_pack(
        self, world: World, change: dict[str, Any]
    ) -> None:
        with pytest.raises(PackError):
            propose(world, change=change)

        assert not PackEdition.objects.filter(proposer__isnull=False).exists()


class TestPackApprove:
    def test_puts_the_edition_in_force_at_its_instant(self, world: World) -> None:
        edition = approve(world, propose(world))
        epoch = Epoch.objects.get().value

        before = book_in_force(at=TOMORROW - timedelta(microseconds=1), epoch=epoch)
        after = book_in_force(at=TOMORROW, epoch=epoch)

        assert before is book()
        assert after.digest != book().digest
        assert book_by_digest(after.digest) is not None
        rule = after.rule("CN13-DIA-03")
        assert rule is not None
        assert rule.params.hour == 1
        assert Entry.objects.get(action="pack.approved").object == f"edition:{edition.pk}"

    def test_needs_a_second_person_with_the_role(self, world: World) -> None:
        edition = propose(world)

        for person in (world.people.approver, world.people.author):
            with pytest.raises(CannotApproveError):
                pack_approve(edition_id=edition.pk, approver=person, now=MORNING)
        User.objects.filter(pk=world.people.owner.pk).update(is_active=False)
        world.people.owner.refresh_from_db()
        with pytest.raises(CannotApproveError):
            approve(world, edition)

    def test_comes_before_the_first_instant_and_once(self, world: World) -> None:
        edition = propose(world)

        with pytest.raises(CannotApproveError, match="passed"):
            approve(world, edition, now=TOMORROW + timedelta(microseconds=1))
        approve(world, edition, now=TOMORROW)
        with pytest.raises(CannotApproveError):
            approve(world, edition)

    def test_refuses_a_proposal_that_another_edition_overtook(self, world: World) -> None:
        first, second = propose(world), propose(world, change=fewer_calls(2))
        approve(world, first)

        with pytest.raises(CannotApproveError, match="Another edition"):
            approve(world, second)

    def test_refuses_no_proposal(self, world: World) -> None:
        propose(world)
        shipped = PackEdition.objects.get(proposer=None)

        for key in (shipped.pk, 0):
            with pytest.raises(CannotApproveError, match="no proposal"):
                pack_approve(edition_id=key, approver=world.people.owner, now=MORNING)

    def test_lets_a_third_edition_rest_on_the_second(self, world: World) -> None:
        approve(world, propose(world))
        day_after = TOMORROW + timedelta(days=1)
        table = {"since": date(2026, 3, 13), "hour": 3, "day": 9}
        change = fewer_calls(rules={"CN13-DIA-03": {"params": [table]}}, version="2027")

        approve(world, propose(world, change=change, effective_from=day_after))

        rule = book_at(day_after).rule("CN13-DIA-03")
        assert rule is not None
        assert rule.params.hour == 3
        assert book_at(day_after).version == "2027"
        assert book_at(TOMORROW).version == "2026-12"


class TestGate:
    def test_decides_by_the_edition_in_force_and_names_it(self, world: World) -> None:
        first, second = callees(world, 2)
        approve(world, propose(world))
        world.freeze(TOMORROW + timedelta(hours=10))

        permit = permitted(world, first)
        again = ask(world, second)

        assert isinstance(again, PermitRefusal)
        assert "CN13-DIA-03" in again.rules
        used = book_at(TOMORROW + timedelta(hours=10)).digest
        assert permit.decision.book_digest == used != book().digest
        assert book_of_decision(used).digest == used

    def test_leaves_no_permit_usable_that_was_issued_before_an_approval(
        self, world: World
    ) -> None:
        (person,) = callees(world, 1)
        permit = permitted(world, person)
        assert isinstance(permit, Permit)

        approve(world, propose(world))

        with pytest.raises(PermitUnusableError):
            redeem(permit_id=permit.pk, trunk_id=world.trunk.pk, actor=ACTOR, now=MORNING)

    def test_places_no_call_once_a_release_is_stricter_than_the_edition(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (person,) = callees(world, 1)
        edition = approve(world, propose(world))
        shipped = books.read_pack("cn13")
        shipped["rules"]["CN13-DIA-03"]["floor"] = {"day": {"at_most": 60}}
        monkeypatch.setattr("compliance.editions.read_pack", lambda _: shipped)

        with pytest.raises(LooserError):
            edition_check(edition)
        world.freeze(TOMORROW + timedelta(hours=10))
        with pytest.raises(LooserError):
            ask(world, person)

        assert not Permit.objects.exists()
        assert not Decision.objects.exists()


class TestBookRecord:
    def test_is_made_once_for_each_book(self, world: World) -> None:
        book_record(actor=ACTOR, now=MORNING)
        book_record(actor=ACTOR, now=MORNING)

        use = BookUse.objects.get()
        assert use.book_digest == book().digest
        assert use.edition.proposer is None
        assert Entry.objects.filter(action="rulebook.loaded").count() == 1

    def test_finds_the_edition_of_a_decision_by_an_older_release(self, world: World) -> None:
        edition = approve(world, propose(world))
        BookUse.objects.create(
            book_digest="0" * 64, edition=edition, logic_digest="1" * 64, first_used_at=MORNING
        )

        found = book_by_digest("0" * 64)

        assert found is not None
        assert found.version == "2026-12"
        assert book_by_digest("f" * 64) is None
        assert book_of_decision("f" * 64) is book()


class TestDatabase:
    def sql(self, text: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(text)

    @pytest.mark.parametrize(
        "text",
        [
            "UPDATE compliance_packedition SET version = 'x'",
            "UPDATE compliance_packedition SET effective_from = effective_from - interval '1 d'",
            "UPDATE compliance_packedition SET approver_id = NULL, approved_at = NULL",
            "UPDATE compliance_packedition SET approver_id = proposer_id, approved_at = now()",
            "DELETE FROM compliance_packedition",
            "TRUNCATE compliance_packedition CASCADE",
            "UPDATE compliance_bookuse SET book_digest = 'x'",
            "DELETE FROM compliance_bookuse",
        ],
    )
    def test_keeps_editions_as_they_were(self, world: World, text: str) -> None:
        propose(world)
        approve(world, PackEdition.objects.get(proposer__isnull=False))

        with pytest.raises(DatabaseError):
            self.sql(text)

    def test_refuses_one_person_for_both(self, world: World) -> None:
        edition = propose(world)

        with pytest.raises(IntegrityError), transaction.atomic():
            PackEdition.objects.filter(pk=edition.pk).update(
                approver=edition.proposer, approved_at=MORNING
            )

    def test_refuses_an_approval_after_the_first_instant(self, world: World) -> None:
        edition = propose(world)

        with pytest.raises(IntegrityError), transaction.atomic():
            PackEdition.objects.filter(pk=edition.pk).update(
                approver=world.people.owner, approved_at=TOMORROW + timedelta(seconds=1)
            )

    def test_refuses_a_second_family_of_packs(self, world: World) -> None:
        propose(world)
        content = pack_bytes({"id": "us"})

        with pytest.raises(IntegrityError, match="never mix"), transaction.atomic():
            PackEdition.objects.create(
                pack_id="us",
                version="1",
                content=content,
                digest=content_digest(content),
                proposed_at=MORNING,
                effective_from=MORNING,
            )

    def test_has_no_place_for_another_countrys_pack(self, world: World) -> None:
        content = pack_bytes(books.read_pack("us"))

        with pytest.raises(IntegrityError, match="operators_pack"), transaction.atomic():
            PackEdition.objects.create(
                pack_id="us",
                version="1",
                content=content,
                digest=content_digest(content),
                proposed_at=MORNING,
                effective_from=MORNING,
            )
        with pytest.raises(IntegrityError, match="operator_regime_known"), transaction.atomic():
            Operator.objects.update(regime="us_seller")


class TestCommands:
    def run(self, *args: str) -> dict[str, Any]:
        out = StringIO()
        call_command(*args, "--json", stdout=out)
        said: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
        return said

    def test_propose_approve_and_show(self, world: World, tmp_path: Path) -> None:
        file = tmp_path / "change.toml"
        file.write_text(
            'amends = "cn13"\nversion = "2026-12"\n[[rules.CN13-DIA-03.params]]\n'
            "since = 2026-03-12\nhour = 20\nday = 100\n"
        )
        told = ["--effective", "2026-03-12T00:00+08:00", "--reason", "why", "--by", "approver"]

        proposed = self.run("pack_propose", str(file), *told)
        with pytest.raises(CommandError):
            self.run("pack_approve", str(proposed["edition"]), "--by", "approver")
        approved = self.run("pack_approve", str(proposed["edition"]), "--by", "owner")
        shown = self.run("pack_show")

        assert proposed["state"] == "proposed"
        assert approved["state"] == "approved"
        assert [row["state"] for row in shown["editions"]] == ["shipped", "approved"]
        assert shown["in_force"]["edition"] is None
        assert shown["in_force"]["book_sha256"] == book().digest

    @pytest.mark.parametrize("text", ["", "not toml", 'amends = "us"\nversion = "1"'])
    def test_refuse_a_file_that_is_no_pack(self, world: World, tmp_path: Path, text: str) -> None:
        file = tmp_path / "change.toml"
        file.write_text(text)

        with pytest.raises(CommandError):
            self.run("pack_propose", str(file), "--effective", "2026-03-12T00:00+08:00",
                     "--reason", "why", "--by", "approver")  # fmt: skip
