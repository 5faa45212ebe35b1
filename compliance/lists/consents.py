"""Reads a list of consents, row by row: usable with its evidence, or refused with a reason."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from compliance.lists.answers import SEEN, Answer, Method, read_answer, read_method, read_purposes
from compliance.lists.cells import read_number, read_text
from compliance.lists.columns import NUMBER
from compliance.lists.consent_columns import EVIDENCE_COLUMN, REQUEST_COLUMN, TEXT_COLUMN
from compliance.lists.file import Row, RowSource
from compliance.lists.leads import COLUMNS, NAME_COLUMN, REFERENCE_COLUMN
from compliance.lists.moments import LOCAL, Moment, MomentError, read_day, read_moment
from compliance.lists.reject import Reject, RejectCode, RowProblemError, reject
from compliance.numbers import Number, Words
from compliance.numbers.normalise import plain_text

LONGEST_SHOWN = 4000  # signs of a text that a person was shown
LONGEST_EVENT = 64  # signs of the id of a form, chat or call
LONGEST_PLACE = 500  # signs of a path or address of the evidence

PROBLEMS = {
    RejectCode.COLUMNS: COLUMNS,
    RejectCode.ANSWER_UNCLEAR: Words(
        "没有明确写“同意”；未明确同意视为拒绝。",
        "There is no plain yes; what is unclear counts as a no.",
    ),
    RejectCode.ANSWER_NO: Words("此人没有同意。", "The person did not agree."),
    RejectCode.NO_TIME: Words(
        "同意时间缺失或不存在。请写成 2026-11-02 09:30 的形式。",
        "The time of consent is missing or impossible. Write it like 2026-11-02 09:30.",
    ),
    RejectCode.FUTURE: Words("同意时间在将来。", "The time of consent lies in the future."),
    RejectCode.NO_TEXT: Words(
        "缺少告知文本或其 SHA-256（64位十六进制）。",
        "The text shown, or its SHA-256 (64 hexadecimal digits), is missing.",
    ),
    RejectCode.TEXT_DIFFERS: Words(
        "告知文本与所填的 SHA-256 不一致。", "The text shown does not have the SHA-256 beside it."
    ),
    RejectCode.NO_METHOD: Words(
        "同意方式缺失或无法识别。可写：网页、APP、小程序、纸质、录音、来电、短信、活动。",
        "The method is missing or unknown. Write one of: "
        "web form, app, mini program, paper, recording, inbound call, sms, event.",
    ),
    RejectCode.NO_EVIDENCE: Words(
        "缺少凭证的 SHA-256（64位十六进制）；没有凭证的同意不能使用。",
        "The SHA-256 of the evidence (64 hexadecimal digits) is missing; "
        "a consent without evidence cannot be used.",
    ),
    RejectCode.NO_PURPOSE: Words(
        "外呼目的缺失或无法识别。请写 P1 至 P7 或其名称。",
        "The purpose is missing or unknown. Write P1 to P7 or its name.",
    ),
    RejectCode.BAD_EXPIRY: Words(
        "有效期无法识别，或早于同意时间。请写成 2027-05-01 的形式，或留空。",
        "The expiry is unreadable or before the consent. "
        "Write it like 2027-05-01, or leave it empty.",
    ),
    RejectCode.EXPIRED: Words("该同意已过有效期。", "The consent has expired."),
    RejectCode.BAD_POLICY_END: Words(
        "保单到期日无法识别。请写成 2027-05-01 的形式，或留空。",
        "The last day of the policy is unreadable. Write it like 2027-05-01, or leave it empty.",
    ),
}

_SHA256 = re.compile(r"(?:sha-?256:)?([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRow:
    """One consent with all that makes it usable."""

    line: int
    number: Number
    consented_at: datetime  # UTC
    zone_assumed: bool  # the list gave no zone and Beijing time was taken
    text_shown: str | None = field(repr=False)
    text_sha256: str  # of the text as UTF-8, without spaces around it
    method: Method
    evidence: str | None = field(repr=False)  # where the evidence is kept, as the list says
    evidence_sha256: str
    purposes: tuple[str, ...]  # P1 … P7
    expires_on: date | None  # the last day, Beijing time; None: the list sets no end
    ai_allowed: bool
    sensitive_allowed: bool  # separate consent to sensitive personal information
    request_event: str  # by which the person asked to be called back; "": none is stated
    policy_ends_on: date | None  # the insurance that may be offered for renewal
    name: str | None = field(repr=False)
    external_ref: str | None


def check_consents(rows: RowSource, *, now: datetime) -> Iterator[ConsentRow | Reject]:
    """Check a list opened with `CONSENT_COLUMNS`, in the order of its rows.

    Landlines are taken; a number may have many consents, so repeated rows are not refused here.

    :raises ListFileError: if the file was changed since it was opened
    """
    keys = rows.headings.keys
    for row in rows:
        try:
            yield _consent(row, dict(zip(keys, row.cells, strict=True)), now)
        except RowProblemError as problem:
            yield reject(row, keys, problem)


def _consent(row: Row, cells: dict[str, str], now: datetime) -> ConsentRow:
    number = read_number(cells[NUMBER], mobile_only=False)
    if row.surplus:
        raise _problem(RejectCode.COLUMNS)
    _require_yes(cells["answer"])
    given = _given(cells["consented_at"], now)
    evidence, evidence_sha256 = _evidence(cells)
    text, text_sha256 = _text(cells.get("text_shown", ""), cells.get("text_sha256", ""))
    return ConsentRow(
        line=row.line,
        number=number,
        consented_at=given.at,
        zone_assumed=given.zone_assumed,
        text_shown=text,
        text_sha256=text_sha256,
        method=_method(cells["method"]),
        evidence=evidence,
        evidence_sha256=evidence_sha256,
        purposes=_purposes(cells["purpose"]),
        expires_on=_expiry(cells.get("expires_on", ""), given.at, now),
        ai_allowed=read_answer(cells.get("ai_allowed", "")) is Answer.YES,
        sensitive_allowed=read_answer(cells.get("sensitive_allowed", "")) is Answer.YES,
        request_event=_request(cells.get("request_event", "")),
        policy_ends_on=_policy_end(cells.get("policy_ends_on", "")),
        name=read_text(cells.get("name", ""), label=NAME_COLUMN.label),
        external_ref=read_text(cells.get("external_ref", ""), label=REFERENCE_COLUMN.label),
    )


def _problem(code: RejectCode) -> RowProblemError:
    return RowProblemError(code, PROBLEMS[code])


def _require_yes(cell: str) -> None:
    answer = read_answer(cell)
    if answer is Answer.NO:
        raise _problem(RejectCode.ANSWER_NO)
    if answer is not Answer.YES:
        raise _problem(RejectCode.ANSWER_UNCLEAR)


def _given(cell: str, now: datetime) -> Moment:
    try:
        given = read_moment(plain_text(cell))
    except MomentError:
        raise _problem(RejectCode.NO_TIME) from None
    if given.at > now:
        raise _problem(RejectCode.FUTURE)
    return given


@lru_cache(maxsize=SEEN)
def _text(cell: str, stated: str) -> tuple[str | None, str]:
    """Return the text shown and its digest, which must agree if the list gives both."""
    text = cell.strip()
    if not (text or _digest(stated)):
        raise _problem(RejectCode.NO_TEXT)
    own = _digest(text) or (hashlib.sha256(text.encode()).hexdigest() if text else None)
    digest = own or _digest(stated)
    if digest is None or (stated.strip() and _digest(stated) != digest):
        raise _problem(RejectCode.TEXT_DIFFERS)
    if not text or _digest(text):
        return None, digest
    read_text(text, label=TEXT_COLUMN.label, longest=LONGEST_SHOWN)
    return text, digest


def _evidence(cells: dict[str, str]) -> tuple[str | None, str]:
    """Return where the evidence is kept and its digest, which must be there."""
    place = cells.get("evidence", "")
    digest = _digest(cells.get("evidence_sha256", "") or place)
    if not digest:
        raise _problem(RejectCode.NO_EVIDENCE)
    kept = (
        None
        if _digest(place)
        else read_text(place, label=EVIDENCE_COLUMN.label, longest=LONGEST_PLACE)
    )
    return kept, digest


def _digest(cell: str) -> str | None:
    found = _SHA256.fullmatch(plain_text(cell).lower())
    return found[1] if found else None


def _method(cell: str) -> Method:
    method = read_method(cell)
    if method is None:
        raise _problem(RejectCode.NO_METHOD)
    return method


def _purposes(cell: str) -> tuple[str, ...]:
    purposes = read_purposes(cell)
    if purposes is None:
        raise _problem(RejectCode.NO_PURPOSE)
    return purposes


def _expiry(cell: str, given: datetime, now: datetime) -> date | None:
    text = plain_text(cell)
    if not text:
        return None
    try:
        expires = read_day(text)
    except MomentError:
        raise _problem(RejectCode.BAD_EXPIRY) from None
    if expires < given.astimezone(LOCAL).date():
        raise _problem(RejectCode.BAD_EXPIRY)
    if expires < now.astimezone(LOCAL).date():
        raise _problem(RejectCode.EXPIRED)
    return expires


def _request(cell: str) -> str:
    return read_text(cell, label=REQUEST_COLUMN.label, longest=LONGEST_EVENT) or ""


@lru_cache(maxsize=SEEN)
def _policy_end(cell: str) -> date | None:
    text = plain_text(cell)
    if not text:
        return None
    try:
        return read_day(text)
    except MomentError:
        raise _problem(RejectCode.BAD_POLICY_END) from None
