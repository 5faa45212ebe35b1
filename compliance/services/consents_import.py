"""Take a list of consents into a whitelist: all of its good rows, or nothing at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import F

from audit.plain_numbers import without_numbers
from compliance.imports import binary
from compliance.imports.kind import Check, Hold, ImportKind
from compliance.imports.outcome import Imported, Watcher
from compliance.imports.people import PersonCells
from compliance.imports.rows import Checked, ImportFile, RowBlock, Slice
from compliance.imports.staging import Staging
from compliance.imports.whole import import_whole
from compliance.list_checks.canaries import refuse_canaries
from compliance.list_checks.stopped import ListStoppedError
from compliance.lists import (
    CONSENT_COLUMNS,
    ZONE_ASSUMED,
    ConsentRow,
    RejectCode,
    check_consents,
)
from compliance.lists.moments import LOCAL
from compliance.lists.reject import RowProblemError, reject
from compliance.models import ListImport, Principal, User, Whitelist
from compliance.models.words import ConsentBasis
from compliance.numbers import Words
from compliance.services.list_stop import import_stopped

OTHER_PURPOSE = Words(
    "此同意所写的目的不含 {purpose}。", "The consent does not name the purpose {purpose}."
)


@dataclass(frozen=True, kw_only=True)
class ConsentsImport(ImportKind):
    """Consents towards one principal for one purpose."""

    principal: Principal
    purpose: str
    basis: str = ConsentBasis.CONSENT

    name = ListImport.Kind.CONSENTS
    action = "consents.imported"
    roles = frozenset({User.Role.ADMINISTRATOR, User.Role.COMPLIANCE})
    columns = CONSENT_COLUMNS
    fields = {
        "text_shown_sha256": "text",
        "method": "text",
        "evidence_sha256": "text",
        "ai_allowed": "bool",
        "sensitive_allowed": "bool",
        "request_event": "text",
        "policy_ends_on": "date",
        "given_at": "timestamptz",
        "expires_at": "timestamptz",
    }
    # A consent that somebody took back does not return with an older piece of paper (PIPL 15).
    diff = """
SELECT p.id AS person_id, s.text_shown_sha256, s.method, s.evidence_sha256, s.ai_allowed,
    s.sensitive_allowed, s.request_event, s.policy_ends_on, s.given_at, s.expires_at,
    CASE WHEN c.withdrawn_at >= s.given_at THEN 'withdrawn'
         WHEN s.again OR k.id IS NOT NULL THEN 'known'
         WHEN c.standing THEN 'changed'
         ELSE 'added' END AS verdict
FROM (SELECT *, row_number() OVER
        (PARTITION BY number_index, evidence_sha256, given_at ORDER BY line) > 1 AS again
      FROM {staged}) s
LEFT JOIN compliance_person p ON p.number_index = s.number_index
LEFT JOIN (SELECT person_id, max(withdrawn_at) AS withdrawn_at,
        bool_or(withdrawn_at IS NULL) AS standing
      FROM compliance_consent WHERE whitelist_id = %(whitelist)s GROUP BY person_id) c
    ON c.person_id = p.id
LEFT JOIN compliance_consent k ON k.person_id = p.id AND k.whitelist_id = %(whitelist)s
    AND k.evidence_sha256 = s.evidence_sha256 AND k.given_at = s.given_at
"""
    insert = """
INSERT INTO compliance_consent (person_id, whitelist_id, basis, channel, explicit,
    text_shown_sha256, method, evidence_sha256, ai_allowed, sensitive_allowed, request_event,
    policy_ends_on, given_at, expires_at, recorded_at)
SELECT person_id, %(whitelist)s, %(basis)s, 'voice', true, text_shown_sha256, method,
    evidence_sha256, ai_allowed, sensitive_allowed, request_event, policy_ends_on, given_at,
    expires_at, %(now)s
FROM d WHERE verdict IN ('added', 'changed')
"""

    @property
    def terms(self) -> dict[str, Any]:
        """Return what makes the same import again in another process."""
        return {
            "principal": self.principal.pk,
            "purpose": str(self.purpose),
            "basis": str(self.basis),
        }

    @classmethod
    def again(cls, terms: dict[str, Any]) -> "ConsentsImport":
        """Make the import that has these terms."""
        principal = Principal.objects.get(pk=terms["principal"])
        return cls(principal=principal, purpose=terms["purpose"], basis=terms["basis"])

    def hold(self, *, by: User, now: datetime) -> Hold:  # noqa: ARG002
        """Let one import at a time into the whitelist, while calls go on."""
        Whitelist.objects.get_or_create(principal=self.principal, purpose=self.purpose)
        held = Whitelist.objects.select_for_update(no_key=True)
        whitelist = held.get(principal=self.principal, purpose=self.purpose)
        values = {"whitelist": whitelist.pk, "basis": str(self.basis), "now": now}
        return Hold(f"whitelist:{whitelist.pk}", values)

    def checker(self, *, file: ImportFile, people: PersonCells, now: datetime) -> Check:
        """Return what checks one block of rows."""
        headings = file.headings

        def check(block: RowBlock) -> Checked:
            checked = Checked(rows=len(block.rows))
            found = check_consents(Slice(headings, block.rows), now=now)
            for row, one in zip(block.rows, found, strict=True):
                if not isinstance(one, ConsentRow):
                    checked.rejects.append(one)
                elif self.purpose not in one.purposes:
                    words = OTHER_PURPOSE.filled(purpose=self.purpose)
                    problem = RowProblemError(RejectCode.NO_PURPOSE, words)
                    checked.rejects.append(reject(row, headings.keys, problem))
                else:
                    index = people.bulk.index(one.number.e164)
                    person = people.cells(one.line, one.number, index)
                    checked.cells.append(person + _cells(one))
                    checked.zones_assumed += one.zone_assumed
            checked.accepted = len(checked.cells)
            return checked

        return check

    def judge(self, *, staging: Staging, file: ImportFile, rejected: Mapping[str, int]) -> None:  # noqa: ARG002
        """Refuse a list that only an illicit source can have made."""
        refuse_canaries(staging.rows)

    def stopped(
        self, *, error: ListStoppedError, by: User, file_sha256: str, now: datetime
    ) -> None:
        """Put it on the record, and hold what else came the same way."""
        import_stopped(
            error=error,
            reference="",
            principal=self.principal,
            by=by,
            file_sha256=file_sha256,
            now=now,
        )

    def notes(self, *, file: ImportFile, zones_assumed: int) -> tuple[Words, ...]:  # noqa: ARG002
        """Say whose time was taken where the list gives no zone."""
        return (ZONE_ASSUMED,) if zones_assumed else ()

    def facts(self) -> dict[str, object]:
        """Return what entitles the principal."""
        return {"basis": str(self.basis)}

    def applied(
        self,
        *,
        hold: Hold,
        added: int,
        by: User,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
    ) -> dict[str, object]:
        """Count the import in the whitelist's version if it added anything."""
        whitelist = Whitelist.objects.filter(pk=hold.values["whitelist"])
        if added:
            whitelist.update(version=F("version") + 1)
        return {"version": whitelist.get().version}


def consents_import(
    *,
    principal: Principal,
    purpose: str,
    file: ImportFile,
    imported_by: User,
    now: datetime,
    watcher: Watcher,
    basis: str = ConsentBasis.CONSENT,
    dry_run: bool = False,
) -> Imported:
    """Plan and apply a list opened with `CONSENT_COLUMNS`; consents that are there stay.

    The whitelist goes one version up if anything is new.

    :raises ImportRefusedError: if the account may not, or the list shows itself to be illicit
    :raises ListFileError: if the file was changed meanwhile
    """
    kind = ConsentsImport(principal=principal, purpose=purpose, basis=basis)
    return import_whole(
        kind=kind, file=file, by=imported_by, now=now, watcher=watcher, dry_run=dry_run
    )


def _cells(one: ConsentRow) -> bytes:
    return b"".join(
        (
            _said(one.text_sha256, one.method.value),
            binary.text(one.evidence_sha256),
            binary.truth(one.ai_allowed),
            binary.truth(one.sensitive_allowed),
            _event(one.request_event),
            binary.day(one.policy_ends_on),
            binary.moment(one.consented_at),
            binary.moment(_end_of(one.expires_on)),
        )
    )


def _event(written: str) -> bytes:
    """Write the event of a request: often the id of a call, and mostly there is none."""
    return binary.text(without_numbers(written)) if written else binary.NOTHING


@lru_cache(maxsize=256)  # the same few stand in every row
def _said(text_sha256: str, method: str) -> bytes:
    return binary.text(text_sha256) + binary.text(method)


@lru_cache(maxsize=4096)
def _end_of(last_day: date | None) -> datetime | None:
    """Return the instant at which the last day, in Beijing, is over."""
    if last_day is None:
        return None
    return datetime.combine(last_day, time(), tzinfo=LOCAL) + timedelta(days=1)
