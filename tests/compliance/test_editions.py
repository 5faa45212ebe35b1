"""Editions of the pack: two people, ahead of time, within the floors, and on the record."""

from datetime import date, timedelta
from typing import Any

import pytest

from audit.models import AuditEntry as Entry
from compliance import books, editions
from compliance.books import book
from compliance.editions import (
    book_at,
    book_by_digest,
    book_in_force,
    book_of_decision,
    edition_check,
    pack_of,
)
from compliance.gate import PermitRefusal
from compliance.models import BookUse, Decision, Epoch, PackEdition, Permit, User
from compliance.redemption import PermitUnusableError, redeem
from compliance.rulebook.bound import PackError
from compliance.rulebook.edition import LooserError
from compliance.services.pack_approve import CannotApproveError, pack_approve
from compliance.services.pack_propose import CannotProposeError, book_record
from compliance.services.rules_replay import rules_replay
from tests.compliance.editing import LATE, NEXT_DAY, TOMORROW, approve, fewer_calls, propose
from tests.stages import staged
from tests.world import ACTOR, MORNING, World, ask, build_world, callees, permitted

pytestmark = pytest.mark.django_db


@staged
def world() -> World:
    return build_world()


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


class TestEditionOfAnEarlierRelease:
    """One that knows fewer classes of records than this release keeps."""

    NEWER = ("recording_collection", "recording_insurance")

    @pytest.fixture
    def edition(self, world: World, monkeypatch: pytest.MonkeyPatch) -> PackEdition:
        """Approve an edition by a release without those classes, and go on with this one."""
        shipped = books.read_pack("cn13")
        retention = {
            name: row for name, row in shipped["retention"].items() if name not in self.NEWER
        }
        with monkeypatch.context() as earlier:
            earlier.setattr("compliance.rulebook.book.read_retention", lambda *_, **__: {})
            for module in ("editions", "services.pack_propose"):
                earlier.setattr(
                    f"compliance.{module}.read_pack", lambda _: shipped | {"retention": retention}
                )
            made = approve(world, propose(world))
        forget_books()
        return made

    def test_explains_what_it_decided(self, edition: PackEdition) -> None:
        BookUse.objects.create(
            book_digest="0" * 64, edition=edition, logic_digest="1" * 64, first_used_at=MORNING
        )

        found = book_of_decision("0" * 64)

        assert found.version == edition.version
        assert found.rule("CN13-DIA-03") is not None

    def test_can_be_judged_by_again(self, world: World, edition: PackEdition) -> None:
        permitted(world, callees(world, 1)[0])

        report = rules_replay(
            change=pack_of(edition), since=MORNING - timedelta(days=1), until=LATE, dated=True,
            actor=ACTOR, now=MORNING,
        )  # fmt: skip

        assert report["pack"]["would_be_refused"] != ""
        assert report["decisions"] == 1

    def test_places_no_call_of_its_own(self, world: World, edition: PackEdition) -> None:
        world.freeze(TOMORROW + timedelta(hours=10))

        with pytest.raises(PackError):
            ask(world, callees(world, 1)[0])

        with pytest.raises(LooserError, match="recording_insurance is dropped"):
            edition_check(edition)

    def test_is_followed_by_one_that_rests_on_it(self, world: World, edition: PackEdition) -> None:
        later = fewer_calls(version="2026-13", rules={})

        follower = propose(
            world, change=later, effective_from=LATE, now=TOMORROW + timedelta(hours=1)
        )

        assert follower.base == edition
        assert edition_check(follower).retention.keys() == book().retention.keys()

    def test_lets_nobody_drop_them_now(self, world: World) -> None:
        pack = books.read_pack("cn13")
        del pack["retention"]["recording_insurance"]

        with pytest.raises(LooserError, match="recording_insurance is dropped"):
            propose(world, change=pack | {"version": "2026-13"})


def forget_books() -> None:
    for kept in ("_schedule", "_book_of_edition", "_book_as_it_was"):
        getattr(editions, kept).cache_clear()
