"""Who must not even be asked about: a deny-only prefilter over all refusals, held in memory.

A hit means that a refusal covers the person, and that nobody needs to ask; a miss means nothing,
and whoever missed asks the rulebook. So the filter may lag behind the registry, but it can never
let a call through, and nothing in it can be loosened: it is not an authority for any call.
"""

from dataclasses import dataclass, field

from django.db import connection
from pyroaring import BitMap

MOST = 2**32  # a person with a higher id is never in the bitmap, and is asked about like any other

_PEOPLE = {
    "principal": "r.everywhere OR r.principal_id = %(principal)s",
    "industry": "r.industry = %(industry)s",
}
_REFUSED = """
COPY (SELECT r.person_id FROM compliance_refusal r
 WHERE r.id > %(after)s AND r.id <= %(last)s AND r.person_id < %(most)s
   AND ({people}) AND r.purpose IN ('', %(purpose)s)) TO STDOUT
"""
_LAST = "SELECT coalesce(max(id), 0) FROM compliance_refusal"


@dataclass(kw_only=True)
class Suppression:
    """The people whom one kind of call must not reach."""

    principal_id: int
    industry: str
    purpose: str
    _last: int = 0  # the newest refusal that is in; one that commits later with a lower id misses
    _by_principal: BitMap = field(default_factory=BitMap)
    _by_industry: BitMap = field(default_factory=BitMap)

    def refresh(self) -> int:
        """Take in what was refused since; return how many people are in."""
        with connection.cursor() as cursor:
            cursor.execute(_LAST)
            (last,) = cursor.fetchone()
        self._by_principal |= self._refused("principal", last)
        self._by_industry |= self._refused("industry", last)
        self._last = last
        return len(self._by_principal | self._by_industry)

    def _refused(self, towards: str, last: int) -> BitMap:
        asked = {
            "principal": self.principal_id,
            "industry": self.industry,
            "purpose": self.purpose,
            "after": self._last,
            "last": last,
            "most": MOST,
        }
        people, rest = BitMap(), b""
        statement = _REFUSED.format(people=_PEOPLE[towards])
        with connection.cursor() as cursor, cursor.copy(statement, asked) as copy:
            for block in copy:
                *lines, rest = (rest + bytes(block)).split(b"\n")
                people.update(map(int, lines))
        return people

    def denies(self, person_id: int) -> bool:
        """Return True only if a refusal covers the person; False says nothing."""
        return person_id in self._by_principal or person_id in self._by_industry

    def rules(self, person_id: int) -> tuple[str, ...]:
        """Return the rules that refuse the person for it."""
        return tuple(
            rule
            for rule, people in (
                ("CN13-REF-01", self._by_principal),
                ("CN13-REF-02", self._by_industry),
            )
            if person_id in people
        )
