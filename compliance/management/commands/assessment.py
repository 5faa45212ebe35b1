"""manage.py assessment: record an impact assessment, without which no list is taken."""

from argparse import ArgumentParser
from datetime import datetime
from types import MappingProxyType

from compliance.models.words import ListSource
from compliance.services.assessment_record import (
    AssessmentNotSecondPersonError,
    assessment_record,
)
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    day_argument,
    document_arguments,
    document_digest,
    principal_named,
    two_people_arguments,
)


def _record_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--principal", required=True, metavar="NAME")
    parser.add_argument("--source", action="append", required=True, choices=ListSource.values)
    parser.add_argument("--automated", action="store_true", help="含自动化决策 / covers it")
    parser.add_argument("--entrusted", action="store_true", help="含委托处理 / covers it")
    day_argument(parser, "--assessed")
    document_arguments(parser)
    two_people_arguments(parser)


def _record(options: Options, now: datetime) -> Told:
    row = assessment_record(
        principal=principal_named(options["principal"]),
        sources=options["source"],
        automated_decisions=options["automated"],
        entrusted_processing=options["entrusted"],
        document_sha256=document_digest(options),
        assessed_on=options["assessed"],
        author=account(options["author"]),
        approver=account(options["approver"]),
        now=now,
    )
    return {
        "assessment": row.pk,
        "sources": list(row.sources),
        "keep_until": row.keep_until.isoformat(),
    }


class Command(VerbCommand):
    """Record an assessment."""

    help = "个人信息保护影响评估 / Impact assessments"
    refusals = MappingProxyType(
        {
            AssessmentNotSecondPersonError: "评估须由另一名合规员或管理员批准",
        }
    )
    verbs = (Verb(name="record", help="登记 / record", arguments=_record_arguments, run=_record),)
