"""The commands of accounts, outlets, staff and the deployment pack."""

import json
from pathlib import Path

import pytest

from compliance.models import Deployment, Outlet, Seat, User
from compliance.services.outlet_register import NotReviewableError, outlet_review
from tests.compliance.desks.ordering import DIGEST, TWO, refused, run
from tests.world import MORNING, World

OFFICER = ("--by", "approver")


def admit(username: str, role: str = "agent", by: str = "owner") -> tuple[str, ...]:
    return ("accounts", "admit", username, "--role", role, "--real-name", username, "--by", by)


class TestAccounts:
    def test_are_admitted_by_an_administrator_without_a_password(self, world: World) -> None:
        told = run(*admit("new"))

        assert told == {"account": "new", "role": "agent", "active": True, "password": False}
        assert "new" in {row["account"] for row in run("accounts", "show")["accounts"]}

    @pytest.mark.parametrize("by", ["approver", "author", "agent0000", ""])
    def test_are_admitted_by_nobody_else(self, world: World, by: str) -> None:
        assert refused(*admit("new", role="administrator", by=by)) == 4
        assert not User.objects.filter(username="new").exists()

    @pytest.mark.parametrize("role", ["administrator", "compliance", "supervisor", "regulator"])
    def test_are_admitted_with_another_who_agrees_unless_they_are_agents(
        self, world: World, role: str
    ) -> None:
        second = admit("second", role=role)

        for agreed in ((), ("--agreed-by", "owner"), ("--agreed-by", "author")):
            assert refused(*second, *agreed) == 4
        assert run(*second, "--agreed-by", "approver")["role"] == role

    def test_are_closed_for_good_by_another_administrator(self, world: World) -> None:
        close = ("accounts", "close", "approver", "--by")
        assert refused(*close, "owner") == 4  # nobody else would be left who decides
        run(*admit("second", role="compliance"), "--agreed-by", "approver")

        for by in ("approver", "author", "agent0000"):
            assert refused(*close, by) == 4
        assert run(*close, "owner")["active"] is False
        assert refused(*close, "owner") == 4
        assert refused("campaigns", "activate", "spring-course", "--by", "approver") == 2

    def test_leave_one_administrator(self, world: World) -> None:
        run(*admit("second", role="administrator"), "--agreed-by", "approver")

        assert refused("accounts", "close", "owner", "--by", "owner") == 4
        run("accounts", "close", "owner", "--by", "second")
        assert refused("accounts", "close", "second", "--by", "owner") == 2


class TestOutlets:
    def register(self, by: str) -> tuple[str, ...]:
        return (
            "outlets", "register", "second", "--name", "二店", "--address", "某路2号",
            "--province", "CN-SH", "--company", "x", "--credit-code", "x", "--legal-person",
            "x", "--by", by,
        )  # fmt: skip

    def test_take_five_seats_once_they_are_registered(self, world: World, tmp_path: Path) -> None:
        proof = tmp_path / "proof.jpg"
        proof.write_bytes(b"proof")
        assert refused(*self.register("agent0000")) == 4
        assert run(*self.register("author"))["inspected_on"] is None
        inspect = ("outlets", "inspect", "second", "--photo", str(proof), "--lease", str(proof))

        assert refused(*inspect, "--on", "2026-03-12", *OFFICER) == 4
        assert refused(*inspect, "--on", "2026-03-11", "--by", "agent0000") == 4
        assert run(*inspect, "--on", "2026-03-11", *OFFICER)["inspected_on"] == "2026-03-11"
        for place in range(6):
            run(*admit(f"new{place}"))
        seats = [
            ("outlets", "seat", f"T{n}", "--outlet", "second", "--agent", f"new{n}", *OFFICER)
            for n in range(6)
        ]
        told = [run(*seat) for seat in seats[:5]][-1]
        assert len(told["seats"]) == told["seat_quota"] == 5
        assert refused(*seats[5]) == 4
        run("outlets", "close", "T0", *OFFICER)
        assert len(run(*seats[5])["seats"]) == 5
        assert Seat.objects.get(code="T0").active is False

    def test_are_reviewed_by_two_of_compliance(self, world: World) -> None:
        review = ("outlets", "review", Outlet.objects.get().code, "--verdict", "hold",
                  "--reason", "x")  # fmt: skip

        assert refused(*review, *TWO) == 4  # the author is a supervisor
        assert run(*review, "--author", "owner", "--approver", "approver")["verdict"] == "hold"

    @pytest.mark.parametrize("closed", ["owner", "approver"])
    def test_are_reviewed_by_nobody_whose_account_is_closed(
        self, world: World, closed: str
    ) -> None:
        people = {"author": world.people.owner, "approver": world.people.approver}
        next(one for one in people.values() if one.username == closed).is_active = False

        with pytest.raises(NotReviewableError):
            outlet_review(
                outlet=Outlet.objects.get(), verdict="clear", links=[], reason="x", now=MORNING,
                **people,
            )  # fmt: skip


class TestStaff:
    @pytest.fixture
    def identity(self, world: World, tmp_path: Path) -> Path:
        path = tmp_path / "identity.txt"
        path.write_text("310101199001010000\n")
        run(*admit("new"))
        return path

    def test_are_known_trained_and_leave(self, identity: Path) -> None:
        record = ("staff", "record", "new", "--identity", str(identity), *DIGEST)
        train = ("staff", "train", "new", "--course", "x", *DIGEST, "--passed")

        assert refused(*record, "--by", "agent0000") == 4
        run(*record, *OFFICER)
        assert refused(*train, "2026-03-11", "--by", "agent0000") == 4
        assert refused(*train, "2026-03-12", *OFFICER) == 4
        run(*train, "2026-03-11", *OFFICER)
        run("staff", "sanction", "new", "--breach", "SCR-06", "--evidence", "x", *OFFICER)
        leave = ("staff", "leave", "new", "--on", "2026-03-11", *OFFICER)
        run(*leave)

        assert refused(*leave) == 4
        (shown,) = (row for row in run("staff", "show")["staff"] if row["agent"] == "new")
        assert shown == {"agent": "new", "passed": "2026-03-11", "points": 1, "left": True}

    def test_are_one_person_a_file(self, identity: Path) -> None:
        identity.write_text("1\n2\n")

        assert refused("staff", "record", "new", "--identity", str(identity), *DIGEST,
                       *OFFICER) == 2  # fmt: skip

    def test_are_due_for_training(self, world: World) -> None:
        assert [row["clock"] for row in run("staff", "due")["due"]] == ["training"]

    def test_are_measured_by_conduct_and_by_keepers(self, world: World) -> None:
        target = ("staff", "target", "disclosure", "--percent", "95", "--by")

        assert refused(*target, "agent0000") == 4
        assert run(*target, "owner") == {"target": "disclosure", "percent": 95}
        assert refused("staff", "target", "calls", "--percent", "95", "--by", "owner") == 4


class TestDeployment:
    def test_is_declared_by_two_people_and_shown(self, world: World, tmp_path: Path) -> None:
        path, shown = tmp_path / "pack.json", run("deployment", "show")
        path.write_text(json.dumps(shown["pack"] | {"regime": "self_use"}))
        declare = ("deployment", "declare", str(path))

        assert (shown["stands"], shown["approver"]) == (True, "approver")
        assert refused(*declare, "--author", "approver", "--approver", "approver") == 4
        told = run(*declare, *TWO)
        assert (told["stands"], told["pack"]["regime"]) == (False, "self_use")
        assert "不" in told["why"]

    @pytest.mark.parametrize(("text", "code"), [("[]", 2), ("{", 2), ("{}", 4)])
    def test_is_a_whole_pack(self, world: World, tmp_path: Path, text: str, code: int) -> None:
        path, count = tmp_path / "pack.json", Deployment.objects.count()
        path.write_text(text)

        assert refused("deployment", "declare", str(path), *TWO) == code
        assert Deployment.objects.count() == count
