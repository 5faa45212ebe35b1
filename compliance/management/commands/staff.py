"""manage.py staff: who the people in the seats are, what they passed, and what they may not do."""

from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from django.core.management.base import CommandError
from django.db.models import Count, Max

from compliance.models import ConductTarget, StaffRecord, User
from compliance.numbers import Words
from compliance.selectors.clock_due import Due, local_day
from compliance.selectors.clock_numbers import place_clocks
from compliance.services.staff_record import (
    LeftAlreadyError,
    sanction_point_add,
    staff_leave,
    staff_record,
    training_record,
)
from compliance.services.target_declare import TargetRefusedError, target_declare
from compliance.verbs import (
    NOT_UNDERSTOOD,
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    actor_of,
    by_argument,
    day_argument,
    document_arguments,
    document_digest,
    due,
    nothing_more,
    one,
    read_bytes,
)

NOT_ONE_LINE = Words(
    "证件号码文件须恰有一行：{path}。", "The identity file has exactly one line: {path}."
)


def _agent_argument(parser: ArgumentParser) -> None:
    parser.add_argument("agent", metavar="USERNAME")
    by_argument(parser)


def _record_arguments(parser: ArgumentParser) -> None:
    _agent_argument(parser)
    parser.add_argument(
        "--identity",
        type=Path,
        required=True,
        metavar="PATH",
        help="只有一行证件号码的文件 / a file, so that no history keeps the number",
    )
    document_arguments(parser)


def _record(options: Options, now: datetime) -> Told:
    agent = account(options["agent"])
    row = staff_record(
        agent=agent,
        real_name=agent.real_name,
        identity_number=_identity(options["identity"]),
        document_sha256=document_digest(options),
        verified_by=account(options["by"]),
        now=now,
    )
    return {"staff": agent.username, "sha256": row.document_sha256}


def _identity(path: Path) -> str:
    lines = read_bytes(path).decode("utf-8-sig").split()
    if len(lines) != 1:
        raise CommandError(str(NOT_ONE_LINE.filled(path=path)), returncode=NOT_UNDERSTOOD)
    return lines[0]


def _train_arguments(parser: ArgumentParser) -> None:
    _agent_argument(parser)
    parser.add_argument("--course", required=True)
    day_argument(parser, "--passed")
    document_arguments(parser)


def _train(options: Options, now: datetime) -> Told:
    training = training_record(
        agent=account(options["agent"]),
        course=options["course"],
        passed_on=options["passed"],
        certificate_sha256=document_digest(options),
        examiner=account(options["by"]),
        now=now,
    )
    return {"training": training.pk, "passed": training.passed_on.isoformat()}


def _sanction_arguments(parser: ArgumentParser) -> None:
    _agent_argument(parser)
    parser.add_argument("--breach", required=True, help="规则编号或案号 / rule or case")
    parser.add_argument("--evidence", required=True)


def _sanction(options: Options, now: datetime) -> Told:
    agent = one(User, username=options["agent"])
    sanction_point_add(
        agent=agent,
        breach=options["breach"],
        evidence=options["evidence"],
        actor=actor_of(options),
        now=now,
    )
    return {"staff": agent.username, "points": agent.sanction_points.count()}


def _leave_arguments(parser: ArgumentParser) -> None:
    _agent_argument(parser)
    day_argument(parser, "--on")


def _leave(options: Options, now: datetime) -> Told:
    row = one(StaffRecord, agent=one(User, username=options["agent"]))
    staff_leave(staff=row, left_on=options["on"], actor=actor_of(options), now=now)
    return {"staff": options["agent"], "left_on": options["on"].isoformat()}


def _target_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("kind", metavar="KIND", help=", ".join(ConductTarget.Kind.values))
    parser.add_argument("--percent", type=int, required=True)
    by_argument(parser)


def _target(options: Options, now: datetime) -> Told:
    target = target_declare(
        kind=options["kind"],
        percent=options["percent"],
        declared_by=account(options["by"]),
        now=now,
    )
    return {"target": target.kind, "percent": target.percent}


def _show(_: Options, now: datetime) -> Told:
    del now
    people = User.objects.filter(staff_record__isnull=False).select_related("staff_record")
    told = people.annotate(
        passed=Max("trainings__passed_on"), points=Count("sanction_points", distinct=True)
    )
    return {
        "staff": [
            {
                "agent": one.username,
                "passed": one.passed.isoformat() if one.passed else None,
                "points": one.points,
                "left": one.staff_record.left_on is not None,
            }
            for one in told.order_by("pk")
        ],
        "targets": [
            {"target": one.kind, "percent": one.percent}
            for one in ConductTarget.objects.order_by("kind")
        ],
    }


def _clocks(now: datetime) -> Iterable[Due]:
    found = place_clocks(today=local_day(now), now=now)
    return (one for one in found if one.clock == "training")


class Command(VerbCommand):
    """Record staff, training, sanctions and targets."""

    help = "员工实名、培训与考核指标 / Staff, training, targets"
    refusals = MappingProxyType(
        {
            LeftAlreadyError: "该员工已离岗",
            TargetRefusedError: "不得以呼叫量、成交或验证码设定考核指标",
            UnicodeDecodeError: "文件不是 UTF-8 文本",
        }
    )
    verbs = (
        Verb(name="record", help="实名登记 / record", arguments=_record_arguments, run=_record),
        Verb(name="train", help="培训合格 / passed", arguments=_train_arguments, run=_train),
        Verb(name="sanction", help="记分 / a point", arguments=_sanction_arguments, run=_sanction),
        Verb(name="leave", help="离岗 / left", arguments=_leave_arguments, run=_leave),
        Verb(name="target", help="考核指标 / target", arguments=_target_arguments, run=_target),
        Verb(
            name="show",
            help="查看 / show",
            arguments=nothing_more,
            run=_show,
            shows_people=True,
        ),
        due(_clocks),
    )
