"""manage.py subject_request: what a person asks about their data, from intake to answer."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from types import MappingProxyType

from django.db.models import QuerySet

from compliance.models import SubjectRequest
from compliance.selectors.subject_requests import unanswered
from compliance.services.subject_request_open import subject_request_open
from compliance.services.subject_request_step import (
    SubjectRequestStepError,
    subject_request_step,
)
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    by_argument,
    document_arguments,
    document_digest,
    number_of,
    one,
    principal_named,
    show,
)


def _open_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("number", metavar="NUMBER")
    parser.add_argument("--kind", required=True, choices=SubjectRequest.Kind.values)
    parser.add_argument("--channel", required=True, choices=SubjectRequest.Channel.values)
    parser.add_argument(
        "--principal", default="", metavar="NAME", help="默认全部 / all by default"
    )
    by_argument(parser)


def _open(options: Options, now: datetime) -> Told:
    request = subject_request_open(
        number=number_of(options["number"]),
        kind=options["kind"],
        channel=options["channel"],
        principal=principal_named(options["principal"]) if options["principal"] else None,
        actor=f"u:{account(options['by']).pk}",
        now=now,
    )
    return _told(request)


def _told(request: SubjectRequest) -> Told:
    return {
        "request": request.pk,
        "kind": request.kind,
        "number": request.person.masked,
        "escalate_on": request.escalate_on.isoformat(),
        "due_on": request.due_on.isoformat(),
        "refusal": request.refusal_id,
    }


def _with_document(parser: ArgumentParser) -> None:
    _with_note(parser)
    document_arguments(parser)


def _with_note(parser: ArgumentParser) -> None:
    parser.add_argument("request", type=int, metavar="ID")
    parser.add_argument("--note", default="")
    by_argument(parser)


def _step(kind: str, *, document: bool) -> Callable[[Options, datetime], Told]:
    def run(options: Options, now: datetime) -> Told:
        request = one(SubjectRequest, pk=options["request"])
        event = subject_request_step(
            request=request,
            kind=kind,
            by=account(options["by"]),
            note=options["note"],
            sha256=document_digest(options) if document else "",
            now=now,
        )
        return {**_told(request), "step": event.kind, "sha256": event.sha256}

    return run


def _waiting() -> QuerySet[SubjectRequest]:
    return unanswered().order_by("due_on", "pk")


class Command(VerbCommand):
    """Open, identify, note, answer or decline a request; show those that wait."""

    help = "个人权利请求 / Requests of persons about their data"
    refusals = MappingProxyType(
        {
            SubjectRequestStepError: "此步骤不由此人办理，或请求现状不允许",
        }
    )
    verbs = (
        Verb(name="open", help="受理 / take in", arguments=_open_arguments, run=_open),
        Verb(
            name="identify",
            help="核验身份 / the proof of who asks",
            arguments=_with_document,
            run=_step("identified", document=True),
        ),
        Verb(
            name="note",
            help="备注 / note",
            arguments=_with_note,
            run=_step("noted", document=False),
        ),
        Verb(
            name="answer",
            help="答复 / answer",
            arguments=_with_document,
            run=_step("answered", document=True),
        ),
        Verb(
            name="decline",
            help="不予办理，须注明理由 / decline, with a reason",
            arguments=_with_note,
            run=_step("declined", document=False),
        ),
        show("unanswered", _waiting, _told, help="未答复 / unanswered", shows_people=True),
    )
