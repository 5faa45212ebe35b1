"""Take a list of consents into a whitelist: all of its good rows, or nothing at all."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import F

from compliance.imports.outcome import Imported, Watcher, check_role, record_import
from compliance.imports.rows import ImportFile
from compliance.imports.staging import add_people, copying, execute, index_of, staging
from compliance.list_checks.canaries import refuse_canaries
from compliance.list_checks.stopped import ListStoppedError
from compliance.lists import ZONE_ASSUMED, ConsentRow, Reject, RejectCode, check_consents
from compliance.lists.moments import LOCAL
from compliance.models import Principal, User, Whitelist
from compliance.models.words import ConsentBasis
from compliance.numbers import Words
from compliance.services.list_stop import import_stopped

ROLES = frozenset({User.Role.ADMINISTRATOR, User.Role.COMPLIANCE})
COLUMNS = {
    "text_shown_sha256": "text",
    "method": "text",
    "evidence_sha256": "text",
    "ai_allowed": "bool",
    "given_at": "timestamptz",
    "expires_at": "timestamptz",
}

OTHER_PURPOSE = Words(
    "此同意所写的目的不含 {purpose}。", "The consent does not name the purpose {purpose}."
)

# A consent that somebody took back does not return with an older piece of paper (PIPL 15).
_WITHDRAWN = """
EXISTS (SELECT 1 FROM compliance_consent w WHERE w.person_id = p.id
    AND w.whitelist_id = %s AND w.withdrawn_at >= s.given_at)
"""
_STAGED = """
FROM import_staged s JOIN compliance_person p ON p.number_index = s.number_index
WHERE
"""
_COUNT_WITHDRAWN = f"SELECT s.line {_STAGED} {_WITHDRAWN}"
_ADD_CONSENTS = f"""
INSERT INTO compliance_consent (person_id, whitelist_id, basis, channel, explicit,
    text_shown_sha256, method, evidence_sha256, ai_allowed, given_at, expires_at, recorded_at)
SELECT p.id, %s, %s, 'voice', true, s.text_shown_sha256, s.method, s.evidence_sha256,
    s.ai_allowed, s.given_at, s.expires_at, %s
{_STAGED} NOT {_WITHDRAWN}
ORDER BY s.line
ON CONFLICT (person_id, whitelist_id, evidence_sha256, given_at) DO NOTHING
"""


@dataclass(slots=True)
class _Staged:
    accepted: int = 0
    zones_assumed: int = 0


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
    """Import a list opened with `CONSENT_COLUMNS`; consents that are there stay as they are.

    The whitelist goes one version up. A list that adds nothing leaves no trace, unless all of it
    was refused: that is on the record.

    :raises ImportRefusedError: if the account may not, or the list shows itself to be illicit
    :raises ListFileError: if the file was changed meanwhile
    """
    try:
        return _import(
            principal=principal,
            purpose=purpose,
            file=file,
            imported_by=imported_by,
            now=now,
            watcher=watcher,
            basis=basis,
            dry_run=dry_run,
        )
    except ListStoppedError as error:
        import_stopped(
            error=error,
            reference="",
            principal=principal,
            by=imported_by,
            file_sha256=file.sha256(),
            now=now,
        )
        raise


@transaction.atomic(durable=True)
def _import(
    *,
    principal: Principal,
    purpose: str,
    file: ImportFile,
    imported_by: User,
    now: datetime,
    watcher: Watcher,
    basis: str,
    dry_run: bool,
) -> Imported:
    check_role(imported_by, ROLES)
    whitelist = _hold(principal, purpose)
    with staging(columns=COLUMNS):
        staged = _stage(file, watcher, purpose=purpose, now=now)
        refuse_canaries()
        add_people(now=now)
        withdrawn = execute(_COUNT_WITHDRAWN, [whitelist.pk])
        added = execute(_ADD_CONSENTS, [whitelist.pk, basis, now, whitelist.pk])
    done = Imported(
        file_sha256=file.sha256(),
        rows=file.row_count,
        added=added,
        known=staged.accepted - withdrawn - added,
        withdrawn=withdrawn,
        rejected=dict(watcher.rejected),
        target=f"whitelist:{whitelist.pk}",
        notes=(ZONE_ASSUMED,) if staged.zones_assumed else (),
    )
    if dry_run or (added == 0 and staged.accepted):
        transaction.set_rollback(True)
    else:
        record_import(
            "consents.imported",
            done=done,
            file=file,
            by=imported_by,
            now=now,
            facts={"basis": basis, "version": _next_version(whitelist, done.added)},
        )
    return done


def _hold(principal: Principal, purpose: str) -> Whitelist:
    """Let one import at a time into the whitelist, while calls go on."""
    Whitelist.objects.get_or_create(principal=principal, purpose=purpose)
    held = Whitelist.objects.select_for_update(no_key=True)
    return held.get(principal=principal, purpose=purpose)


def _stage(file: ImportFile, watcher: Watcher, *, purpose: str, now: datetime) -> _Staged:
    staged = _Staged()
    with copying(columns=COLUMNS) as stage:
        for row in check_consents(file, now=now):
            watcher.row()
            checked = _fitting(row, file, purpose)
            if isinstance(checked, Reject):
                watcher.reject(checked)
                continue
            staged.accepted += 1
            staged.zones_assumed += checked.zone_assumed
            stage(
                checked.line,
                checked.number,
                index_of(checked.number),
                checked.text_sha256,
                checked.method.value,
                checked.evidence_sha256,
                checked.ai_allowed,
                checked.consented_at,
                _end_of(checked.expires_on),
            )
    return staged


def _fitting(row: ConsentRow | Reject, file: ImportFile, purpose: str) -> ConsentRow | Reject:
    """Refuse a consent that was given for something else."""
    if isinstance(row, ConsentRow) and purpose not in row.purposes:
        return file.refuse_last(RejectCode.NO_PURPOSE, OTHER_PURPOSE.filled(purpose=purpose))
    return row


def _end_of(last_day: date | None) -> datetime | None:
    """Return the instant at which the last day, in Beijing, is over."""
    if last_day is None:
        return None
    return datetime.combine(last_day, time(), tzinfo=LOCAL) + timedelta(days=1)


def _next_version(whitelist: Whitelist, added: int) -> int:
    """Count the import in the whitelist's version if it added anything."""
    if added:
        Whitelist.objects.filter(pk=whitelist.pk).update(version=F("version") + 1)
        whitelist.refresh_from_db()
    return whitelist.version
