"""The commands of consent forms and consent samples."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from compliance.models import ConsentForm
from tests.compliance.desks.ordering import TWO, refused, run
from tests.world import World, callees, consent, sha256

TEXT = "我同意晨星教育科技有限公司就课程咨询致电本人（人工），可随时按9撤回。"
POINTS = (
    "separate_box", "unticked", "names_principal", "names_purpose", "names_phone", "states_ai",
    "explains_withdrawal",
)  # fmt: skip


class TestConsentForm:
    def approve(self, tmp_path: Path, *found: str, people: tuple[str, ...] = TWO) -> Any:
        path = tmp_path / "form.txt"
        path.write_text(TEXT)
        points = [part for point in found for part in ("--found", point)]
        return run(
            "consent_form", "approve", str(path), "--principal", "晨星教育科技有限公司",
            "--purpose", "P3", *points, *people,
        )  # fmt: skip

    def test_is_approved_with_every_point_and_retired(self, world: World, tmp_path: Path) -> None:
        told = self.approve(tmp_path, *POINTS)

        assert (told["sha256"], told["stands"]) == (sha256(TEXT), True)
        told = run("consent_form", "retire", str(told["form"]), "--by", "approver")
        assert told["stands"] is False

    @pytest.mark.parametrize("missing", POINTS)
    def test_is_turned_down_for_each_missing_point(
        self, world: World, tmp_path: Path, missing: str
    ) -> None:
        with pytest.raises(CommandError, match=missing):
            self.approve(tmp_path, *(point for point in POINTS if point != missing))

        assert not ConsentForm.objects.filter(text_sha256=sha256(TEXT)).exists()

    def test_is_not_approved_by_its_author(self, world: World, tmp_path: Path) -> None:
        alone = ("--author", "approver", "--approver", "approver")

        with pytest.raises(CommandError) as caught:
            self.approve(tmp_path, *POINTS, people=alone)

        assert caught.value.returncode == 4


class TestConsentSample:
    def draw(self) -> dict[str, Any]:
        return run(
            "consent_sample", "draw", "--principal", "晨星教育科技有限公司", "--purpose", "P3",
            "--by", "approver",
        )  # fmt: skip

    def test_passes_if_each_item_is_proved(self, world: World) -> None:
        people = callees(world, 3, consented=False)
        consent(world.filing, people, vouched=False)
        told = self.draw()
        items = [str(row["item"]) for row in told["items"]]
        check = ("consent_sample", "check", str(told["sample"]))

        assert told["population"] == 3
        assert refused(*check, "--proved", *items[1:], "--by", "approver") == 4
        assert run(*check, "--proved", *items, "--by", "approver")["passed"] is True
        assert refused(*check, "--proved", *items, "--by", "approver") == 4

    def test_fails_by_one_and_then_grows(self, world: World) -> None:
        people = callees(world, 40, consented=False)
        consent(world.filing, people, vouched=False)
        first = self.draw()
        one, *others = (str(row["item"]) for row in first["items"])
        check = ("consent_sample", "check", str(first["sample"]), "--unproved", one)

        assert run(*check, "--proved", *others, "--by", "approver")["passed"] is False
        assert len(self.draw()["items"]) == min(40, 2 * len(first["items"]))

    def test_waits_for_the_sample_before(self, world: World) -> None:
        consent(world.filing, callees(world, 3, consented=False), vouched=False)
        self.draw()

        with pytest.raises(CommandError, match="nobody has checked"):
            self.draw()

    def test_of_nothing_is_none(self, world: World) -> None:
        with pytest.raises(CommandError, match="no consent"):
            self.draw()
