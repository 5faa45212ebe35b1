"""The commands of trunks (CN13-LIC-07), filed numbers and their clocks."""

from datetime import date

import pytest
from django.core.management import CommandError

from compliance.models import CallerNumber, Trunk
from tests.compliance.desks.ordering import DIGEST, TWO, refused, run
from tests.world import World

BY = ("--by", "author")  # a supervisor keeps registries
NUMBER = "9512301"


class TestTrunks:
    def record(self, by: tuple[str, ...] = BY) -> tuple[str, ...]:
        return (
            "trunks", "record", "sh-2", "--kind", "loopback", "--carrier", "某运营商",
            "--contract", "YH-2", "--entity", "x", "--location", "上海", "--province", "CN-SH",
            "--purpose", "P3", "--max-calls", "10", "--reviewed", "2026-03-01", *by,
        )  # fmt: skip

    def test_are_recorded_by_keepers_and_by_nobody_else(self, world: World) -> None:
        assert refused(*self.record(("--by", world.seat.agent.username))) == 4
        assert run(*self.record())["trunk"] == "sh-2"
        assert [row["trunk"] for row in run("trunks", "show")["trunks"]] == ["loopback", "sh-2"]

    def test_are_due_for_a_review_and_reviewed(self, world: World) -> None:
        assert run("trunks", "due")["due"][0]["due_on"] == "2026-07-31"  # 1 February, 180 days

        told = run("trunks", "review", "loopback", "--on", "2026-03-11", *DIGEST, *BY)

        assert told["reviewed_on"] == "2026-03-11"
        assert run("trunks", "due")["due"][0]["due_on"] == "2026-09-07"

    @pytest.mark.parametrize("day", ["2026-03-12", "2026-02-01", "2026-01-31"])
    def test_are_not_reviewed_tomorrow_nor_before_the_last_time(
        self, world: World, day: str
    ) -> None:
        assert refused("trunks", "review", "loopback", "--on", day, *DIGEST, *BY) == 4
        assert Trunk.objects.get().reviewed_on == date(2026, 2, 1)

    def test_named_like_a_persons_number_are_not_kept(self, world: World) -> None:
        args = tuple("t-13911223344" if word == "sh-2" else word for word in self.record())

        with pytest.raises(CommandError, match="不得留痕"):
            run(*args)
        assert Trunk.objects.count() == 1

    def test_bar_more_places_and_never_fewer(self, world: World) -> None:
        run("trunks", "bar", "loopback", "--province", "CN-SC", *BY)

        told = run("trunks", "bar", "loopback", "--province", "CN-GD", "--province", "CN-*", *BY)

        assert told["barred"] == ["CN-*", "CN-GD", "CN-SC"]
        assert refused("trunks", "bar", "loopback", "--province", "CN-ZZ", *BY) == 4

    def test_are_closed_once_by_anybody(self, world: World) -> None:
        close = ("trunks", "close", "loopback", "--reason", "x", "--by",
                 world.seat.agent.username)  # fmt: skip

        assert run(*close)["in_use"] is False
        assert refused(*close) == 4
        assert run("trunks", "due")["due"] == []


class TestCallerNumbers:
    def test_are_filed_with_their_class_and_letters(self, world: World) -> None:
        run("caller_numbers", "file", "9512302", "--trunk", "loopback", "--callout", "--first",
            "2026-01-01", "--last", "2027-12-31", *DIGEST, *BY)  # fmt: skip
        letter = run("caller_numbers", "letter", NUMBER, "9512302", "--kind", "no_harassment",
                     "--signed", "2026-03-01", *DIGEST, *BY)  # fmt: skip
        revoke = ("caller_numbers", "revoke", str(letter["letter"]), "--on", "2026-03-11", *BY)

        shown = {row["number"]: row for row in run("caller_numbers", "show")["numbers"]}
        assert shown["9512302"]["class"] == shown[NUMBER]["class"]
        assert shown["9512302"]["letters"] == [f"{letter['letter']}: no_harassment"]
        run(*revoke)
        assert refused(*revoke) == 4

    def test_are_renewed_for_longer_only(self, world: World) -> None:
        renew = ("caller_numbers", "renew", NUMBER, *DIGEST, *BY, "--last")

        assert refused(*renew, "2028-05-31") == 4
        assert run(*renew, "2028-06-01")["last"] == "2028-06-01"

    def test_are_closed_once(self, world: World) -> None:
        close = ("caller_numbers", "close", NUMBER, "--reason", "x", *BY)

        assert run(*close)["callout"] is False
        assert refused(*close) == 4

    def test_are_replaced_by_two_people(self, world: World) -> None:
        CallerNumber.objects.create(
            number="9512303", number_class="x", operator=world.operator, callout_opened=True,
            valid_from=date(2026, 1, 1), certificate_until=date(2027, 1, 1), commitment_sha256="",
        )  # fmt: skip
        replace = ("caller_numbers", "replace", "9512303", "--previous", NUMBER, "--principal",
                   world.principal.name, "--purpose", "P3", "--reason", "x")  # fmt: skip

        assert refused(*replace, "--author", "approver", "--approver", "approver") == 4
        assert refused(*replace, "--author", "approver", "--approver", "author") == 4
        assert run(*replace, *TWO)["number_change"]


class TestNumberClocks:
    def test_of_a_change_run_for_ten_working_days_until_its_receipt(self, world: World) -> None:
        told = run("number_clocks", "changed", NUMBER, "--what", "接入地", "--on", "2026-03-10",
                   *BY)  # fmt: skip
        filed = ("number_clocks", "filed", str(told["change"]), "--receipt", "R1", *DIGEST, *BY)

        assert told["file_by"] == "2026-03-24"
        assert "number_filing" in {row["clock"] for row in run("number_clocks", "due")["due"]}
        assert refused(*filed, "--on", "2026-03-12") == 4  # tomorrow
        run(*filed, "--on", "2026-03-11")
        assert refused(*filed, "--on", "2026-03-11") == 4
        assert "number_filing" not in {row["clock"] for row in run("number_clocks", "due")["due"]}

    def test_do_not_begin_tomorrow(self, world: World) -> None:
        args = ("number_clocks", "changed", NUMBER, "--what", "x", "--on", "2026-03-12", *BY)

        assert refused(*args) == 4

    def test_of_a_call_back_say_whether_it_works(self, world: World) -> None:
        test = ("number_clocks", "called_back", NUMBER, "--reached", "--names-principal", *DIGEST)

        assert run(*test, "--on", "2026-03-11", *BY)["works"] is False
        assert refused(*test, "--on", "2026-03-12", *BY) == 4
        assert refused(*test, "--on", "2026-03-11", "--by", world.seat.agent.username) == 4

    def test_take_a_mark_from_anybody(self, world: World) -> None:
        assert run("number_clocks", "mark", NUMBER, "--on", "2026-03-11", "--source", "12321",
                   "--evidence", "x", "--by", world.seat.agent.username)["mark"]  # fmt: skip
