"""manage.py subject_access: answer a person who asks what is held about them."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.denials import denial_record
from compliance.models import SubjectRequest
from compliance.numbers import Words
from compliance.selectors.subject_requests import unanswered
from compliance.services.person_for_number import known_person
from compliance.services.subject_request_step import (
    SubjectRequestStepError,
    subject_request_step,
)
from compliance.verbs import account, number_of, one
from dialer.services.subject_access import (
    ANSWERED,
    AccessRefusedError,
    NotIdentifiedError,
    subject_access,
)

UNKNOWN = Words("本系统没有该号码的记录。", "Nothing is on record about this number.")
NO_REQUEST = Words(
    "该号码没有待答复的查询请求；请先受理：subject_request open。",
    "No request of this number waits for it: take one in first, by subject_request open.",
)
NOT_YET = Words(
    "须先核验请求人身份（subject_request identify），且只答复一次。",
    "Identify the person first (subject_request identify); a request is answered once.",
)
REFUSED = Words("由与投诉无关的合规专员答复。", "Compliance answers, with no part in a complaint.")
NOT_WRITTEN = Words("无法写入 {path}：{why}", "{path} cannot be written: {why}")
MADE = Words("已写入 {path}，SHA-256 {sha256}", "Written to {path}, SHA-256 {sha256}")


class Command(BaseCommand):
    """Write the answer, put it on the record, and answer the request with its digest."""

    help = "答复个人信息查询（个保法第四十五条），留痕 / Tell a person what is held about them"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take who asks, who answers, and where the answer goes."""
        about = parser.add_mutually_exclusive_group(required=True)
        about.add_argument("--number", metavar="NUMBER")
        about.add_argument("--request", type=int, metavar="ID", help="个人权利请求 / a request")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="合规 / compliance")
        parser.add_argument("--out", required=True, type=Path, metavar="DIR")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Answer.

        :raises CommandError: 2 if it was not understood, 3 if nobody is known, 4 if it was refused
        """
        by, now = account(options["by"]), clock.read()
        request = (
            one(SubjectRequest, pk=options["request"])
            if options["request"]
            else _request(options["number"])
        )
        try:
            answer = subject_access(request=request, by=by, now=now)
            _write(options["out"], answer.files)
            subject_request_step(
                request=request, kind="answered", by=by, now=now, sha256=answer.sha256
            )
        except NotIdentifiedError as error:
            raise CommandError(str(NOT_YET), returncode=4) from error
        except AccessRefusedError as error:
            denial_record(obj="command:subject_access", actor=f"u:{by.pk}", now=now, error=error)
            raise CommandError(str(REFUSED), returncode=4) from error
        except SubjectRequestStepError as error:
            raise CommandError(str(error), returncode=4) from error
        told = {
            "person": request.person_id,
            "request": request.pk,
            "files": sorted(answer.files),
            "sha256": answer.sha256,
            "records": answer.records,
        }
        said = MADE.filled(path=options["out"], sha256=answer.sha256)
        self.stdout.write(json.dumps(told, ensure_ascii=False) if options["json"] else str(said))


def _request(text: str) -> SubjectRequest:
    """Return the newest request of the number that waits for this answer."""
    person = known_person(number=number_of(text))
    if person is None:
        raise CommandError(str(UNKNOWN), returncode=3)
    request = unanswered().filter(person=person, kind__in=ANSWERED).order_by("pk").last()
    if request is None:
        raise CommandError(str(NO_REQUEST), returncode=4)
    return request


def _write(folder: Path, files: dict[str, bytes]) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, content in files.items():
            path = folder / name
            path.touch(mode=0o600)
            path.write_bytes(content)
    except OSError as error:
        words = NOT_WRITTEN.filled(path=folder, why=error.strerror)
        raise CommandError(str(words), returncode=2) from error
