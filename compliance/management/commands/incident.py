"""manage.py incident: a breach of data, from the playbook to its end."""

from argparse import ArgumentParser
from datetime import datetime
from types import MappingProxyType

from compliance.models import Incident, IncidentEvent
from compliance.services.incident import (
    IncidentStepError,
    NotASecondPersonError,
    incident_open,
    incident_step,
    playbook_record,
)
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    by_argument,
    day_argument,
    document_arguments,
    document_digest,
    one,
    two_people_arguments,
)


def _playbook_arguments(parser: ArgumentParser) -> None:
    day_argument(parser, "--rehearsed")
    document_arguments(parser)
    two_people_arguments(parser)


def _playbook(options: Options, now: datetime) -> Told:
    playbook = playbook_record(
        document_sha256=document_digest(options),
        rehearsed_on=options["rehearsed"],
        author=account(options["author"]),
        approver=account(options["approver"]),
        now=now,
    )
    return {"playbook": playbook.pk, "review_on": playbook.review_on.isoformat()}


def _open_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--kind", required=True, choices=Incident.Kind.values)
    parser.add_argument("--summary", required=True, help="经过，不写号码 / what happened")
    parser.add_argument("--data", required=True, help="涉及的数据 / which kinds of data")
    parser.add_argument("--persons", type=int, help="人数；不明可不写 / how many people, if known")
    parser.add_argument(
        "--noticed", type=datetime.fromisoformat, metavar="ISO", help="发现时刻 / when noticed"
    )
    by_argument(parser)


def _open(options: Options, now: datetime) -> Told:
    noticed = options["noticed"] or now
    incident = incident_open(
        kind=options["kind"],
        summary=options["summary"],
        data_kinds=options["data"],
        persons=options["persons"],
        noticed_at=noticed if noticed.tzinfo else noticed.astimezone(),
        actor=f"u:{account(options['by']).pk}",
        now=now,
    )
    return {
        "incident": incident.pk,
        "contain_by": incident.contain_by.isoformat(),
        "report_by": incident.report_by.isoformat(),
        "notify_by": incident.notify_by.isoformat(),
    }


def _step_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("incident", type=int, metavar="ID")
    parser.add_argument("kind", choices=IncidentEvent.Kind.values)
    parser.add_argument("--note", default="")
    parser.add_argument("--sha256", default="", help="报告或告知 / of the report or notice")
    parser.add_argument(
        "--approver", default="", metavar="USERNAME", help="第二人 / second person"
    )
    by_argument(parser)


def _step(options: Options, now: datetime) -> Told:
    incident = one(Incident, pk=options["incident"])
    incident_step(
        incident=incident,
        kind=options["kind"],
        by=account(options["by"]),
        approver=account(options["approver"]) if options["approver"] else None,
        note=options["note"],
        sha256=options["sha256"],
        now=now,
    )
    done = list(incident.events.order_by("pk").values_list("kind", flat=True))
    return {"incident": incident.pk, "steps": done, "closed": "closed" in done}


class Command(VerbCommand):
    """Record the playbook, open an incident, take a step."""

    help = "泄露处置 / Breaches of data"
    refusals = MappingProxyType(
        {
            IncidentStepError: "此步骤不由此人办理，或事件现状不允许",
            NotASecondPersonError: "预案须由另一名合规人员批准",
        }
    )
    verbs = (
        Verb(
            name="playbook",
            help="登记处置预案 / the playbook",
            arguments=_playbook_arguments,
            run=_playbook,
        ),
        Verb(name="open", help="登记事件 / open", arguments=_open_arguments, run=_open),
        Verb(name="step", help="处置步骤 / take a step", arguments=_step_arguments, run=_step),
    )
