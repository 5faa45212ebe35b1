"""Past calls for races, written straight into the ledger; and the database without a safeguard."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

from compliance.models import Permit
from tests.world import World

# One decision and one closed permit for every pair of seat and person, some minutes ago.
_PAST = """
WITH made AS (
    INSERT INTO compliance_decision (id, kind, origin, at, filing_id, person_id, seat_id, verdict,
        answers, findings, objecting_rules, facts, facts_digest, book_digest)
    SELECT gen_random_uuid(), 'permit', 'past', compliance_now() - %(ago)s::interval, %(filing)s,
        pair.person, pair.seat, 'allow', '', '[]', '[]', '', '', ''
    FROM unnest(%(persons)s::bigint[], %(seats)s::bigint[]) AS pair (person, seat)
    RETURNING id, person_id, seat_id, at
)
INSERT INTO {into} (id, decision_id, filing_id, person_id, seat_id, trunk_id, caller_number_id,
    consent_id, epoch, issued_at, expires_at, signature, state, result, void_reason)
SELECT gen_random_uuid(), made.id, f.id, made.person_id, made.seat_id, f.trunk_id,
    f.caller_number_id, c.id, 0, made.at, made.at + interval '10 seconds', '', 'issued', '',
    ''
FROM made JOIN compliance_campaignfiling f ON f.id = %(filing)s
JOIN compliance_consent c ON c.person_id = made.person_id
"""


def past_calls(world: World, *, pairs: Sequence[tuple[int, int]], ago: str = "30 minutes") -> None:
    """Put a call that nobody answered into the ledger for each (person, seat).

    Each of the people has one consent.
    """
    with connection.cursor() as cursor, one_open_allowed():
        cursor.execute(
            _PAST.format(into="compliance_permit"),
            {
                "filing": world.campaign.filing_id,
                "persons": [person for person, _ in pairs],
                "seats": [seat for _, seat in pairs],
                "ago": ago,
            },
        )
        cursor.execute(
            "UPDATE compliance_permit SET state = 'redeemed', redeemed_at = issued_at"
            " WHERE state = 'issued'"
        )
        cursor.execute(
            "UPDATE compliance_permit SET state = 'closed', ended_at = issued_at,"
            " result = 'no_answer', talk_seconds = 0 WHERE state = 'redeemed'"
        )


@contextmanager
def one_open_allowed() -> Iterator[None]:
    """Work without the two unique indexes that back the locks up, and put them back."""
    constraints = [
        constraint
        for constraint in Permit._meta.constraints
        if constraint.name.startswith("permit_one_open")
    ]
    with connection.schema_editor() as editor:
        for constraint in constraints:
            editor.remove_constraint(Permit, constraint)
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            for constraint in constraints:
                editor.add_constraint(Permit, constraint)
