"""Take a list of refusals into the registry: all that can be read, or nothing at all.

It only ever adds. Somebody whom the list does not name keeps every refusal on record.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from compliance.imports import binary
from compliance.imports.kind import Check, Hold, ImportKind
from compliance.imports.outcome import Imported, Watcher
from compliance.imports.people import PersonCells
from compliance.imports.rows import Checked, ImportFile, RowBlock, Slice
from compliance.imports.whole import import_whole
from compliance.ledger_time import ledger_now
from compliance.lists import REFUSAL_COLUMNS, RefusalRow, check_refusals
from compliance.locks import IMPORT, lock_number
from compliance.models import ListImport, Principal, Refusal, User
from compliance.services.permits_void import permits_void
from compliance.services.refusal_record import CHANNEL, permits_covered

PROOF_SIGNS = 58  # of what the list says, beside a digest: the column holds 128
# Refusals of one import that somebody is being called against, or may be at any moment.
_LIVE = """
SELECT r.id FROM compliance_permit t JOIN compliance_refusal r ON r.person_id = t.person_id
WHERE t.state IN ('issued', 'redeemed') AND r.recorded_at = %s AND r.recorded_by = %s
GROUP BY r.id, r.person_id ORDER BY r.person_id, r.id
"""


@dataclass(frozen=True, kw_only=True)
class RefusalsImport(ImportKind):
    """People's refusals, as some list states them.

    `principal` is whom the list's own scopes mean; without one every refusal is towards everybody.
    """

    principal: Principal | None = None

    name = ListImport.Kind.REFUSALS
    action = "refusals.imported"
    roles = frozenset({User.Role.ADMINISTRATOR, User.Role.COMPLIANCE})
    columns = REFUSAL_COLUMNS
    fields = {"everywhere": "bool", "purpose": "text", "source": "text", "evidence": "text"}
    # A refusal that the person's record covers already is known; who refused less so far, changed.
    # One that was lifted covers nothing any more, but its own paper does not renew it.
    diff = """
SELECT s.line, p.id AS person_id, s.everywhere, s.purpose, s.source, s.evidence,
    CASE WHEN s.again OR k.line IS NOT NULL THEN 'known'
         WHEN a.person_id IS NOT NULL THEN 'changed'
         ELSE 'added' END AS verdict
FROM (SELECT *, row_number() OVER
        (PARTITION BY number_index, everywhere, purpose ORDER BY line) > 1 AS again
      FROM {staged}) s
LEFT JOIN compliance_person p ON p.number_index = s.number_index
LEFT JOIN (SELECT DISTINCT t.line FROM {staged} t
      JOIN compliance_person q ON q.number_index = t.number_index
      JOIN compliance_refusal r ON r.person_id = q.id
      WHERE (r.everywhere OR (NOT t.everywhere AND r.principal_id = %(principal)s
                AND r.industry = %(industry)s))
        AND r.purpose IN ('', t.purpose)
        AND ((r.source = t.source AND r.evidence = t.evidence)
            OR NOT EXISTS (SELECT 1 FROM compliance_refusallift l WHERE l.refusal_id = r.id))) k
    ON k.line = s.line
LEFT JOIN (SELECT DISTINCT person_id FROM compliance_refusal) a ON a.person_id = p.id
"""
    insert = """
INSERT INTO compliance_refusal (person_id, principal_id, industry, everywhere, purpose, source,
    evidence, recorded_at, recorded_by)
SELECT person_id, CASE WHEN everywhere THEN NULL ELSE %(principal)s::bigint END,
    CASE WHEN everywhere THEN '' ELSE %(industry)s END, everywhere, purpose, source,
    evidence, %(stamp)s, %(actor)s
FROM d WHERE verdict IN ('added', 'changed')
"""

    @property
    def terms(self) -> dict[str, Any]:
        """Return what makes the same import again in another process."""
        return {"principal": self.principal.pk if self.principal else None}

    @classmethod
    def again(cls, terms: dict[str, Any]) -> "RefusalsImport":
        """Make the import that has these terms."""
        principal = Principal.objects.filter(pk=terms["principal"]).first()
        return cls(principal=principal)

    def hold(self, *, by: User, now: datetime) -> Hold:  # noqa: ARG002
        """Let one import of refusals in at a time; a single refusal never waits for it."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT])  # of no import by itself
        values = {
            "principal": self.principal.pk if self.principal else None,
            "industry": self.principal.industry if self.principal else "",
            "stamp": ledger_now(),
            "actor": f"u:{by.pk}",
        }
        return Hold("registry:refusals", values)

    def checker(self, *, file: ImportFile, people: PersonCells, now: datetime) -> Check:  # noqa: ARG002
        """Return what checks one block of rows."""
        headings = file.headings
        principal = self.principal
        proof = f"file:{file.sha256()}"

        def check(block: RowBlock) -> Checked:
            checked = Checked(rows=len(block.rows))
            for one in check_refusals(Slice(headings, block.rows)):
                if isinstance(one, RefusalRow):
                    index = people.bulk.index(one.number.e164)
                    person = people.cells(one.line, one.number, index)
                    checked.cells.append(person + _cells(one, principal, proof))
                else:
                    checked.rejects.append(one)
            checked.accepted = len(checked.cells)
            return checked

        return check

    def facts(self) -> dict[str, object]:
        """Return whom the list's own scopes mean."""
        return {"principal": self.principal.pk if self.principal else 0}

    def applied(self, *, hold: Hold, added: int, by: User, now: datetime) -> dict[str, object]:  # noqa: ARG002
        """Void what was permitted and end what is on the line, from the commit on."""
        return {"voided_permits": _enforce(hold, now=now)}

    def committed(self, *, hold: Hold, by: User, now: datetime) -> None:  # noqa: ARG002
        """Once more, for permits that were being redeemed or issued during the commit."""
        with transaction.atomic():
            _enforce(hold, now=now)


def refusals_import(
    *,
    principal: Principal | None,
    file: ImportFile,
    imported_by: User,
    now: datetime,
    watcher: Watcher,
    dry_run: bool = False,
) -> Imported:
    """Plan and apply a list opened with `REFUSAL_COLUMNS`; no refusal is ever taken off.

    :raises ImportRefusedError: if the account may not
    :raises ListFileError: if the file was changed meanwhile
    """
    kind = RefusalsImport(principal=principal)
    return import_whole(
        kind=kind, file=file, by=imported_by, now=now, watcher=watcher, dry_run=dry_run
    )


def _enforce(hold: Hold, *, now: datetime) -> int:
    """Void open permits and tell the lines, person by person in one order; return how many."""
    stamp, actor = hold.values["stamp"], str(hold.values["actor"])
    with connection.cursor() as cursor:
        cursor.execute(_LIVE, [stamp, actor])
        live = [number for (number,) in cursor.fetchall()]
    voided = 0
    for refusal in Refusal.objects.filter(pk__in=live).order_by("person_id", "pk"):
        lock_number(refusal.person_id)
        which, reason = permits_covered(refusal), f"refusal:{refusal.pk}"
        voided += len(permits_void(which=which, reason=reason, actor=actor, now=now))
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(refusal.pk)])
    return voided


def _cells(one: RefusalRow, principal: Principal | None, proof: str) -> bytes:
    return b"".join(
        (
            binary.truth(_everywhere(one, principal)),
            binary.text(one.purpose),
            binary.text(one.source),
            binary.text(_evidence(one, proof)),
        )
    )


def _everywhere(one: RefusalRow, principal: Principal | None) -> bool:
    """Say whether it goes to everybody: unless it is plainly meant for this principal alone."""
    if principal is None or not one.one_principal:
        return True
    return one.industry not in ("", principal.industry)


def _evidence(one: RefusalRow, proof: str) -> str:
    """Say what proves it: what the list says, or the list itself by its digest.

    Words without a day ("replied TD") are those of many a no: the list's digest tells them apart,
    or a new no would be taken for the one that was lifted.
    """
    if one.refused_on:
        return f"{one.refused_on.isoformat()} {one.evidence or proof}"
    return f"{one.evidence[:PROOF_SIGNS]} {proof}".strip()
