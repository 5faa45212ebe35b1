"""manage.py consent_form: have the text reviewed under which people agree, or retire one."""

from argparse import ArgumentParser
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from django.db.models import QuerySet

from compliance.models import ConsentForm
from compliance.models.words import Purpose
from compliance.services.consent_form_approve import (
    ConsentFormRefusedError,
    FormReview,
    NotAReviewerError,
    consent_form_approve,
    consent_form_retire,
)
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    by_argument,
    one,
    principal_named,
    read_bytes,
    show,
    two_people_arguments,
)

POINTS = tuple(field.name for field in fields(FormReview))


def _approve_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="同意书文本 / the text shown")
    parser.add_argument("--principal", required=True, metavar="NAME")
    parser.add_argument("--purpose", action="append", required=True, choices=Purpose.values)
    parser.add_argument(
        "--found",
        action="append",
        default=[],
        choices=POINTS,
        help="审核确认的要点，逐项写 / each point that the reviewer found",
    )
    two_people_arguments(parser)


def _approve(options: Options, now: datetime) -> Told:
    form = consent_form_approve(
        principal=principal_named(options["principal"]),
        purposes=options["purpose"],
        text=read_bytes(options["file"]).decode("utf-8-sig"),
        review=FormReview(**{point: point in options["found"] for point in POINTS}),
        author=account(options["author"]),
        approver=account(options["approver"]),
        now=now,
    )
    return _told(form)


def _told(form: ConsentForm) -> Told:
    return {
        "form": form.pk,
        "principal": form.principal.name,
        "purposes": list(form.purposes),
        "sha256": form.text_sha256,
        "stands": form.retired_at is None,
    }


def _retire_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("form", type=int, metavar="ID")
    by_argument(parser)


def _retire(options: Options, now: datetime) -> Told:
    form = one(ConsentForm, pk=options["form"])
    consent_form_retire(form=form, actor=f"u:{account(options['by']).pk}", now=now)
    form.refresh_from_db()
    return _told(form)


def _in_use() -> QuerySet[ConsentForm]:
    return ConsentForm.objects.filter(retired_at=None).select_related("principal").order_by("pk")


class Command(VerbCommand):
    """Approve, retire or show consent forms."""

    help = "同意书模板 / Consent forms"
    refusals = MappingProxyType(
        {
            ConsentFormRefusedError: "同意书缺少必备要素",
            NotAReviewerError: "同意书须由另一名合规员或管理员批准",
            UnicodeDecodeError: "文件不是 UTF-8 文本",
        }
    )
    verbs = (
        Verb(name="approve", help="审核 / review", arguments=_approve_arguments, run=_approve),
        Verb(name="retire", help="停用 / retire", arguments=_retire_arguments, run=_retire),
        show("forms", _in_use, _told),
    )
