"""A what-if replay: the newest decisions, decided again under an edition or a change of it."""

import json
from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from compliance import clock
from compliance.editions import pack_of
from compliance.models import PackEdition, User
from compliance.rulebook.bound import PackError
from compliance.rulebook.edition import pack_bytes, pack_from_bytes
from compliance.services.rules_replay import rules_replay, span_of_last
from console.jobs.kind import JobFailedError, Kind, Report, Result
from console.models import Job, ReplayReport

KIND = "rules_replay"
COUNTS = (1_000, 10_000, 100_000)


def arguments_of(
    *, last: int, edition: PackEdition | None = None, change: Mapping[str, Any] | None = None
) -> dict[str, object]:
    """Return a job's arguments: an edition that was proposed, or a change that was not."""
    asked: dict[str, object] = {"last": last if last in COUNTS else COUNTS[0]}
    if edition is not None:
        return asked | {"edition": edition.pk}
    return asked | {"change": json.loads(pack_bytes(change or {}))}


def run(job: Job, report: Report) -> Result:
    """Replay, and keep the report."""
    edition = PackEdition.objects.filter(pk=job.arguments.get("edition")).first()
    change = pack_of(edition) if edition else _change(job.arguments)
    now = clock.read()
    since, until, count = span_of_last(job.arguments["last"], now=now)

    def told(done: int) -> None:
        report(done=done, of=count, words=("重新判定", "deciding again"))

    try:
        found = rules_replay(
            change=change,
            since=since,
            until=until,
            dated=False,
            actor=f"u:{job.owner_id}",
            now=now,
            told=told,
        )
    except PackError as error:
        raise JobFailedError(f"无法推演：{error}", f"It cannot be replayed: {error}") from error
    ReplayReport.objects.update_or_create(job=job, defaults={"edition": edition, "report": found})
    done = found["decisions"]
    return Result(
        zh=f"已推演 {done} 个决定",
        en=f"{done} decisions replayed",
        url=reverse("console:rulebook_replay", kwargs={"job_id": job.pk}),
    )


def _change(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return pack_from_bytes(json.dumps(arguments["change"]).encode())


RULES_REPLAY = Kind(
    code=KIND,
    zh="推演规则变更",
    en="What-if replay of the rules",
    run=run,
    roles=frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR}),
)
