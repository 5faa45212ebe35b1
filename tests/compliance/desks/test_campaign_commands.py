"""The commands of scripts, lists and campaigns."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError

from compliance.models import CampaignFiling, ScriptVersion
from compliance.scripts.steps import steps_rows
from tests.compliance.desks.ordering import TWO, refused, run
from tests.parties import HONEST_STEPS
from tests.world import World

AGENT = ("--by", "agent0000")


class TestScripts:
    @pytest.fixture
    def script(self, world: World, tmp_path: Path) -> Path:
        path = tmp_path / "script.json"
        path.write_text(json.dumps(steps_rows(HONEST_STEPS)))
        return path

    def approve(self, path: Path, *people: str) -> tuple[str, ...]:
        return ("scripts", "approve", str(path), "--title", "答复", "--principal",
                "晨星教育科技有限公司", "--purpose", "P3", *people)  # fmt: skip

    def test_are_approved_by_a_second_person_one_version_after_another(self, script: Path) -> None:
        alone = ("--author", "approver", "--approver", "approver")

        assert refused(*self.approve(script, *alone)) == 4
        assert run(*self.approve(script, *TWO))["version"] == 1
        assert run(*self.approve(script, *TWO))["version"] == 2
        (first, second) = run("scripts", "show", "--title", "答复")["scripts"]
        assert first["steps"] == second["steps"] == steps_rows(HONEST_STEPS)
        assert len(run("scripts", "show")["scripts"]) == 3

    @pytest.mark.parametrize(
        "text", ["", "{}", "[1]", '[{"step": "opening", "text": "您好，这里是公安局。"}]']
    )
    def test_are_what_the_lint_lets_pass(self, script: Path, text: str) -> None:
        script.write_text(text)

        assert refused(*self.approve(script, *TWO)) == 4
        assert ScriptVersion.objects.count() == 1


class TestLists:
    def declare(self, world: World, source: str, *who: str) -> tuple[str, ...]:
        return (
            "lists", "declare", "新名单", "--principal", world.principal.name, "--source", source,
            "--collected-by", world.principal.name, "--notice", "告知", *who,
        )  # fmt: skip

    def test_are_declared_by_keepers_with_their_age(self, world: World) -> None:
        assert refused(*self.declare(world, "event", *AGENT)) == 4
        told = run(*self.declare(world, "event", "--by", "owner", "--collected-on", "2026-03-01"))

        assert (told["state"], told["days"], told["last"]) == ("open", 10, "2026-08-28")
        assert len(run("lists", "show")["lists"]) == 2

    def test_of_others_need_the_consent_to_hand_them_on(self, world: World) -> None:
        args = list(self.declare(world, "event", "--by", "owner"))
        args[args.index("--collected-by") + 1] = "别人"

        assert refused(*args) == 4
        assert run(*args, "--transfer-sha256", "ab" * 32)["state"] == "open"

    def test_are_held_by_anybody_and_released_by_compliance(self, world: World) -> None:
        own = str(world.contact_list.pk)
        hold = ("lists", "hold", own, "--cause", "LST-02", "--reason", "x", *AGENT)
        release = ("lists", "release", own, "--reason", "查明", "--by")

        assert (run(*hold)["state"], refused(*hold)) == ("held", 4)
        assert refused(*release, "owner") == 4  # who declared it
        assert run(*release, "approver")["state"] == "open"
        assert refused(*release, "approver") == 4


class TestCampaigns:
    def register(self, world: World, *more: str, purpose: str = "P3") -> tuple[str, ...]:
        return (
            "campaigns", "register", "autumn", "--name", "秋季", "--principal",
            world.principal.name, "--purpose", purpose, "--number", "9512301", "--trunk",
            "loopback", "--script", str(world.filing.script_id), "--audience", "家长",
            "--content", "答复", "--contact", "9512301", *more,
        )  # fmt: skip

    def state(self) -> str:
        return CampaignFiling.objects.get(code="autumn").state

    def test_run_by_a_second_person(self, world: World) -> None:
        activate = ("campaigns", "activate", "autumn", "--by")

        assert run(*self.register(world, "--by", "owner"))["state"] == "draft"
        assert refused(*activate, "owner") == 4  # the author
        assert refused(*activate, "author") == 4  # a supervisor
        assert run(*activate, "approver")["approver"] == "approver"
        assert refused(*activate, "approver") == 4
        assert self.state() == "active"

    def test_stop_by_anybody_and_go_on_by_compliance(self, world: World) -> None:
        run(*self.register(world, "--by", "owner"))
        run("campaigns", "activate", "autumn", "--by", "approver")
        move = {name: ("campaigns", name, "autumn", "--reason", "x", "--by")
                for name in ("pause", "resume", "close")}  # fmt: skip

        assert refused(*move["resume"], "approver") == 4
        assert run(*move["pause"], "agent0000")["state"] == "paused"
        assert refused(*move["resume"], "author") == 4
        assert run(*move["resume"], "approver")["state"] == "active"
        assert refused(*move["close"], "agent0000") == 4
        assert run(*move["close"], "author")["state"] == "closed"
        assert refused(*move["pause"], "approver") == 4
        shown = {row["campaign"]: row["state"] for row in run("campaigns", "show")["campaigns"]}
        assert shown == {"spring-course": "active", "autumn": "closed"}

    def test_are_refused_with_every_reason_in_both_languages(self, world: World) -> None:
        with pytest.raises(CommandError, match="规则书反对该任务") as caught:
            run(*self.register(world, "--by", "author", purpose="P1"))

        assert caught.value.returncode == 4
        _said, *reasons = str(caught.value).splitlines()
        assert all(line.startswith("CN13-") for line in reasons)
        assert "CN13-LIC-02" in str(caught.value)  # no marketing by a call centre

    @pytest.mark.parametrize(("more", "seconds"), [((), "14"), ((), "46"), (("--robot",), "30")])
    def test_are_refused_without_a_trace_of_themselves(
        self, world: World, more: tuple[str, ...], seconds: str
    ) -> None:
        register = self.register(world, *more, "--ring-seconds", seconds, "--by", "author")

        assert refused(*register) == 4
        assert not CampaignFiling.objects.filter(code="autumn").exists()

    def test_are_registered_by_keepers(self, world: World) -> None:
        assert refused(*self.register(world, *AGENT)) == 4
        assert run(*self.register(world, "--ring-seconds", "15", "--by", "author"))
        assert len(run("campaigns", "show")["campaigns"]) == 2
