"""Approve a sound file as what a machine says of one script."""

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from audit import record as audit
from compliance.models import ScriptVersion, User
from compliance.selectors.script_signs import offers_person, says_machine, takes_refusal
from compliance.services.script_approve import APPROVERS
from dialer.models import Prompt
from dialer.prompt_sound import prompt_sound

SUFFIX = ".wav"
NOBODY = "nobody"  # the step that is said where no person can be put on
SORRY = "sorry"  # … and to whoever answered and hears no agent (CN13-DIA-05)
ASIDE = frozenset({NOBODY, SORRY})
# CN13-DIA-10: the first utterance names the machine within 3 s; the words' part of that is the
# rule's own (it must stand among the first 40 signs), this is the file's.
LONGEST_SILENCE_MS = 1000
MOST_SIGNS_A_SECOND = 12  # nobody, and no machine that is to be understood, speaks faster


class PromptNotSecondPersonError(Exception):
    """Approval needs a compliance officer or administrator who did not make the file."""


class PromptRefusedError(ValueError):
    """The file or its script is not one that a machine may speak to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFile:
    """What was made."""

    data: bytes
    part: str
    cloned: bool
    licence_sha256: str = ""


@transaction.atomic
def prompt_approve(
    *,
    script: ScriptVersion,
    file: PromptFile,
    folder: Path,
    author: User,
    approver: User,
    now: datetime,
) -> Prompt:
    """Keep the file that a second person has heard and found to say the script's words.

    :raises PromptNotSecondPersonError: if the approver is the author or has no such role
    :raises PromptRefusedError: if a machine may not say this, or the file cannot say it
    :raises PromptSoundError: if a call cannot play the file
    """
    if approver.pk == author.pk or approver.role not in APPROVERS or not approver.is_active:
        raise PromptNotSecondPersonError(f"{approver} cannot approve a prompt of {author}.")
    words = spoken_words(script, part=file.part)
    _may_be_said(script, words, file)
    sound = prompt_sound(file.data)
    if sound.silent_before_ms > LONGEST_SILENCE_MS:
        raise PromptRefusedError(
            "开头静音超过 1 秒。 The file is silent for longer than a second before it speaks."
        )
    if len(words) * 1000 > sound.milliseconds * MOST_SIGNS_A_SECOND:
        raise PromptRefusedError(
            "文件太短，说不完话术。 The file is too short to say the script's words."
        )
    digest = hashlib.sha256(file.data).hexdigest()
    prompt = Prompt.objects.create(
        script=script,
        part=file.part,
        sha256=digest,
        text_sha256=hashlib.sha256(words.encode()).hexdigest(),
        milliseconds=sound.milliseconds,
        cloned=file.cloned,
        licence_sha256=file.licence_sha256,
        author=author,
        approver=approver,
        approved_at=now,
    )
    _keep(file.data, folder / f"{digest}{SUFFIX}")
    audit.record(
        "prompt.approved",
        obj=f"script:{script.pk}",
        actor=f"u:{approver.pk}",
        now=now,
        data={
            "prompt": prompt.pk,
            "part": file.part,
            "sha256": digest,
            "text_sha256": prompt.text_sha256,
            "ms": sound.milliseconds,
            "silent_before_ms": sound.silent_before_ms,
            "cloned": file.cloned,
            "licence_sha256": file.licence_sha256,
            "author": author.pk,
        },
    )
    return prompt


def spoken_words(script: ScriptVersion, *, part: str) -> str:
    """Return what the part says: its step, or all the other steps.

    :raises PromptRefusedError: if the script has no such part
    """
    steps = [(step["step"], step["text"]) for step in script.steps]
    if part in ASIDE:
        wanted = [text for name, text in steps if name == part]
    else:
        wanted = [text for name, text in steps if name not in ASIDE]
    if not wanted:
        raise PromptRefusedError(f"话术没有 {part} 步骤。 The script has no step named {part}.")
    return "".join(wanted)


def _may_be_said(script: ScriptVersion, words: str, file: PromptFile) -> None:
    if "{" in words:
        raise PromptRefusedError(
            "录好的语音不能留空位：请写明名称和工号。 "
            "A sound file leaves no place open: write the names and the seat's number."
        )
    if file.cloned and not file.licence_sha256:
        raise PromptRefusedError(
            "模仿真人声音须有本人授权。 A voice that imitates a person needs that person's leave."
        )
    if file.part == NOBODY:
        return
    if file.part == SORRY:
        _names_who_called(script, words)
        return
    signs = (says_machine, takes_refusal, offers_person)
    if not all(sign(script=script.text) for sign in signs):
        raise PromptRefusedError(
            "开场须说明是机器语音，并告知按 9 拒绝、按 0 转人工。 "
            "It must open as a machine's voice, and name key 9 to refuse and 0 for a person."
        )


def _names_who_called(script: ScriptVersion, words: str) -> None:
    """Refuse words that leave open who called, or how to have no more such calls."""
    named = script.principal is not None and script.principal.name in words
    if not named or not takes_refusal(script=words):
        raise PromptRefusedError(
            "须说明来电的委托主体，并告知按 9 拒绝。 "
            "It must name the principal, and key 9 to refuse."
        )


def _keep(data: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
