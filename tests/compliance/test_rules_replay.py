"""The replay of stored decisions: the gate's own rows, the same bytes each time."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from compliance.books import read_pack
from compliance.gate import PermitRefusal
from compliance.models import Decision, Permit
from compliance.rulebook.bound import PackError
from compliance.services.rules_replay import rules_replay
from tests.stages import staged
from tests.world import ACTOR, MORNING, World, ask, build_world, callees, permitted, refuse

pytestmark = pytest.mark.django_db
STRICTER = """
amends = "cn13"
version = "what if"
[[rules.CN13-TIM-02.params]]
since = 2026-03-12
P1 = []
P2 = ["08:00-21:00"]
P3 = ["11:00-12:00"]
P4 = ["08:30-20:00"]
P5 = ["08:00-20:00"]
P6 = ["09:00-19:00"]
P7 = ["08:00-21:00"]
"""


@staged
def world() -> World:
    world = build_world()
    first, second = callees(world, 2)
    refuse(second, None)
    permitted(world, first)
    assert isinstance(ask(world, second), PermitRefusal)
    return world


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "change.toml"
    path.write_text(STRICTER, encoding="utf-8")
    return path


def run(file: Path, *args: str) -> str:
    out = StringIO()
    until = (MORNING + timedelta(hours=1)).isoformat()
    call_command("rules_replay", "--pack", str(file), "--since", "2026-03-01", "--until", until,
                 *args, stdout=out)  # fmt: skip
    return out.getvalue()


class TestRulesReplay:
    def test_shows_by_rule_who_would_have_been_stopped(self, world: World, file: Path) -> None:
        said = json.loads(run(file, "--json"))

        allowed = Decision.objects.get(verdict="allow")
        assert said["decisions"] == 2
        assert said["verdicts"] == {"allow > defer": 1, "refuse > refuse": 1}
        cases = said["rules"]["CN13-TIM-02"]["newly_deferred"]
        assert str(allowed.pk) in cases["examples"]
        assert said["pack"]["would_be_refused"] == ""

    def test_gives_the_same_bytes_each_time(self, world: World, file: Path) -> None:
        assert run(file, "--json") == run(file, "--json")

    def test_lets_dates_count_if_it_is_told_to(self, world: World, file: Path) -> None:
        said = json.loads(run(file, "--json", "--dated"))

        assert said["verdicts"] == {"allow > allow": 1, "refuse > refuse": 1}

    def test_reserves_nothing_and_is_on_the_record(self, world: World, file: Path) -> None:
        before = (Permit.objects.count(), Decision.objects.count())

        run(file)

        assert (Permit.objects.count(), Decision.objects.count()) == before
        assert AuditEntry.objects.filter(action="rules.replayed").count() == 1

    def test_says_that_a_looser_pack_could_not_be_adopted(self, world: World) -> None:
        pack = read_pack("cn13")
        del pack["rules"]["CN13-REF-11"]

        report = self.replay(pack)

        assert "CN13-REF-11 is dropped" in report["pack"]["would_be_refused"]

    def test_refuses_what_is_no_pack(self, world: World) -> None:
        change = {"amends": "cn13", "version": "x", "rules": {"CN13-REF-01.twice": {}}}

        with pytest.raises(PackError):
            self.replay(change)

    def replay(self, change: dict[str, Any]) -> dict[str, Any]:
        return rules_replay(
            change=change,
            since=MORNING - timedelta(days=1),
            until=MORNING + timedelta(days=1),
            dated=False,
            actor=ACTOR,
            now=MORNING,
        )

    def test_reads_a_shipped_pack_from_its_folder(self, world: World) -> None:
        said = json.loads(run(Path("compliance/rulebook/packs/cn13"), "--json"))

        assert said["verdicts"] == {"allow > allow": 1, "refuse > refuse": 1}
        assert said["rules"] == {}

    def test_never_judges_by_the_pack_of_another_country(self, world: World) -> None:
        with pytest.raises(CommandError, match="never mix"):
            run(Path("compliance/rulebook/packs/us"), "--json")

    def test_leaves_out_what_was_decided_at_the_end(self, world: World) -> None:
        report = rules_replay(
            change={"amends": "cn13", "version": "x"},
            since=MORNING - timedelta(days=1),
            until=MORNING,
            dated=True,
            actor=ACTOR,
            now=MORNING,
        )

        assert report["decisions"] == 0

    def test_needs_a_pack(self, world: World, tmp_path: Path) -> None:
        with pytest.raises(CommandError):
            run(tmp_path / "nothing.toml")
