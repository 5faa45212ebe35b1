"""manage.py reconcile: hold the permits, the line's count and a witness against one another."""

import hashlib
import json
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.lists.moments import LOCAL
from compliance.numbers import Words, mask
from dialer.reconcile.comparison import Span, Unmatched
from dialer.reconcile.run import TOLERANCE, Reconciliation, carriers, reconcile
from dialer.reconcile.witness_capture import read_capture
from dialer.reconcile.witness_csv import Witness, WitnessError, read_records
from dialer.reconcile.witness_edge import edge_witness, read_edge_log
from dialer.services.reconciliation_record import Recorded, reconciliation_record

UNEQUAL, UNUSABLE = 1, 2
BAD_MOMENT = Words(
    "{value}：请写日期（如 2026-11-22，北京时间）或带时区的 ISO 8601 时间。",
    "{value}: write a day such as 2026-11-22 (Beijing time) or an ISO 8601 instant with its zone.",
)
BACKWARDS = Words("--from 须早于 --to。", "--from has to be before --to.")
NAMES = {
    "permits": Words("已用许可", "permits redeemed"),
    "line": Words("线路发出", "sent by the line"),
    "carrier_cdr": Words("运营商话单", "the carrier's records"),
    "capture": Words("抓包", "the capture"),
    "edge": Words("边界日志", "the edge's log"),
}
ODD_ONE = Words(
    "{at} {caller} → {callee}：有 {side}，无 {missing}",
    "{at} {caller} → {callee}: counted by {side}, not by {missing}",
)
EQUAL = Words("逐通一致。", "All counts agree, call by call.")
ALONE = Words("没有独立见证，仅核对许可与线路。", "No witness: permits and line only.")
STOPPED = Words(
    "发现没有许可的 INVITE：已立案（事件 {incident}），全平台停呼（开关 {switch}）。",
    "INVITEs without a permit: incident {incident} is open, and kill switch {switch} stops the "
    "platform until people have found out why.",
)
KNOWN = Words(
    "没有许可的 INVITE 此前已立案，不再重复停呼。",
    "The INVITEs without a permit are on record already; nothing is stopped a second time.",
)


class Command(BaseCommand):
    """Reconcile a span of time; 0: equal, 1: something is unmatched, 2: it cannot be done."""

    help = "核对许可、线路计数与见证 / Hold permits, the line's count and a witness together"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the span, the witnesses, how far clocks may differ, and the form of the answer."""
        said = "日期（当日零点）或时间 / a day (its beginning), or an instant"
        parser.add_argument("--from", dest="since", required=True, metavar="WHEN", help=said)
        parser.add_argument("--to", dest="until", required=True, metavar="WHEN", help=said)
        parser.add_argument(
            "--carrier-cdr", type=Path, metavar="FILE",
            help="运营商话单 CSV / the carrier's call records, CSV",
        )  # fmt: skip
        parser.add_argument(
            "--pcap", type=Path, metavar="FILE", help="抓包 / a capture, pcap or pcapng"
        )
        parser.add_argument(
            "--edge-log", type=Path, metavar="FILE",
            help="边界日志 / the edge's log: redis-cli --json XRANGE yunhu:edge:log - +",
        )  # fmt: skip
        parser.add_argument(
            "--tolerance", type=float, default=TOLERANCE.total_seconds(), metavar="SECONDS",
            help="时钟差容限（秒） / how far two clocks may differ",
        )  # fmt: skip
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Read, compare, record, say."""
        span = Span(since=_moment(options["since"]), until=_moment(options["until"]))
        if span.since >= span.until:
            raise CommandError(str(BACKWARDS), returncode=UNUSABLE)
        made = reconcile(
            span=span,
            witnesses=[
                *_witnesses(options["carrier_cdr"], options["pcap"]),
                *_edge(options["edge_log"], span),
            ],
            tolerance=timedelta(seconds=max(0.0, options["tolerance"])),
        )
        done = reconciliation_record(made=made, actor="svc:reconcile", now=clock.read())
        for line in _sentences(made, done):
            self.stdout.write(line)
        if options["json"]:
            self.stdout.write(json.dumps(_report(made, done), ensure_ascii=False))
        if made.found.unmatched:
            sys.exit(UNEQUAL)


def _moment(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), LOCAL).astimezone(UTC)
    except ValueError:
        return _instant(text)


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = datetime.min  # noqa: DTZ901 - has no zone, as it should not
    if at.tzinfo is None:
        raise CommandError(str(BAD_MOMENT.filled(value=repr(text))), returncode=UNUSABLE)
    return at.astimezone(UTC)


def _witnesses(records: Path | None, capture: Path | None) -> list[Witness]:
    if records is None and capture is None and settings.CARRIER_RECORDS:
        records = Path(settings.CARRIER_RECORDS)
    try:
        found = [] if records is None else [read_records(records)]
        return found + ([] if capture is None else [read_capture(capture, carriers=carriers())])
    except WitnessError as error:
        raise CommandError(str(error.words), returncode=UNUSABLE) from error


def _edge(log: Path | None, span: Span) -> list[Witness]:
    """Return the edge as a witness: by the file, else by what was taken over of its log."""
    try:
        found = edge_witness(span.widened(TOLERANCE)) if log is None else read_edge_log(log)
    except WitnessError as error:
        raise CommandError(str(error.words), returncode=UNUSABLE) from error
    return [] if found is None else [found]


def _sentences(made: Reconciliation, done: Recorded) -> list[str]:
    found = made.found
    counts = found.counts.items()
    lines = [f"{NAMES[name].zh} {n} · {NAMES[name].en}: {n}" for name, n in counts]
    lines += [_sentence(one) for one in found.unmatched]
    if not made.witnesses:
        lines.append(str(ALONE))
    if not found.unmatched:
        lines.append(str(EQUAL))
    if done.switch and done.incident:
        lines.append(str(STOPPED.filled(incident=done.incident.pk, switch=done.switch.pk)))
    elif found.unpermitted:
        lines.append(str(KNOWN))
    return lines


def _sentence(one: Unmatched) -> str:
    known = {
        "at": one.seen.at.astimezone(LOCAL).isoformat(timespec="milliseconds"),
        "caller": mask(one.seen.caller),
        "callee": mask(one.seen.callee),
    }
    side, missing = NAMES[one.side], [NAMES[name] for name in one.missing]
    zh = ODD_ONE.zh.format(side=side.zh, missing="、".join(name.zh for name in missing), **known)
    en = ODD_ONE.en.format(side=side.en, missing=", ".join(name.en for name in missing), **known)
    return f"{zh} / {en}"


def _report(made: Reconciliation, done: Recorded) -> dict[str, Any]:
    found = made.found
    return {
        "from": made.span.since.isoformat(),
        "to": made.span.until.isoformat(),
        "tolerance_s": made.tolerance.total_seconds(),
        "permits_redeemed": found.counts["permits"],
        "invites_sent": found.counts["line"],
        "witnesses": [
            {"kind": one.kind, "sha256": one.sha256, "invites": found.counts[one.kind]}
            for one in made.witnesses
        ],
        "unmatched": [_row(one) for one in found.unmatched],
        "unpermitted": len(found.unpermitted),
        "incident": done.incident.pk if done.incident else None,
        "kill_switch": done.switch.pk if done.switch else None,
    }


def _row(one: Unmatched) -> dict[str, Any]:
    seen = one.seen
    digest = hashlib.sha256(seen.call_id.encode()).hexdigest()
    return {
        "counted_by": one.side,
        "missing_from": list(one.missing),
        "at": seen.at.astimezone(UTC).isoformat(),
        "callee": mask(seen.callee),
        "caller": mask(seen.caller),
        "call_id_sha256": digest if seen.call_id else "",
        "permit": one.permit,
        "disguised": seen.disguised,
    }
