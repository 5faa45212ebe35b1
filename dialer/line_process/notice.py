"""A machine's call: it says what was approved, and a key brings a person or ends it."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from compliance import clock
from compliance.models import Permit
from dialer.lines.base import CallHandle
from dialer.lines.sip.prompt import PromptError, prompt_of
from dialer.models import Prompt
from dialer.services.call_give_back import call_give_back
from dialer.services.call_open import OpenedCall
from dialer.services.person_asked import person_asked
from dialer.services.prompt_approve import SUFFIX

log = logging.getLogger(__name__)
PERSON = "0"  # the key for a person


class PromptNotReadyError(Exception):
    """What the machine would say is not there, or not what was approved; there is no call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """The files of one notice."""

    notice: Path
    nobody: Path


def voice_of(permit_id: UUID, *, folder: Path | None) -> Voice | None:
    """Return what the permit's call says by machine, None where an agent speaks.

    :raises PromptNotReadyError: if a machine is to speak and cannot
    """
    filing = Permit.objects.values("filing__robot", "filing__script_id").get(pk=permit_id)
    if not filing["filing__robot"]:
        return None
    if folder is None:
        raise PromptNotReadyError("No machine speaks on this line.")
    script_id = filing["filing__script_id"]
    return Voice(
        notice=_file(script_id, Prompt.Part.NOTICE, folder),
        nobody=_file(script_id, Prompt.Part.NOBODY, folder),
    )


def sorry_of(permit_id: UUID, *, folder: Path | None) -> Path | None:
    """Return what is said to whoever answers and hears no agent, None where nothing is approved.

    What is not there, or not what was approved, keeps no call from leaving: it ends in silence.
    """
    script_id = Permit.objects.values_list("filing__script_id", flat=True).get(pk=permit_id)
    if folder is None or not Prompt.objects.filter(script=script_id, part="sorry").exists():
        return None
    try:
        return _file(script_id, Prompt.Part.SORRY, folder)
    except (PromptNotReadyError, PromptError) as error:
        log.warning("nothing to say to an abandoned callee: %s", error)
        return None


def _file(script_id: int, part: str, folder: Path) -> Path:
    newest = Prompt.objects.filter(script_id=script_id, part=part).order_by("-pk").first()
    if newest is None:
        raise PromptNotReadyError(f"Script {script_id} has no approved file for {part!r}.")
    path = folder / f"{newest.sha256}{SUFFIX}"
    try:
        stat = path.stat()
        digest = _digest(path, stat.st_mtime_ns, stat.st_size, stat.st_ino)
    except OSError as error:
        raise PromptNotReadyError(f"{path} cannot be read.") from error
    if digest != newest.sha256:
        raise PromptNotReadyError(f"{path} is not what was approved.")
    prompt_of(path)  # read and encoded now: nothing is to be waited for when somebody answers
    return path


@lru_cache(maxsize=64)
def _digest(path: Path, _changed: int, _size: int, _inode: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Notices:
    """The machine's calls of one line process."""

    def __init__(
        self, *, folder: Path | None, actor: str, leg_of: Callable[[UUID], CallHandle | None]
    ) -> None:
        """Speak files of a folder, None: no machine speaks here; record as `actor`.

        `leg_of` gives the leg of the seat that stands behind a permit, if it is up.
        """
        self._folder = folder
        self._actor = actor
        self._leg_of = leg_of

    def voice_for(self, permit_id: UUID) -> Voice | None:
        """Return what the call says by machine, None where an agent speaks.

        :raises PromptNotReadyError: if a machine is to speak and cannot; the permit is given back
        """
        try:
            return voice_of(permit_id, folder=self._folder)
        except PromptNotReadyError as error:
            log.warning("no call: %s", error)
            call_give_back(
                permit_id=permit_id,
                reason="prompt_not_ready",
                actor=self._actor,
                now=clock.read(),
            )
            raise

    def sorry_for(self, permit_id: UUID) -> Path | None:
        """Return what is said to whoever answers and hears no agent, if anything is approved."""
        return sorry_of(permit_id, folder=self._folder)

    def begin(self, voice: Voice | None, call: OpenedCall, handle: CallHandle) -> "Notice | None":
        """Have the machine speak as soon as somebody answers, if it is one that speaks."""
        if voice is None:
            return None
        notice = Notice(
            voice,
            handle=handle,
            person=lambda: self._leg_of(call.spent.permit_id),
            asked=lambda came: person_asked(
                attempt_id=call.attempt_id, came=came, actor=self._actor, now=clock.read()
            ),
        )
        notice.begin()
        return notice


class Notice:
    """One machine's call. Its methods run on the call's own worker, one after the other."""

    def __init__(
        self,
        voice: Voice,
        *,
        handle: CallHandle,
        person: Callable[[], CallHandle | None],
        asked: Callable[[bool], object],
    ) -> None:
        """Speak on `handle`; `person` gives a person's leg; `asked` is told whether it did."""
        self._voice = voice
        self._handle = handle
        self._person = person
        self._asked = asked
        self._asked_for_person = False

    def begin(self) -> None:
        """Have the notice said from the first moment of the answer on, then hang up."""
        self._say(self._voice.notice)

    def key(self, digit: str) -> None:
        """Put a person on, once; without one, say so and hang up."""
        if digit != PERSON or self._asked_for_person:
            return
        self._asked_for_person = True
        leg = self._person()
        if leg is not None:
            self._handle.play(None)
            self._handle.bridge(leg)
        else:
            self._say(self._voice.nobody)
        self._asked(leg is not None)

    def _say(self, path: Path) -> None:
        """Say it and hang up; a file that is gone by now is no reason for silence."""
        try:
            self._handle.play(str(path), then=self._handle.hangup)
        except PromptError:
            log.exception("a machine's call ends: it has nothing to say")
            self._handle.hangup()
