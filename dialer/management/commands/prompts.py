"""manage.py prompts: have a machine's sound file approved by a second person, or show them."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from django.conf import settings
from django.db.models import QuerySet

from compliance.models import ScriptVersion
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    document_digest,
    one,
    read_bytes,
    show,
    two_people_arguments,
)
from dialer.models import Prompt
from dialer.prompt_sound import PromptSoundError
from dialer.services.prompt_approve import (
    PromptFile,
    PromptNotSecondPersonError,
    PromptRefusedError,
    prompt_approve,
)


def _approve_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("sound", type=Path, metavar="WAV", help="8 kHz 单声道 / mono, 16 bit")
    parser.add_argument("--script", type=int, required=True, metavar="ID")
    parser.add_argument("--part", required=True, choices=Prompt.Part.values)
    parser.add_argument("--cloned", action="store_true", help="模仿真人 / imitates a person")
    parser.add_argument("--file", type=Path, metavar="PATH", help="本人授权 / that person's leave")
    parser.add_argument("--sha256", default="", help="授权文件摘要 / or its digest")
    two_people_arguments(parser)


def _approve(options: Options, now: datetime) -> Told:
    prompt = prompt_approve(
        script=one(ScriptVersion, pk=options["script"]),
        file=PromptFile(
            data=read_bytes(options["sound"]),
            part=options["part"],
            cloned=options["cloned"],
            licence_sha256=document_digest(options) if options["cloned"] else "",
        ),
        folder=settings.PROMPTS_DIR,
        author=account(options["author"]),
        approver=account(options["approver"]),
        now=now,
    )
    return _told(prompt)


def _told(prompt: Prompt) -> Told:
    return {
        "prompt": prompt.pk,
        "script": prompt.script_id,
        "part": prompt.part,
        "sha256": prompt.sha256,
        "seconds": prompt.milliseconds / 1000,
        "cloned": prompt.cloned,
        "author": prompt.author.username,
        "approver": prompt.approver.username,
    }


def _prompts() -> QuerySet[Prompt]:
    return Prompt.objects.select_related("author", "approver").order_by("pk")


class Command(VerbCommand):
    """Approve or show what a machine says."""

    help = "机器人语音文件 / What a machine says: sound files of approved scripts"
    refusals = MappingProxyType(
        {
            PromptNotSecondPersonError: "语音文件须由另一名合规员或管理员批准",
            PromptRefusedError: "该语音不得使用",
            PromptSoundError: "通话不能播放该文件",
        }
    )
    verbs = (
        Verb(name="approve", help="核准 / approve", arguments=_approve_arguments, run=_approve),
        show("prompts", _prompts, _told),
    )
