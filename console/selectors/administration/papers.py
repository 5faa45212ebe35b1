"""The dated papers that calls rest on: licences, mandates, documents."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from compliance.models import Licence, Mandate, Operator, Principal, PrincipalDocument
from compliance.numbers import Words

MANDATE = Words("委托合同", "Mandate")
Kinds = Mapping[str, Mapping[str, str]]  # how people say the codes of documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One dated paper."""

    row: Licence | Mandate | PrincipalDocument
    kind: str  # papers of a kind follow one another; mandates are all of one
    what: Words
    number: str
    detail: str  # who issued it, or where it holds
    first: date
    last: date
    early: bool  # not begun yet
    gone: bool  # over or revoked
    stops: bool  # calls stop for want of it, once it is gone
    revoked_on: date | None = None
    ended_early: bool = False

    @property
    def acts_on(self) -> str:
        """Return which register it is in, to find what can be done about it."""
        return type(self.row).__name__.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """Those that calls rest on, and those that others have taken the place of."""

    standing: Sequence[Paper]
    former: Sequence[Paper]


def licences_of(row: Operator, *, today: date, needed: bool) -> Papers:
    """Return the operator's licences."""
    return _sorted(
        Paper(
            row=one,
            kind=one.kind,
            what=Words(f"经营许可 {one.kind}", f"Licence {one.kind}"),
            number=one.number,
            detail=one.area,
            first=one.valid_from,
            last=one.expires_on,
            early=today < one.valid_from,
            gone=one.expires_on < today,
            stops=needed,
        )
        for one in row.licences.all()
    )


def papers_of(
    row: Principal, *, today: date, kinds: Kinds, mandated: bool, wanted: Container[str]
) -> Papers:
    """Return a principal's mandates and documents.

    :param mandated: whether nobody is called without a mandate
    :param wanted: the kinds of documents that calls stop for want of
    """
    return _sorted(
        [*_mandates(row, today, stops=mandated), *_documents(row, today, kinds, wanted)]
    )


def kind_words(code: str, kinds: Kinds) -> Words:
    """Say which document a code means, as the rulebook does."""
    said = kinds.get(code)
    return Words(f"资质 {code}", f"Document {code}") if said is None else Words(**said)


def _documents(
    row: Principal, today: date, kinds: Kinds, wanted: Container[str]
) -> Iterable[Paper]:
    for one in row.documents.all():
        yield Paper(
            row=one,
            kind=one.kind,
            what=kind_words(one.kind, kinds),
            number=one.number,
            detail=one.issuer,
            first=one.valid_from,
            last=one.valid_until,
            early=today < one.valid_from,
            gone=one.revoked_on is not None or one.valid_until < today,
            stops=one.kind in wanted,
            revoked_on=one.revoked_on,
        )


def _mandates(row: Principal, today: date, *, stops: bool) -> Iterable[Paper]:
    for one in row.mandates.all():
        yield Paper(
            row=one,
            kind="",
            what=MANDATE,
            number=one.contract_number,
            detail="",
            first=one.valid_from,
            last=one.last_day,
            early=today < one.valid_from,
            gone=one.last_day < today,
            stops=stops,
            ended_early=one.ended_on is not None,
        )


def _sorted(papers: Iterable[Paper]) -> Papers:
    """Put aside what is over, unless it is the newest of its kind and none of them stands."""
    of_kind: dict[str, list[Paper]] = {}
    for one in sorted(papers, key=lambda one: (one.kind, one.first, one.row.pk)):
        of_kind.setdefault(one.kind, []).append(one)
    standing: list[Paper] = []
    former: list[Paper] = []
    for same in of_kind.values():
        running = [one for one in same if not one.gone]
        kept = running or [max(same, key=lambda one: (one.last, one.row.pk))]
        standing += kept
        former += [one for one in same if one not in kept]
    return Papers(standing=standing, former=former)
