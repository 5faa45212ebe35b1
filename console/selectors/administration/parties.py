"""Who calls for whom: the operator, the principals, and what stops calls."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from compliance.models import Operator, Principal
from compliance.numbers import Words
from compliance.rulebook.rules.industry import DOCUMENT_MISSING
from compliance.rulebook.rules.licence import LICENCE_MISSING, LICENCE_PERIOD
from compliance.rulebook.rules.mandate import MANDATE_MISSING, MANDATE_PERIOD
from compliance.selectors.clock_due import Due, its_book, local_day, numbers_of, one_book
from compliance.selectors.clock_papers import paper_clocks
from compliance.selectors.filing_facts import licence_facts, mandate_facts
from console.selectors.administration.papers import (
    Kinds,
    Papers,
    kind_words,
    licences_of,
    papers_of,
)

LICENCE_RULE, MANDATE_RULE = "CN13-LIC-01", "CN13-LIC-05"
DOCUMENT_RULE, LOCAL_RULE, DATA_RULE = "CN13-LIC-06", "CN13-IND-01", "CN13-SEC-05"


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorShown:
    """The licensed call centre."""

    row: Operator
    papers: Papers
    stops: Sequence[Words]  # why nobody is called at all


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipalShown:
    """A business that calls are made for."""

    row: Principal
    papers: Papers
    data_due: Sequence[Due]  # contracts that ended, whose data is still here
    stops: Sequence[Words]  # why nobody is called for it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What is read once for the whole page."""

    now: datetime
    today: date
    clocks: Mapping[str, Sequence[Due]]  # by what they are about
    kinds: Kinds
    mandates: bool  # whether the operator's regime needs them
    local: frozenset[str]  # documents that some provinces ask for


def parties_shown(*, now: datetime) -> tuple[OperatorShown | None, Sequence[PrincipalShown]]:
    """Return the operator, if there is one, and the principals by name."""
    row = Operator.objects.prefetch_related("licences").first()
    rows = Principal.objects.prefetch_related("mandates", "data_returns", "documents")
    with one_book(now):
        read = _read(row, now)
        principals = [_principal(one, read) for one in rows.order_by("name")]
        return (None if row is None else _operator(row, read)), principals


def _read(operator: Operator | None, now: datetime) -> _Read:
    today = local_day(now)
    clocks: dict[str, list[Due]] = {}
    for due in paper_clocks(today=today, now=now):
        clocks.setdefault(due.obj, []).append(due)
    return _Read(
        now=now,
        today=today,
        clocks=clocks,
        kinds=its_book(now).words("documents"),
        mandates=operator is None or operator.regime not in numbers_of(MANDATE_RULE, now).without,
        local=frozenset(numbers_of(LOCAL_RULE, now).documents.values()),
    )


def _operator(row: Operator, read: _Read) -> OperatorShown:
    due = read.clocks.get(f"operator:{row.pk}", ())
    needed = row.regime not in numbers_of(LICENCE_RULE, read.now).without
    return OperatorShown(
        row=row,
        papers=licences_of(row, today=read.today, needed=needed),
        stops=[
            *(_licence_stops(row, read) if needed else ()),
            *(one.words for one in due if one.clock == "deployment" and one.overdue),
        ],
    )


def _principal(row: Principal, read: _Read) -> PrincipalShown:
    due = read.clocks.get(f"principal:{row.pk}", ())
    data = [one for one in due if one.clock == "data_return"]
    missing = _missing(row, read)
    return PrincipalShown(
        row=row,
        papers=papers_of(
            row,
            today=read.today,
            kinds=read.kinds,
            mandated=read.mandates,
            wanted=read.local.union(*missing),
        ),
        data_due=data,
        stops=[
            *(_mandate_stops(row, read) if read.mandates else ()),
            *_document_stops(missing, read),
            *(one.words for one in data if one.overdue),
        ],
    )


def _licence_stops(row: Operator, read: _Read) -> Iterable[Words]:
    licence = licence_facts(row)
    if licence is None:
        yield Words(LICENCE_MISSING.zh, LICENCE_MISSING.en)
    elif not licence.valid_from <= read.today <= licence.expires_on:
        said = Words(LICENCE_PERIOD.zh, LICENCE_PERIOD.en)
        yield said.filled(first=licence.valid_from, last=licence.expires_on)


def _mandate_stops(row: Principal, read: _Read) -> Iterable[Words]:
    mandate = mandate_facts(row)
    if mandate is None:
        yield Words(MANDATE_MISSING.zh, MANDATE_MISSING.en)
    elif not mandate.valid_from <= read.today <= mandate.valid_until:
        said = Words(MANDATE_PERIOD.zh, MANDATE_PERIOD.en)
        yield said.filled(first=mandate.valid_from, last=mandate.valid_until)


def _missing(row: Principal, read: _Read) -> Sequence[frozenset[str]]:
    """Return the groups of documents of which the principal has none that is in force."""
    valid = {
        one.kind
        for one in row.documents.all()
        if one.revoked_on is None and one.valid_from <= read.today <= one.valid_until
    }
    groups = numbers_of(DOCUMENT_RULE, read.now).groups.get(row.industry, ())
    return [group for group in groups if valid.isdisjoint(group)]


def _document_stops(missing: Sequence[frozenset[str]], read: _Read) -> Iterable[Words]:
    named = [kind_words(min(group), read.kinds) for group in missing]
    if named:
        yield Words(
            DOCUMENT_MISSING.zh.format(documents="、".join(one.zh for one in named)),
            DOCUMENT_MISSING.en.format(documents=", ".join(one.en for one in named)),
        )
