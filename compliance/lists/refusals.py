"""Reads a list of refusals, row by row: a no is only sent back if nobody can tell whose it is.

Everything but the number may be missing or unclear, and then counts as the widest that it can
mean: every principal, every purpose. A refusal is never read more narrowly than it was meant.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from audit.plain_numbers import without_numbers
from compliance.lists.answers import SEEN, read_purposes
from compliance.lists.cells import read_number
from compliance.lists.columns import NUMBER
from compliance.lists.file import Row, RowSource
from compliance.lists.moments import LOCAL, MomentError, read_moment
from compliance.lists.reject import Reject, RowProblemError, reject
from compliance.models.words import Industry, RefusalSource
from compliance.numbers import Number
from compliance.numbers.normalise import plain_text

LONGEST_PROOF = 100  # signs of what proves a refusal; more is cut, never sent back

_ONE_PRINCIPAL = frozenset(
    {
        "本公司",
        "本主体",
        "本委托主体",
        "该公司",
        "该主体",
        "委托主体",
        "仅本公司",
        "本公司及同行业",
    }
    | {"行业", "本行业", "该行业", "同行业"}
    | {"principal", "thisprincipal", "company", "thiscompany", "industry", "thisindustry"}
)
_SOURCES: dict[str, str] = {
    RefusalSource.KEY_9: "按键 按键拒绝 按9 key9 keypad dtmf",
    RefusalSource.AGENT: "坐席 话务员 人工 通话中 agent",
    RefusalSource.SPEECH: "语音识别 语音 speech",
    RefusalSource.WEB: "网页 网站 官网 公开页面 web website",
    RefusalSource.LETTER: "来信 信件 书面 纸质 letter paper",
    RefusalSource.SMS: "短信 短信回复 sms textmessage",
    RefusalSource.COMPLAINT: "投诉 complaint",
    RefusalSource.CARRIER: "运营商 来电免打扰 免打扰 carrier",
}
_INDUSTRIES: dict[str, str] = {
    Industry.FINANCE_LOAN: "贷款 loans loan",
    Industry.FINANCE_WEALTH: "理财 wealth wealthmanagement",
    Industry.CARD: "信用卡 creditcards creditcard",
    Industry.SECURITIES: "证券 基金 证券基金 securitiesandfunds",
    Industry.INSURANCE: "保险 insurance",
    Industry.REAL_ESTATE: "房地产 房产 realestate",
    Industry.MEDICAL: "医疗 medical",
    Industry.HEALTH_FOOD: "保健品 保健食品 healthfood",
    Industry.HR: "人力资源 招聘 humanresources",
    Industry.TOURISM: "旅游 tourism",
    Industry.EDUCATION: "教育 教育培训 education",
    Industry.COLLECTION: "催收 debtcollection",
    Industry.TELECOM: "电信 通信 telecom telecomproducts",
    Industry.RETAIL: "零售 电商 retail",
}


def _by_word(table: dict[str, str]) -> dict[str, str]:
    words = {word: str(code) for code, listed in table.items() for word in listed.split()}
    return words | {str(code).replace("_", ""): str(code) for code in table}


_SOURCE_WORDS = _by_word(_SOURCES)
_INDUSTRY_WORDS = _by_word(_INDUSTRIES)


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """One no, as the list states it."""

    line: int
    number: Number
    one_principal: bool  # the list plainly limits it to its principal and that kind of business
    industry: str | None  # "": none is named; None: one that nobody knows is
    purpose: str  # "": every one
    source: str
    refused_on: date | None  # Beijing time
    evidence: str  # without numbers; "" if the list gives none


def check_refusals(rows: RowSource) -> Iterator[RefusalRow | Reject]:
    """Check a list opened with `REFUSAL_COLUMNS`, in the order of its rows.

    :raises ListFileError: if the file was changed since it was opened
    """
    keys = rows.headings.keys
    for row in rows:
        try:
            yield _refusal(row, dict(zip(keys, row.cells, strict=True)))
        except RowProblemError as problem:
            yield reject(row, keys, problem)


def _refusal(row: Row, cells: dict[str, str]) -> RefusalRow:
    number = read_number(cells[NUMBER], mobile_only=False)
    if row.surplus:  # the cells may have shifted: only the number is sure
        cells = {}
    return RefusalRow(
        line=row.line,
        number=number,
        one_principal=_word(cells.get("scope", "")) in _ONE_PRINCIPAL,
        industry=_industry(cells.get("industry", "")),
        purpose=_purpose(cells.get("purpose", "")),
        source=_SOURCE_WORDS.get(_word(cells.get("source", "")), RefusalSource.IMPORT.value),
        refused_on=_day(cells.get("refused_at", "")),
        evidence=_proof(cells.get("evidence", "")),
    )


@lru_cache(maxsize=SEEN)
def _industry(cell: str) -> str | None:
    word = _word(cell)
    return _INDUSTRY_WORDS.get(word) if word else ""


@lru_cache(maxsize=SEEN)
def _purpose(cell: str) -> str:
    purposes = read_purposes(cell) or ()
    return purposes[0] if len(purposes) == 1 else ""


@lru_cache(maxsize=4096)
def _day(cell: str) -> date | None:
    try:
        return read_moment(plain_text(cell)).at.astimezone(LOCAL).date()
    except MomentError:
        return None


@lru_cache(maxsize=SEEN)
def _proof(cell: str) -> str:
    return without_numbers(" ".join(plain_text(cell).split()))[:LONGEST_PROOF]


@lru_cache(maxsize=SEEN)
def _word(cell: str) -> str:
    return "".join(sign for sign in plain_text(cell).casefold() if sign not in " _-\t")
