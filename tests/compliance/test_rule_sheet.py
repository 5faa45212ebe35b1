"""The rulebook on paper: whole, cited, and with what each rule did."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from compliance.books import book
from compliance.gate import PermitRefusal
from compliance.lists.moments import LOCAL
from compliance.rule_sheet import BOUNDS, rule_sheet, sheet_lines
from compliance.rulebook import dated
from tests.stages import staged
from tests.world import MORNING, World, ask, build_world, callee, refuse

pytestmark = pytest.mark.django_db
TODAY = MORNING.astimezone(LOCAL).date()


@staged
def world() -> World:
    return build_world()


@staged
def one_refused(world: World) -> World:
    """A world in which the gate has turned one call away because the person refused."""
    person = callee(world)
    refuse(person, world.principal)
    assert isinstance(ask(world, person), PermitRefusal)
    return world


class TestRuleSheet:
    def test_shows_every_rule_of_the_book_with_basis_citation_and_reasons(
        self, world: World
    ) -> None:
        rows = rule_sheet(at=MORNING, day=TODAY)["rules"]

        assert sorted(row["rule"] for row in rows) == sorted(rule.id for rule in book().rules())
        assert all(row["citations"] and row["basis"]["zh"] and row["reasons"] for row in rows)

    def test_counts_what_a_rule_objected_to_on_the_day(self, one_refused: World) -> None:
        def refused(day_offset: int) -> int:
            day = TODAY + timedelta(days=day_offset)
            (row,) = rule_sheet(at=MORNING, day=day, ids=["CN13-REF-01"])["rules"]
            return int(row["objections"]["refuse"])

        assert [refused(-1), refused(0), refused(1)] == [0, 1, 0]

    def test_knows_only_the_rules_of_the_book(self, world: World) -> None:
        with pytest.raises(LookupError, match="CN13-NON-99"):
            rule_sheet(at=MORNING, day=TODAY, ids=["CN13-REF-01", "CN13-NON-99"])

    def test_has_words_for_every_kind_of_floor(self) -> None:
        assert BOUNDS.keys() == dated._HOLDS.keys()


class TestSheetLines:
    def test_say_everything_about_the_rules_that_were_named(self, world: World) -> None:
        sheet = rule_sheet(at=MORNING, day=TODAY, ids=["CN13-FRQ-01"])

        text = "\n".join(sheet_lines(sheet, whole=True))

        assert "单被叫单主体频次 / Per callee, per principal" in text
        assert "底线 floor: P1.h24 至多 at most 3" in text
        assert "called_often" in text


class TestRulesShow:
    def test_prints_one_json_object(self, one_refused: World) -> None:
        out = io.StringIO()

        call_command("rules_show", "CN13-REF-01", "--day", TODAY.isoformat(), "--json", stdout=out)

        (row,) = json.loads(out.getvalue())["rules"]
        assert row["objections"] == {"defer": 0, "refuse": 1}

    def test_names_a_rule_that_is_not_there_in_both_languages(self, world: World) -> None:
        with pytest.raises(CommandError, match=r"没有 CN13-NON-99.*has no"):
            call_command("rules_show", "CN13-NON-99")
