"""Who must not even be asked about: a deny-only prefilter over all refusals, held in memory.

A hit means that a refusal covers the person, and that nobody needs to ask; a miss means nothing,
and whoever missed asks the rulebook. So the filter may lag behind the registry, but it can never
let a call through, and nothing in it can be loosened: it is not an authority for any call.
"""

from dataclasses import dataclass, field

from django.db import connection
from pyroaring import BitMap

from compliance.books import book

MOST = 2**32  # a person with a higher id is never in the bitmap, and is asked about like any other

# By the rule that refuses. A refusal that was lifted no longer answers for the person: whether
# the lift holds is for the rulebook to say.
_PEOPLE = {
    "CN13-REF-01": "NOT r.everywhere AND r.principal_id = %(principal)s",
    "CN13-REF-02": "NOT r.everywhere AND r.industry = %(industry)s",
    "CN13-REF-09": "r.everywhere",
}
_REFUSED = """
COPY (SELECT r.person_id FROM compliance_refusal r
 WHERE r.id > %(after)s AND r.id <= %(last)s AND r.person_id < %(most)s
   AND {people} AND r.purpose IN ('', %(purpose)s)
   AND NOT EXISTS (SELECT 1 FROM compliance_refusallift l WHERE l.refusal_id = r.id)) TO STDOUT
"""
_STATE = """
SELECT (SELECT coalesce(max(id), 0) FROM compliance_refusal),
       (SELECT count(*) FROM compliance_refusallift)
"""


def _exempt(rule_id: str) -> frozenset[str]:
    """Return the purposes that a rule of refusal does not reach, by the shipped pack.

    An edition can only take purposes away from these, so nobody is denied who may be called.
    """
    bound = book().rule(rule_id)
    exempt: frozenset[str] = getattr(bound.params, "exempt", frozenset()) if bound else frozenset()
    return exempt


@dataclass(kw_only=True)
class Suppression:
    """The people whom one kind of call must not reach."""

    principal_id: int
    industry: str
    purpose: str
    _last: int = 0  # the newest refusal that is in; one that commits later with a lower id misses
    _lifts: int = 0
    _people: dict[str, BitMap] = field(default_factory=dict)  # by the rule that refuses them

    def refresh(self) -> int:
        """Take in what was refused since; return how many people are in."""
        with connection.cursor() as cursor:
            cursor.execute(_STATE)
            last, lifts = cursor.fetchone()
        if lifts != self._lifts:  # somebody may be asked about again: begin anew
            self._last, self._people = 0, {}
        for rule in _PEOPLE:
            if self.purpose in _exempt(rule):
                continue
            self._people[rule] = self._people.get(rule, BitMap()) | self._refused(rule, last)
        self._last, self._lifts = last, lifts
        return len(BitMap.union(BitMap(), *self._people.values()))

    def _refused(self, rule: str, last: int) -> BitMap:
        asked = {
            "principal": self.principal_id,
            "industry": self.industry,
            "purpose": self.purpose,
            "after": self._last,
            "last": last,
            "most": MOST,
        }
        people, rest = BitMap(), b""
        statement = _REFUSED.format(people=_PEOPLE[rule])
        with connection.cursor() as cursor, cursor.copy(statement, asked) as copy:
            for block in copy:
                *lines, rest = (rest + bytes(block)).split(b"\n")
                people.update(map(int, lines))
        return people

    def denies(self, person_id: int) -> bool:
        """Return True only if a refusal covers the person; False says nothing."""
        for people in self._people.values():  # noqa: SIM110 - a generator costs three look-ups
            if person_id in people:
                return True
        return False

    def rules(self, person_id: int) -> tuple[str, ...]:
        """Return the rules that refuse the person for it."""
        return tuple(rule for rule, people in self._people.items() if person_id in people)
