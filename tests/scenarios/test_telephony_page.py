"""docs/telephony.md: its commands run as they stand, and its tables say what the code does."""

import io
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command

from compliance.models import CampaignFiling
from dialer import streams
from dialer.lines.base import Outcome
from dialer.lines.outcomes import BY_CODE, BY_Q850, consumes_attempt, retryable
from dialer.models import Prompt, SeatPhone
from dialer.trunk_check import finding
from tests.dialer.prompts.robots import NOTICE_SECONDS, ROBOT_STEPS
from tests.dialer.prompts.sounds import tone
from tests.sip.peers import CarrierProcess
from tests.stages import staged
from tests.world import World, build_world

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "telephony.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(manage\.py .*?)```", PAGE, re.DOTALL)
OF_NO_CODE = {
    *(Outcome.ANSWERED, Outcome.ABANDONED, Outcome.LINE_DOWN, Outcome.FAILED, Outcome.LOST),
}


@staged
def world() -> World:
    return build_world(purpose="P6")


@pytest.fixture
def carrier(tmp_path: Path, sockets: None) -> Iterator[CarrierProcess]:
    process = CarrierProcess(tmp_path, {"manners": {"formats": "8 101", "date_ahead_seconds": 0}})
    streams.client.cache_clear()
    streams.client().flushdb()
    yield process
    process.stop()
    streams.client.cache_clear()


def write_files(folder: Path) -> None:
    """Write the files that the commands name."""
    steps = [{"step": one.step, "text": one.text} for one in ROBOT_STEPS]
    (folder / "password.txt").write_text("password\n")
    (folder / "notice.json").write_text(json.dumps(steps))
    (folder / "notice.wav").write_bytes(tone(NOTICE_SECONDS))
    (folder / "nobody.wav").write_bytes(tone(3))


def rows(heading: str) -> list[list[str]]:
    """Return the rows of the table below a heading, as cells."""
    part = PAGE.partition(f"\n## {heading}")[2].partition("\n## ")[0]
    found = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in found[2:]]


def name_in(cell: str) -> str:
    return cell.split("`")[1]


class TestPage:
    @pytest.mark.enable_socket
    def test_shows_commands_that_run_one_after_the_other(
        self,
        world: World,
        carrier: CarrierProcess,
        tmp_path: Path,
        settings: LazySettings,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        settings.RECORDINGS_DIR = settings.PROMPTS_DIR = tmp_path
        write_files(tmp_path)
        monkeypatch.chdir(tmp_path)
        people = world.people
        words = {
            "sh-1": "loopback",
            "5060": str(carrier.port),
            "owner": people.owner.username,
            "officer": people.approver.username,
            "lead": people.author.username,
        }
        answers: list[dict[str, Any]] = []

        for line in "".join(BLOCKS).splitlines():
            said = [words.get(word, word) for word in shlex.split(line)[1:]]
            out = io.StringIO()
            call_command(*said, "--json", stdout=out)
            answers.append(json.loads(out.getvalue().splitlines()[-1]))
            if said[:2] == ["scripts", "approve"]:
                words["SCRIPT"] = str(answers[-1]["script"])

        (checked,) = [one for one in answers if "steps" in one]
        assert (checked["ok"], checked["trunk"]) == (True, "loopback")
        assert SeatPhone.objects.get().address == "seat-one"
        assert set(Prompt.objects.values_list("part", flat=True)) == {"notice", "nobody"}
        notice = CampaignFiling.objects.get(code="notice")
        assert (notice.robot, notice.state) == (True, "active")

    def test_names_every_step_of_the_check(self) -> None:
        steps = {one.name for one in vars(finding).values() if isinstance(one, finding.Step)}

        assert {name_in(row[0]) for row in rows("Troubleshooting")} == steps

    def test_says_of_every_outcome_what_the_code_does(self) -> None:
        table = {Outcome(name_in(row[0])): row for row in rows("What an outcome means")}

        assert set(table) == set(Outcome)
        for outcome, (_, codes, again, counts) in table.items():
            assert again.startswith("✓") is retryable(outcome), outcome
            assert (counts == "✓") is consumes_attempt(outcome), outcome
            if outcome not in OF_NO_CODE:
                plain, _, causes = codes.partition("(")[0].partition("Q.850")
                said = {int(code) for code in re.findall(r"\b[3-6][0-9]{2}\b", plain)}
                assert said == {code for code, one in BY_CODE.items() if one is outcome}, outcome
                named = {int(cause) for cause in re.findall(r"\b[0-9]{1,2}\b", causes)}
                assert named == {cause for cause, one in BY_Q850.items() if one is outcome}
