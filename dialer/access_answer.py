"""What is held about a person, as they read it: in Chinese and English, with how long and why."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from compliance.models import Operator
from compliance.rulebook.retention import RetentionClass
from dialer.person_records import Records

HEAD = """\
个人信息查询答复 · What we hold about you
《个人信息保护法》第四十五条 · Personal Information Protection Law, article 45
"""
KEPT = """\
关于拒绝来电的登记 · About your refusal
您拒绝来电的登记长期保存，唯其如此才能不再呼叫您。法定保存期届满或您要求删除后，其中没有号码，
只有以密钥计算的摘要（HMAC-SHA-256），仅用于识别再次出现的同一号码。
A refusal is kept for good: only so can we keep from calling you again. Once your number need not
be kept and you want it erased, a keyed digest of it (HMAC-SHA-256) is all that the refusal holds;
it serves to know the same number when it turns up again, and nothing else.
"""
RIGHTS = """\
您可以要求更正、删除、撤回同意或取得副本。呼叫记录和同意凭证在法定保存期限内不能删除，期满即删。
You may ask us to correct or erase data, take consent back, or have a copy. Records of calls and
consents cannot be erased before the time for which the law has us keep them has passed.
"""
SECTIONS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "person": (
        "号码及归属地",
        "Your number and its place",
        ("number", "number_class", "provinces"),
    ),
    "lead": ("外呼名单中的您", "You on lists to be called", ("name", "external_ref", "state")),
    "contactlist": (
        "名单来源",
        "Where the lists come from",
        ("name", "source", "collected_by", "collected_on"),
    ),
    "consent": (
        "同意",
        "Consents",
        ("basis", "method", "given_at", "expires_at", "withdrawn_at", "evidence_sha256"),
    ),
    "refusal": ("拒绝", "Refusals", ("recorded_at", "source", "industry", "everywhere")),
    "chosentime": ("约定的来电时间", "Times you named", ()),
    "attempt": ("呼叫", "Calls", ("started_at", "answered_at", "ended_at", "result")),
    "recording": ("通话录音", "Recordings", ("started_at", "state", "samples", "keep_until")),
    "decision": ("是否呼叫的判定", "Decisions whether to call", ("at", "verdict", "kind")),
    "complaint": ("投诉", "Complaints", ("received_at",)),
    "subjectrequest": ("您的请求", "Your requests", ("received_at", "kind", "due_on")),
    "trail": ("审计条目", "Entries of the audit trail", ("at", "zh", "en")),
}


def access_text(
    records: Records,
    *,
    operator: Operator | None,
    retention: Iterable[RetentionClass],
    now: datetime,
) -> str:
    """Return the answer as text."""
    who = "" if operator is None else operator.legal_name
    parts = [HEAD + f"{who}\n{now.isoformat(timespec='seconds')}\n"]
    parts += ["\n".join(_section(name, records)) + "\n" for name in _in_order(records)]
    parts.append("保存期限 · How long it is kept\n" + "\n".join(_terms(retention)) + "\n")
    return "\n".join([*parts, KEPT, RIGHTS])


def _in_order(records: Records) -> list[str]:
    return [*SECTIONS, *sorted(records.keys() - SECTIONS.keys())]


def _section(name: str, records: Records) -> Iterator[str]:
    zh, en, shown = SECTIONS.get(name, (name, name, ()))
    rows = records.get(name, [])
    yield f"{zh} · {en}: {len(rows)}"
    for row in rows if shown else ():
        yield "  " + "; ".join(f"{key} {_said(row[key])}" for key in shown if row.get(key))


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _terms(retention: Iterable[RetentionClass]) -> Iterator[str]:
    for its in retention:
        yield f"  {its.title_zh} · {its.title_en}: {its.keep_days} 天 days"
