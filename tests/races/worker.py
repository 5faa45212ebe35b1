"""The processes of a race: each does what every line on a pipe of its own tells it.

It is given the same database and keys as the test run, and answers one line of JSON a command.
`without` names the safeguards that a broken twin of ours would lack; they exist in this file only.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from django.db import Error as DatabaseError  # noqa: E402
from django.db import connection, connections  # noqa: E402

from audit.uuid7 import uuid7  # noqa: E402
from compliance import gate, locks, redemption  # noqa: E402
from compliance.models import Permit, Principal  # noqa: E402
from compliance.services import refusal_record as refusals  # noqa: E402
from compliance.services.permit_close import permit_close  # noqa: E402
from dialer.lines.base import CallRequest  # noqa: E402
from dialer.lines.fake import FakeLine  # noqa: E402

ACTOR = "svc:race"
PROBE = redemption._SPEND.partition("   AND NOT EXISTS (SELECT 1 FROM compliance_refusal")
BLIND_SPEND = (
    PROBE[0] + PROBE[2][PROBE[2].index("   AND NOT EXISTS (SELECT 1 FROM compliance_kill") :]
)
Command = dict[str, Any]


def nothing(*_: object, **__: object) -> list[Any]:
    """Stand where a safeguard stood."""
    return []


def safeguards() -> dict[str, list[tuple[Any, str, Any]]]:
    """Return what each missing safeguard is: where it is looked up, and what takes its place."""
    # A lock whose key no other process knows holds nobody off.
    own_keys = (8 << 56) + (os.getpid() << 20)
    return {
        "seat_lock": [(locks, "SEAT", own_keys)],
        "number_lock": [(locks, "NUMBER", own_keys + (1 << 40))],
        "caps_lock": [(locks, "CAPS", own_keys + (2 << 40))],
        "voiding": [(refusals, "permits_void", nothing)],
        "probe": [(redemption, "_SPEND", BLIND_SPEND)],
        "number_held": [(locks, "number_held", lambda _: nullcontext())],
        "refusal_lock": [(refusals, "lock_number", nothing)],
    }


@contextmanager
def missing(names: list[str]) -> Iterator[None]:
    """Take safeguards away for one command."""
    known = safeguards()
    changes = [change for name in names for change in known[name]]
    before = [(place, name, getattr(place, name)) for place, name, _ in changes]
    for place, name, instead in changes:
        setattr(place, name, instead)
    try:
        yield
    finally:
        for place, name, original in before:
            setattr(place, name, original)


def request(command: Command) -> dict[str, Any]:
    """Ask the gate; with `finish`, let the permit be over at once: void, and counted."""
    now = datetime.fromisoformat(command["now"])
    answer = gate.permit_request(
        filing_id=command["filing"],
        person_id=command["person"],
        seat_id=command["seat"],
        request=uuid7(now),
        origin="progressive",
        actor=ACTOR,
        now=now,
    )
    if isinstance(answer, gate.PermitRefusal):
        return {"refused": list(answer.rules)}
    if command.get("finish"):
        Permit.objects.filter(pk=answer.pk).update(state=Permit.State.VOID, void_reason="race")
    return {"permit": str(answer.pk)}


def redeem(command: Command) -> dict[str, Any]:
    """Spend a permit as a line process does."""
    try:
        spent = redemption.redeem(
            permit_id=UUID(command["permit"]),
            trunk_id=command["trunk"],
            actor=ACTOR,
            now=datetime.fromisoformat(command["now"]),
        )
    except redemption.PermitUnusableError:
        return {"spent": False}
    return {"spent": True, "callee": spent.callee}


def redeem_naively(command: Command) -> dict[str, Any]:
    """Read, then write: the redemption that everybody writes first."""
    permit = Permit.objects.get(pk=command["permit"])
    if permit.state != Permit.State.ISSUED:
        return {"spent": False}
    permit.state = Permit.State.REDEEMED
    permit.redeemed_at = datetime.fromisoformat(command["now"])
    permit.save()
    return {"spent": True}


LINE = FakeLine(lambda _: [])


def dial(command: Command) -> dict[str, Any]:
    """Place a call as the line process does, and look, at the INVITE, who had said no by then.

    `line_seconds` is how long the line takes from the redemption to the INVITE.
    """
    permit_id = UUID(command["permit"])
    try:
        with locks.number_held(redemption.callee_of(permit_id)):
            spent = redemption.redeem(
                permit_id=permit_id,
                trunk_id=command["trunk"],
                actor=ACTOR,
                now=datetime.fromisoformat(command["now"]),
            )
            wait(command.get("line_seconds", 0))
            LINE.originate(
                CallRequest(
                    permit_id=str(permit_id),
                    callee=spent.callee,
                    caller_number=spent.caller_number,
                ),
                lambda _: None,
            )
            refused = refused_by_now(spent.person_id)
    except redemption.PermitUnusableError:
        return {"invited": False}
    LINE.calls.pop()
    return {"invited": True, "refused": refused}


def wait(seconds: float) -> None:
    """Be busy elsewhere."""
    if seconds:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(%s)", [seconds])


def refused_by_now(person_id: int) -> bool:
    """Return whether anybody who looks sees a refusal of the person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM compliance_refusal WHERE person_id = %s)", [person_id]
        )
        return bool(cursor.fetchone()[0])


def refuse(command: Command) -> dict[str, Any]:
    """Take down the person's no, a moment later."""
    wait(command.get("wait_seconds", 0))
    refusals.refusal_record(
        person_id=command["person"],
        principal=Principal.objects.get(pk=command["principal"]),
        source="web",
        evidence="public page",
        actor="public:web",
        now=datetime.fromisoformat(command["now"]),
    )
    return {"recorded": True}


def close(command: Command) -> dict[str, Any]:
    """End a call that is up."""
    now = datetime.fromisoformat(command["now"])
    permit_close(
        permit_id=UUID(command["permit"]), result="no_answer", talk_seconds=0, ended_at=now
    )
    return {"closed": True}


def hello(_: Command) -> dict[str, Any]:
    """Connect; what a race shows is who sees what, not what a power cut leaves."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    return {"ready": True}


def goodbye(_: Command) -> dict[str, Any]:
    """Let go of the database, so that it can be emptied or dropped."""
    connections.close_all()
    return {"gone": True}


COMMANDS: dict[str, Callable[[Command], dict[str, Any]]] = {
    function.__name__: function
    for function in (request, redeem, redeem_naively, dial, refuse, close, hello, goodbye)
}


def serve(*, commands: int, answers: int) -> None:
    """Do what is told on one pipe and answer on the other, until no more is told."""
    with os.fdopen(commands) as told, os.fdopen(answers, "w") as answering:
        for line in told:
            command = json.loads(line)
            with ExitStack() as stack:
                stack.enter_context(missing(command.get("without", [])))
                try:
                    answer = COMMANDS[command["do"]](command)
                except DatabaseError as error:
                    answer = {"error": type(error).__name__, "text": str(error)[:200]}
            answering.write(json.dumps(answer) + "\n")
            answering.flush()


def main(ends: Sequence[int]) -> None:
    """Fork a worker for each two ends: what they import is imported once for all of them."""
    for place in range(0, len(ends), 2):
        if os.fork() == 0:
            commands, answers = ends[place : place + 2]
            for end in {*ends} - {commands, answers}:  # the others' talk ends without this one
                os.close(end)
            serve(commands=commands, answers=answers)
            os._exit(0)
    for end in ends:
        os.close(end)
    with suppress(ChildProcessError):
        while True:
            os.wait()


if __name__ == "__main__":
    main([int(end) for end in sys.argv[1:]])
