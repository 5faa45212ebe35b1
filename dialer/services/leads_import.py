"""Take a list of people to call into a campaign: all of its good rows, or nothing at all."""

from datetime import datetime

from django.db import transaction

from compliance.imports.outcome import (
    Imported,
    ImportRefusedError,
    Watcher,
    check_role,
    record_import,
)
from compliance.imports.rows import ImportFile
from compliance.imports.staging import add_people, copying, execute, index_of, staging
from compliance.list_checks.canaries import refuse_canaries
from compliance.list_checks.numbers import refuse_generated
from compliance.list_checks.sources import refuse_criminal_count
from compliance.list_checks.stopped import ListStoppedError, refuse_stopped
from compliance.list_checks.titles import refuse_illicit_titles
from compliance.lists import LeadRow, Reject, RejectCode, check_leads
from compliance.models import CampaignFiling, User
from compliance.numbers import Words
from compliance.services.list_choose import ListChoice, list_choose
from compliance.services.list_stop import import_stopped
from compliance.vault import seal
from dialer.models import Campaign, Lead

ROLES = frozenset({User.Role.ADMINISTRATOR, User.Role.SUPERVISOR})
COLUMNS = {"name_sealed": "bytea", "external_ref": "text"}
LONGEST_REFERENCE = 64

CLOSED = Words(
    "外呼任务 {code} 已结束，不能再导入。", "The campaign {code} is closed and takes no leads."
)
LONG_REFERENCE = Words(
    "客户编号超过 {most} 个字符。", "The customer id is longer than {most} characters."
)
SOURCES_NOT_KEPT = Words(
    "“来源”列不保存：以名单申报的来源为准。",
    "The column for the source is not kept: the declared source of the list counts.",
)

_ADD_LEADS = """
INSERT INTO dialer_lead (campaign_id, person_id, contact_list_id, name_sealed, external_ref,
    state, due_at, attempts, last_result)
SELECT %s, p.id, %s, s.name_sealed, s.external_ref, %s, %s, 0, ''
FROM import_staged s JOIN compliance_person p ON p.number_index = s.number_index
ORDER BY s.line
ON CONFLICT (campaign_id, person_id) DO NOTHING
"""


def leads_import(
    *,
    campaign: Campaign,
    file: ImportFile,
    choice: ListChoice,
    imported_by: User,
    now: datetime,
    watcher: Watcher,
    mobile_only: bool = True,
    dry_run: bool = False,
) -> Imported:
    """Import a list opened with `LEAD_COLUMNS`; people who are leads already stay as they are.

    A list that adds nobody leaves no trace, unless all of it was refused: that is on the record.

    A list that shows itself to be illicit is stopped, also by a dry run.

    :raises ImportRefusedError: if the account may not, the campaign is closed, the list's source
        is not declared, or the list is stopped
    :raises ListFileError: if the file was changed meanwhile
    """
    try:
        return _import(
            campaign=campaign,
            file=file,
            choice=choice,
            imported_by=imported_by,
            now=now,
            watcher=watcher,
            mobile_only=mobile_only,
            dry_run=dry_run,
        )
    except ListStoppedError as error:
        import_stopped(
            error=error,
            reference=choice.reference,
            principal=campaign.filing.principal,
            by=imported_by,
            file_sha256=file.sha256(),
            now=now,
        )
        raise


@transaction.atomic(durable=True)
def _import(
    *,
    campaign: Campaign,
    file: ImportFile,
    choice: ListChoice,
    imported_by: User,
    now: datetime,
    watcher: Watcher,
    mobile_only: bool,
    dry_run: bool,
) -> Imported:
    check_role(imported_by, ROLES)
    _hold(campaign)
    refuse_illicit_titles(
        file_name=file.path.name,
        list_name=choice.reference,
        headings=(*file.headings.titles, *file.headings.dropped),
    )
    chosen = list_choose(
        choice=choice, principal=campaign.filing.principal, by=imported_by, now=now
    )
    refuse_stopped(chosen)
    with staging(columns=COLUMNS):
        accepted = _stage(file, watcher, mobile_only=mobile_only)
        refuse_criminal_count(
            unsourced=watcher.rejected[RejectCode.NO_SOURCE.value],
            headings=(*file.headings.titles, *file.headings.dropped),
        )
        refuse_canaries()
        add_people(now=now)
        added = execute(_ADD_LEADS, [campaign.pk, chosen.pk, Lead.State.WAITING, now])
    done = Imported(
        file_sha256=file.sha256(),
        rows=file.row_count,
        added=added,
        known=accepted - added,
        withdrawn=0,
        rejected=dict(watcher.rejected),
        target=f"list:{chosen.pk}",
        notes=(SOURCES_NOT_KEPT,) if "source" in file.headings.keys else (),
    )
    if dry_run or (added == 0 and accepted):
        transaction.set_rollback(True)
    else:
        record_import(
            "leads.imported",
            done=done,
            file=file,
            by=imported_by,
            now=now,
            facts={"filing": campaign.filing_id, "source": chosen.source},
        )
    return done


def _hold(campaign: Campaign) -> None:
    """Let one import at a time into the campaign, while calls go on."""
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    if campaign.filing.state == CampaignFiling.State.CLOSED:
        raise ImportRefusedError(CLOSED.filled(code=campaign.filing.code))


def _stage(file: ImportFile, watcher: Watcher, *, mobile_only: bool) -> int:
    accepted = 0
    with copying(columns=COLUMNS) as stage:
        for row in check_leads(file, mobile_only=mobile_only, on_numbers=refuse_generated):
            watcher.row()
            checked = _fitting(row, file)
            if isinstance(checked, Reject):
                watcher.reject(checked)
                continue
            index = index_of(checked.number)
            name = seal(checked.name, bound_to=index) if checked.name else b""
            stage(checked.line, checked.number, index, name, checked.external_ref or "")
            accepted += 1
    return accepted


def _fitting(row: LeadRow | Reject, file: ImportFile) -> LeadRow | Reject:
    """Refuse what the record has no room for."""
    if isinstance(row, LeadRow) and len(row.external_ref or "") > LONGEST_REFERENCE:
        return file.refuse_last(
            RejectCode.LONG_TEXT, LONG_REFERENCE.filled(most=LONGEST_REFERENCE)
        )
    return row
