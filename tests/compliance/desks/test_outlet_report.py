"""CN13-AGT-03: the report of outlets that look like fronts for one another."""

from datetime import timedelta

import pytest

from compliance.models import Outlet
from compliance.selectors.outlet_report import LinkedOutlet, outlet_report
from compliance.services.outlet_register import (
    NotReviewableError,
    outlet_inspect,
    outlet_register,
    outlet_review,
)
from tests.world import ACTOR, MORNING, World, sha256

DAY = timedelta(days=1)


def outlet(
    world: World, code: str, *, address: str, seen: bool = True, network: str = ""
) -> Outlet:
    one = outlet_register(
        code=code,
        name=code,
        address=address,
        province="CN-SH",
        company=code,
        credit_code=code,
        legal_person=code,
        network=network,
        actor=ACTOR,
        now=MORNING,
    )
    if seen:
        outlet_inspect(
            outlet=one,
            inspected_on=(MORNING - DAY).date(),
            photo_sha256=sha256(f"photo {code}"),
            lease_sha256=sha256(f"lease {code}"),
            inspector=world.people.approver,
            now=MORNING,
        )
    return one


def report() -> dict[str, LinkedOutlet]:
    return {row.outlet: row for row in outlet_report(now=MORNING)}


class TestOutletReport:
    def test_leaves_out_what_is_in_order(self, world: World) -> None:
        outlet(world, "alone", address="甲路 1 号")

        assert report() == {}

    def test_shows_the_links_and_their_weight(self, world: World) -> None:
        outlet(world, "one", address="甲路 1 号")
        outlet(world, "two", address="甲路1号", network="10.1")
        outlet(world, "three", address="乙路 2 号", network="10.1")

        found = report()

        assert found["two"].links == ("address:one", "network:three")
        assert [row.score for row in found.values()] == [7, 4, 3]
        assert all(row.stopped for row in found.values())

    def test_forgets_links_that_two_people_explained(self, world: World) -> None:
        one = outlet(world, "one", address="甲路 1 号")
        outlet(world, "two", address="甲路1号")
        outlet_review(
            outlet=one,
            verdict="clear",
            links=["address:two"],
            reason="同一楼层 one floor",
            author=world.people.owner,
            approver=world.people.approver,
            now=MORNING,
        )

        assert set(report()) == {"two"}

    @pytest.mark.parametrize("gone", ["owner", "approver"])
    def test_is_explained_by_nobody_who_has_left(self, world: World, gone: str) -> None:
        author, approver = world.people.owner, world.people.approver
        getattr(world.people, gone).is_active = False

        with pytest.raises(NotReviewableError):
            outlet_review(
                outlet=outlet(world, "one", address="甲路 1 号"),
                verdict="clear",
                links=[],
                reason="x",
                author=author,
                approver=approver,
                now=MORNING,
            )

    def test_names_what_nobody_has_seen(self, world: World) -> None:
        outlet(world, "unseen", address="丙路 3 号", seen=False)

        row = report()["unseen"]
        assert (row.inspected, row.stopped, row.score) == (False, True, 0)
