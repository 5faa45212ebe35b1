"""manage.py compliance_audit record: a finished audit; the next falls due in a year."""

from argparse import ArgumentParser
from datetime import datetime
from types import MappingProxyType

from compliance.models import ComplianceAudit
from compliance.services.compliance_audit_record import (
    AuditNotSecondPersonError,
    compliance_audit_record,
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
    two_people_arguments,
)


def _record_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--kind", required=True, choices=ComplianceAudit.Kind.values)
    parser.add_argument("--auditor", required=True)
    day_argument(parser, "--first", "--last", "--finished")
    parser.add_argument("--findings", type=int, required=True, help="待整改项 / to be put right")
    document_arguments(parser)
    two_people_arguments(parser)


def _record(options: Options, now: datetime) -> Told:
    row = compliance_audit_record(
        kind=options["kind"],
        auditor=options["auditor"],
        covers_from=options["first"],
        covers_until=options["last"],
        finished_on=options["finished"],
        report_sha256=document_digest(options),
        findings=options["findings"],
        author=account(options["author"]),
        approver=account(options["approver"]),
        now=now,
    )
    return {"audit": row.pk, "finished": row.finished_on.isoformat(), "findings": row.findings}


class Command(VerbCommand):
    """Record an audit."""

    help = "个人信息保护合规审计 / Audits of how personal information is handled"
    refusals = MappingProxyType(
        {
            AuditNotSecondPersonError: "审计报告须由另一名合规员或管理员批准",
        }
    )
    verbs = (Verb(name="record", help="登记 / record", arguments=_record_arguments, run=_record),)
