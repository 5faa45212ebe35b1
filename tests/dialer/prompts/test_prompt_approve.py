"""What a machine may say to people: approved words, heard by a second person, as a machine's."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, transaction

from audit.models import AuditEntry
from compliance.models import ScriptVersion
from compliance.scripts import Step
from compliance.services.script_approve import script_approve
from dialer.models import Prompt
from dialer.prompt_sound import PromptSoundError, prompt_sound
from dialer.services.prompt_approve import (
    PromptFile,
    PromptNotSecondPersonError,
    PromptRefusedError,
    prompt_approve,
)
from tests.dialer.prompts.robots import NOTICE_SECONDS, PRINCIPAL, ROBOT_STEPS, SORRY
from tests.dialer.prompts.sounds import tone
from tests.stages import staged
from tests.world import MORNING, World, build_world

pytestmark = pytest.mark.django_db


@staged
def world() -> World:
    return build_world(purpose="P6")


def script_of(world: World, steps: tuple[Step, ...] = ROBOT_STEPS) -> ScriptVersion:
    return script_approve(
        title="回访",
        principal=world.principal,
        purpose="P6",
        steps=steps,
        offers=False,
        author=world.people.author,
        approver=world.people.approver,
        now=MORNING,
    )


def approve(world: World, folder: Path, *, by: Any = None, **changes: Any) -> Prompt:
    script = changes.pop("script", None) or script_of(world)
    given = {"data": tone(NOTICE_SECONDS), "part": "notice", "cloned": False}
    return prompt_approve(
        script=script,
        file=PromptFile(**{**given, **changes}),
        folder=folder,
        author=world.people.author,
        approver=by or world.people.approver,
        now=MORNING,
    )


class TestWordsForACalleeWhoHearsNoAgent:
    @pytest.mark.parametrize(
        "words", [SORRY.replace("请按9", "请挂机"), SORRY.replace(PRINCIPAL, "我们")]
    )
    def test_name_who_called_and_key_nine(self, world: World, tmp_path: Path, words: str) -> None:
        for text, allowed in ((SORRY, True), (words, False)):
            script = script_of(world, (*ROBOT_STEPS, Step("sorry", text)))
            given = {"script": script, "part": "sorry", "data": tone(6)}
            if allowed:
                assert approve(world, tmp_path, **given).part == "sorry"
            else:
                with pytest.raises(PromptRefusedError, match="name the principal"):
                    approve(world, tmp_path, **given)


class TestApproval:
    def test_keeps_the_file_by_its_digest_and_records_who_heard_it(
        self, world: World, tmp_path: Path
    ) -> None:
        prompt = approve(world, tmp_path)

        assert (tmp_path / f"{prompt.sha256}.wav").read_bytes() == tone(NOTICE_SECONDS)
        assert prompt.milliseconds == NOTICE_SECONDS * 1000
        entry = AuditEntry.objects.get(action="prompt.approved")
        assert json.loads(bytes(entry.body))["data"]["sha256"] == prompt.sha256

    def test_needs_a_second_person_with_the_office(self, world: World, tmp_path: Path) -> None:
        for person in (world.people.author, world.seat.agent):
            with pytest.raises(PromptNotSecondPersonError):
                approve(world, tmp_path, by=person)

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"data": tone(NOTICE_SECONDS, silence=1.1)}, "silent for longer"),
            ({"data": tone(5)}, "too short"),
            ({"cloned": True}, "needs that person's leave"),
        ],
    )
    def test_refuses_a_file_that_cannot_be_what_it_should(
        self, world: World, tmp_path: Path, changes: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(PromptRefusedError, match=said):
            approve(world, tmp_path, **changes)

        assert list(tmp_path.iterdir()) == []

    def test_takes_a_cloned_voice_by_licence_only_also_behind_the_service(
        self, world: World, tmp_path: Path
    ) -> None:
        prompt = approve(world, tmp_path, cloned=True, licence_sha256="a" * 64)

        assert prompt.cloned
        prompt.pk, prompt.licence_sha256 = None, ""
        with pytest.raises(IntegrityError), transaction.atomic():
            prompt.save(force_insert=True)

    @pytest.mark.parametrize(
        ("step", "text", "said"),
        [
            (0, "这里是{operator}，工号R01，受{principal}委托，", "open as a machine"),
            (0, ROBOT_STEPS[0].text.replace("R01", "{seat}"), "no place open"),
        ],
    )
    def test_refuses_words_that_hide_the_machine_or_leave_a_place_open(
        self, world: World, tmp_path: Path, step: int, text: str, said: str
    ) -> None:
        text = text.replace("{operator}", world.operator.legal_name)
        text = text.replace("{principal}", world.principal.name)
        rest = ROBOT_STEPS[0].text.partition("委托，")[2]
        steps = list(ROBOT_STEPS)
        steps[step] = Step("opening", text if "委托" in text and rest in text else text + rest)
        script = script_of(world, tuple(steps))

        with pytest.raises(PromptRefusedError, match=said):
            approve(world, tmp_path, script=script)

    def test_is_never_altered(self, world: World, tmp_path: Path) -> None:
        prompt = approve(world, tmp_path)

        with pytest.raises(ProgrammingError), transaction.atomic():
            Prompt.objects.filter(pk=prompt.pk).update(sha256="b" * 64)

    def test_is_a_command_in_both_languages(self, world: World, tmp_path: Path) -> None:
        script, path, out = script_of(world), tmp_path / "nobody.wav", io.StringIO()
        path.write_bytes(tone(4))
        words = ["prompts", "approve", str(path), f"--script={script.pk}", "--part=nobody"]
        people = [f"--author={world.people.author.username}"]

        with pytest.raises(CommandError, match="须由另一名合规员"):
            call_command(*words, *people, f"--approver={world.people.author.username}")
        call_command(
            *words, *people, f"--approver={world.people.approver.username}", "--json", stdout=out
        )

        assert json.loads(out.getvalue())["seconds"] == 4


class TestSound:
    def test_tells_length_and_first_sound(self) -> None:
        found = prompt_sound(tone(1, silence=0.5))

        assert (found.milliseconds, found.silent_before_ms) == (1500, 500)

    @pytest.mark.parametrize(
        "data",
        [
            b"no sound",
            tone(1, rate=16000),
            tone(1, channels=2),
            tone(0, silence=1),
            tone(0),
            tone(120.1),
        ],
        ids=["no file", "rate", "stereo", "silent", "empty", "long"],
    )
    def test_refuses_what_no_call_can_play(self, data: bytes) -> None:
        with pytest.raises(PromptSoundError):
            prompt_sound(data)
