"""manage.py audit_export: hand out part of the audit trail as a bundle that proves itself."""

import json
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import make_aware

from audit.exports.export import FORMATS, Export, FolderTakenError, audit_export
from audit.exports.sealed_entries import EntryGoneError
from audit.exports.selection import (
    NothingSelectedError,
    Selection,
    between,
    mentioning,
    span,
    whole,
)
from audit.proofs import NotSealedError, newest_checkpoint
from audit.sealed_text import SealBrokenError
from audit.stored_tiles import TileMissingError
from compliance import clock
from compliance.denials import DeniedError, denial_record
from compliance.models import Complaint, User
from compliance.numbers import NumberProblem, Words, normalise
from compliance.selectors.complaints import READERS
from compliance.services.complaint_step import ComplaintStepError, complaint_seen_by
from compliance.services.person_for_number import known_person
from dialer.models import Campaign
from dialer.trail_mentions import mentions_of_campaign, mentions_of_complaint, mentions_of_person

NO_ACCOUNT = Words("没有账号 {username}。", "There is no account {username}.")
REFUSED = Words(
    "该账号无权导出；披露个人信息仅限合规专员。",
    "This account may not export; compliance alone may disclose personal data.",
)
NOT_MADE = Words("未导出：{why}", "Not exported: {why}")
UNKNOWN = Words("没有这样的记录。", "There is nothing like that on record.")
RANGE = Words("请写 all 或 起-止，如 0-100。", "Write all or LO-HI, such as 0-100.")
MADE = Words(
    "已导出 {count} 条到 {folder}，检查点 {size} 条，SHA-256 {sha256}",
    "Exported {count} entries to {folder}, checkpoint of {size}, SHA-256 {sha256}",
)
Row = TypeVar("Row")
_SPAN = re.compile(r"([0-9]{1,18})-([0-9]{1,18})", re.ASCII)


class ExportDeniedError(DeniedError):
    """The account may not hand out the trail, or not the personal data in it."""


class Command(BaseCommand):
    """Export a range or a selection."""

    help = "导出审计证据包 / Export the audit trail as a bundle that proves itself"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to export, who asks, and where it goes."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--range", metavar="all|LO-HI", help="连续区间 / an unbroken range")
        what.add_argument("--day", type=date.fromisoformat, help="某日（北京时间）/ a day's range")
        what.add_argument("--number", help="有关某号码 / what is about a number")
        what.add_argument("--campaign", type=int, metavar="ID", help="外呼任务 / a campaign")
        what.add_argument("--complaint", type=int, metavar="ID", help="投诉 / a complaint")
        parser.add_argument("--out", required=True, type=Path, metavar="DIR")
        parser.add_argument("--by", metavar="USERNAME", help="经手人 / the account that asks")
        parser.add_argument(
            "--disclose",
            action="store_true",
            help="含个人信息，仅限合规 / with personal data; compliance only, recorded",
        )
        parser.add_argument("--format", default="jsonl", help=", ".join(FORMATS))
        parser.add_argument("--held", type=int, action="append", default=[], metavar="SIZE")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Write the bundle."""
        now = clock.read()
        formats = options["format"].split(",")
        if unknown := set(formats) - set(FORMATS):
            raise CommandError(f"--format: {', '.join(sorted(unknown))}?", returncode=2)
        by = _account(options["by"])
        actor = f"u:{by.pk}" if by else "svc:command"
        try:
            _check_may(by, disclose=options["disclose"])
            signed = newest_checkpoint()
            made = audit_export(
                selection=_selection(options, size=signed.size, by=by, now=now),
                signed=signed,
                out=options["out"],
                disclose=options["disclose"],
                formats=formats,
                held=options["held"],
                actor=actor,
                now=now,
            )
        except DeniedError as error:
            denial_record(obj="command:audit_export", actor=actor, now=now, error=error)
            raise CommandError(str(REFUSED), returncode=4) from error
        except ComplaintStepError as error:  # on the record already
            raise CommandError(str(REFUSED), returncode=4) from error
        except (
            *(EntryGoneError, FolderTakenError, NothingSelectedError, NotSealedError),
            *(TileMissingError, SealBrokenError, OSError),
        ) as error:
            raise CommandError(str(NOT_MADE.filled(why=error)), returncode=1) from error
        said = _said(made)
        told = MADE.filled(**{name: said[name] for name in ("count", "folder", "size", "sha256")})
        self.stdout.write(json.dumps(said) if options["json"] else str(told))


def _account(username: str | None) -> User | None:
    if username is None:
        return None
    found = User.objects.filter(username=username).first()
    if found is None:
        raise CommandError(str(NO_ACCOUNT.filled(username=username)), returncode=2)
    return found


def _check_may(by: User | None, *, disclose: bool) -> None:
    """Refuse accounts that do not read such records; nobody discloses anonymously."""
    if by is not None and (by.role not in READERS or not by.is_active):
        raise ExportDeniedError
    if disclose and (by is None or by.role != User.Role.COMPLIANCE):
        raise ExportDeniedError


def _selection(options: dict[str, Any], *, size: int, by: User | None, now: datetime) -> Selection:
    if options["range"]:
        return _range(options["range"], size=size)
    if options["day"]:
        begin = make_aware(datetime.combine(options["day"], datetime.min.time()))
        about = f"day:{options['day'].isoformat()}"
        return between(since=begin, until=begin + timedelta(days=1), about=about, size=size)
    if options["campaign"]:
        campaign = Campaign.objects.filter(pk=options["campaign"]).first()
        return mentioning(mentions_of_campaign(_known(campaign)), size=size)
    if options["complaint"]:
        complaint = _complaint(options["complaint"], by=by, now=now)
        return mentioning(mentions_of_complaint(complaint), size=size)
    return _number(options["number"], size=size)


def _range(text: str, *, size: int) -> Selection:
    if text == "all":
        return whole(size=size)
    found = _SPAN.fullmatch(text)
    if found is None:
        raise CommandError(str(RANGE), returncode=2)
    return span(lo=int(found[1]), hi=int(found[2]), size=size)


def _complaint(case: int, *, by: User | None, now: datetime) -> Complaint:
    if by is not None:  # somebody with a part in the case does not see it
        return complaint_seen_by(complaint_id=case, user=by, now=now)
    return _known(Complaint.objects.filter(pk=case).first())


def _number(text: str, *, size: int) -> Selection:
    try:
        person = known_person(number=normalise(text))
    except NumberProblem as problem:
        raise CommandError(str(problem.words), returncode=2) from problem
    return mentioning(mentions_of_person(_known(person)), size=size)


def _known(row: Row | None) -> Row:
    if row is None:
        raise CommandError(str(UNKNOWN), returncode=3)
    return row


def _said(made: Export) -> dict[str, object]:
    return {
        "folder": str(made.folder),
        "kind": made.selection.kind,
        "about": made.selection.about,
        "lo": made.selection.lo,
        "hi": made.selection.hi,
        "count": made.written.count,
        "size": made.signed.size,
        "root": made.signed.checkpoint.root.hex(),
        "sha256": made.written.sha256,
        "disclosed_fields": made.written.disclosed,
    }
