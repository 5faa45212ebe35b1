"""manage.py subject_erase --request ID: erase what a person asks to have erased, and answer."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from audit.privacy.erasure_list import ErasureListError
from compliance import clock
from compliance.denials import denial_record
from compliance.models import SubjectRequest
from compliance.numbers import Words
from compliance.services.subject_request_step import (
    SubjectRequestStepError,
    subject_request_step,
)
from compliance.verbs import account, one
from dialer.erasure_answer import erasure_text
from dialer.management.commands.subject_access import NOT_YET
from dialer.services.subject_access import NotIdentifiedError
from dialer.services.subject_erase import BASIS, ErasureRefusedError, calls_kept, subject_erase

REFUSED = Words(
    "须为删除请求，由与投诉无关的合规专员办理。",
    "It takes a request for deletion, and compliance with no part in a complaint.",
)
OTHER_ROLE = Words(
    "审计中的个人信息须先以删除专用账号删除：{command}",
    "The trail's fields come first, as the role that may erase them: {command}",
)


class Command(BaseCommand):
    """Erase, write the answer, and answer the request with its digest."""

    help = "按请求删除个人信息并答复（个保法第四十七条） / Erase what a person asks to have erased"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the request, who handles it, and where the answer goes."""
        parser.add_argument("--request", type=int, required=True, metavar="ID")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="合规 / compliance")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE.txt")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Erase.

        :raises CommandError: 2 if it was not understood, 4 if it was refused
        """
        by, now = account(options["by"]), clock.read()
        request = one(SubjectRequest, pk=options["request"])
        try:
            done = subject_erase(
                request=request, by=by, recordings=Path(settings.RECORDINGS_DIR), now=now
            )
        except ErasureRefusedError as error:
            denial_record(obj="command:subject_erase", actor=f"u:{by.pk}", now=now, error=error)
            raise CommandError(str(REFUSED), returncode=4) from error
        except NotIdentifiedError as error:
            raise CommandError(str(NOT_YET), returncode=4) from error
        except (DatabaseError, ErasureListError) as error:
            spare = calls_kept(now)
            command = (
                f"audit_erase --subject person:{request.person_id} --basis {BASIS} "
                f"--spare {spare.kind} --since {spare.since.isoformat()} --by u:{by.pk}"
            )
            words = OTHER_ROLE.filled(command=command)
            raise CommandError(str(words), returncode=4) from error
        text = erasure_text(done, now=now).encode()
        digest = hashlib.sha256(text).hexdigest()
        try:
            options["out"].write_bytes(text)
            subject_request_step(request=request, kind="answered", by=by, now=now, sha256=digest)
        except (OSError, SubjectRequestStepError) as error:
            raise CommandError(f"{options['out']}: {error}", returncode=2) from error
        told = {
            "person": done.person,
            "request": request.pk,
            "fields": done.fields,
            "leads": done.leads,
            "recordings": done.recordings,
            "number_erased": done.number,
            "kept": {kept.its.name: kept.until.isoformat() for kept in done.kept},
            "sha256": digest,
        }
        said = json.dumps(told, ensure_ascii=False) if options["json"] else text.decode()
        self.stdout.write(said)
