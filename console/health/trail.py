"""The audit trail and what vouches for it: sealing, its alarms, anchors, the witness, the wire."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from audit.anchors.named import named_kinds
from audit.anchors.overdue import overdue
from audit.models import AuditAnchor, AuditKey
from audit.sealing.status import sealing_status
from compliance import clock
from compliance.numbers import Words
from compliance.selectors.sealing import sealing_now
from console.health.part import Face, Part, State
from console.selectors.audit.wire import runs
from dialer.reconcile.hours import day_before
from dialer.services.reconciliation_record import is_recorded

AFTER = timedelta(hours=2)  # the schedule holds the day together within an hour of its end
STATES = {"fine": State.FINE, "late": State.LATE, "stopped": State.BROKEN}
SEALING = Face(
    code="sealing",
    name=Words("审计封存", "Sealing of the trail"),
    means=Words(
        "封存滞后超过规则所定时限即停呼。",
        "Once sealing lags behind the rulebook's limit, no call leaves.",
    ),
    do=Words(
        "确认封存进程在运行（audit_sequencer），查看 audit_status。",
        "See that the sequencer runs (audit_sequencer), and what audit_status says.",
    ),
    url="audit",
    stops=True,
)
ALARMS = Face(
    code="alarms",
    name=Words("封存告警", "Alarms of the trail"),
    means=Words(
        "签名程序拒绝签名或隔离条目增多时停呼，须查明。",
        "While the signer refuses or entries are set aside, no call leaves until people know why.",
    ),
    do=Words(
        "保留现场，运行 audit_check 与 audit_quarantine。",
        "Leave everything as it is; run audit_check and audit_quarantine.",
    ),
    url="audit",
    stops=True,
)
ANCHORS = Face(
    code="anchors",
    name=Words("外部锚定", "Anchors outside"),
    means=Words(
        "不停呼；逾期越久，事后可被抵赖的时段越长。", "Stops no call; it bounds a later lie."
    ),
    do=Words(
        "运行 audit_anchor，检查邮箱、时间戳服务和一次写入目录。",
        "Run audit_anchor; look at the mailbox, the time-stamp service and the write-once folder.",
    ),
    url="audit",
)
WITNESS = Face(
    code="witness",
    name=Words("独立见证人", "Independent witness"),
    means=Words("不停呼。", "Stops no call."),
    do=Words(
        "请见证人副署最新检查点，用 audit_witness_add 收回。",
        "Have the witness cosign the newest checkpoint; take it in with audit_witness_add.",
    ),
    url="audit",
)
RECONCILIATION = Face(
    code="reconciliation",
    name=Words("线路对账", "Reconciliation of the wire"),
    means=Words(
        "查出没有许可的呼叫时自动全平台停呼。",
        "A call without a permit that it finds stops the whole platform by itself.",
    ),
    do=Words(
        "打开线路对账，逐条核对差异。", "Open the wire's page and go through the differences."
    ),
    url="wire",
)


def sealing(now: datetime) -> Iterator[Part]:
    """Yield how late sealing is, by the numbers of the rulebook in force."""
    told, status = sealing_now(now=now), sealing_status()
    state = STATES[told.state]
    pending = Words("待封存 {count} 条", "{count} wait").filled(count=status.pending)
    yield SEALING.seen(
        state,
        Words(f"{told.words.zh}，{pending.zh}", f"{told.words.en}; {pending.en}"),
        since=None if state == State.FINE else clock.host_now() - timedelta(seconds=status.lag_s),
    )


def alarms(_now: datetime) -> Iterator[Part]:
    """Yield whether the signer refuses, or entries were set aside."""
    status = sealing_status()
    if status.stopped:
        why = {
            "refused": Words("签名程序拒绝签名", "the signer refuses to sign"),
            "quarantine": Words("隔离条目增多", "more entries are set aside"),
        }.get(status.stopped, Words("封存已停", "sealing has stopped"))
        yield ALARMS.seen(State.BROKEN, why)
        return
    if status.quarantined > 0:
        said = Words("{count} 条被隔离、尚无人处置", "{count} entries set aside, unanswered")
        yield ALARMS.seen(State.LATE, said.filled(count=status.quarantined))
        return
    yield ALARMS.seen(State.FINE, Words("无告警", "no alarm"))


def anchors(_now: datetime) -> Iterator[Part]:
    """Yield the anchors that nobody has made for too long."""
    kinds = named_kinds()
    late = [one for one in overdue(kinds) if one.kind in kinds]
    if late:
        yield ANCHORS.seen(
            State.LATE,
            Words("；".join(one.zh for one in late), "; ".join(one.en for one in late)),
            since=clock.host_now() - timedelta(seconds=max(one.age_s for one in late)),
        )
        return
    said = Words("{count} 种锚定按时", "{count} kinds on time").filled(count=len(kinds))
    yield ANCHORS.seen(State.FINE, said)


def witness(_now: datetime) -> Iterator[Part]:
    """Yield how long ago a witness cosigned a checkpoint."""
    keys = AuditKey.objects.filter(kind=AuditKey.Kind.WITNESS, to_size__isnull=True)
    if not keys.exists():
        yield WITNESS.seen(State.ABSENT, Words("未登记见证人", "no witness is on record"))
        return
    kind = AuditAnchor.Kind.WITNESS.value
    late = [one for one in overdue(set()) if one.kind == kind]
    if late:
        since = clock.host_now() - timedelta(seconds=late[0].age_s)
        yield WITNESS.seen(State.LATE, Words(late[0].zh, late[0].en), since=since)
        return
    yield WITNESS.seen(State.FINE, Words("按时副署", "cosigns on time"))


def reconciliation(_now: datetime) -> Iterator[Part]:
    """Yield what the last reconciliation found, and whether yesterday's is there."""
    last = next(iter(runs()), None)
    if last is None:
        yield RECONCILIATION.seen(State.LATE, Words("尚未对账", "nothing was reconciled yet"))
        return
    yesterday, at = day_before(clock.host_now()), last.entry.ts
    said = Words(
        "最近一次 {span}：差异 {unmatched}，无许可 {unpermitted}",
        "last one {span}: unmatched {unmatched}, without a permit {unpermitted}",
    ).filled(span=last.span, unmatched=last.unmatched, unpermitted=last.unpermitted)
    if last.unpermitted:
        yield RECONCILIATION.seen(State.BROKEN, said, since=at)
    elif last.unmatched:
        yield RECONCILIATION.seen(State.LATE, said, since=at)
    elif clock.host_now() > yesterday.until + AFTER and not is_recorded(yesterday):
        missing = Words(f"{said.zh}；昨日尚未对账", f"{said.en}; yesterday is missing")
        yield RECONCILIATION.seen(State.LATE, missing, since=yesterday.until)
    else:
        yield RECONCILIATION.seen(State.FINE, said, since=at)
