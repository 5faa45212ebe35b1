"""Take a list of people to call into a campaign: all of its good rows, or nothing at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from compliance.imports import binary
from compliance.imports.kind import Check, Hold, ImportKind, LateReject
from compliance.imports.outcome import Imported, ImportRefusedError, Watcher
from compliance.imports.people import PersonCells
from compliance.imports.rows import Checked, ImportFile, RowBlock
from compliance.imports.staging import Staging
from compliance.imports.whole import import_whole
from compliance.list_checks.canaries import refuse_canaries
from compliance.list_checks.numbers import refuse_generated
from compliance.list_checks.sources import refuse_criminal_count
from compliance.list_checks.stopped import ListStoppedError, refuse_stopped
from compliance.list_checks.titles import refuse_illicit_titles
from compliance.lists import LEAD_COLUMNS, LeadRow, Reject, RejectCode
from compliance.lists.leads import DUPLICATE, LeadCheck, read_numbers
from compliance.lists.reject import RowProblemError, reject
from compliance.models import CampaignFiling, ListImport, User
from compliance.numbers import Words
from compliance.services.list_choose import ListChoice, list_choose
from compliance.services.list_stop import import_stopped
from dialer.models import Campaign, Lead

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

_REPEATED = """
SELECT EXISTS (SELECT 1 FROM {staged} GROUP BY number_index HAVING count(*) > 1)
"""
_REPEATS = """
SELECT line, first FROM (SELECT line, min(line) OVER (PARTITION BY number_index) AS first
    FROM {staged}) s
WHERE line > first ORDER BY line
"""


@dataclass(frozen=True, kw_only=True)
class LeadsImport(ImportKind):
    """People to reach in one campaign, from one declared list."""

    campaign: Campaign
    choice: ListChoice
    mobile_only: bool = True

    name = ListImport.Kind.LEADS
    action = "leads.imported"
    roles = frozenset({User.Role.ADMINISTRATOR, User.Role.SUPERVISOR})
    columns = LEAD_COLUMNS
    fields = {"name_sealed": "bytea", "external_ref": "text"}
    diff = """
SELECT s.line, p.id AS person_id, s.name_sealed, s.external_ref,
    CASE WHEN l.id IS NULL THEN 'added' ELSE 'known' END AS verdict
FROM {staged} s
LEFT JOIN compliance_person p ON p.number_index = s.number_index
LEFT JOIN dialer_lead l ON l.campaign_id = %(campaign)s AND l.person_id = p.id
"""
    insert = """
INSERT INTO dialer_lead (campaign_id, person_id, contact_list_id, name_sealed, external_ref,
    state, due_at, attempts, last_result)
SELECT %(campaign)s, person_id, %(list)s, name_sealed, external_ref, %(state)s, %(now)s, 0, ''
FROM d WHERE verdict = 'added' ORDER BY line
"""

    @property
    def terms(self) -> dict[str, Any]:
        """Return what makes the same import again in another process."""
        choice = self.choice
        return {
            "campaign": self.campaign.pk,
            "list": choice.reference,
            "source": choice.source,
            "collected_by": choice.collected_by,
            "notice": choice.notice_text,
            "collected_on": choice.collected_on.isoformat() if choice.collected_on else None,
            "transfer_sha256": choice.transfer_sha256,
            "mobile_only": self.mobile_only,
        }

    @classmethod
    def again(cls, terms: dict[str, Any]) -> "LeadsImport":
        """Make the import that has these terms."""
        campaign = Campaign.objects.select_related("filing__principal").get(pk=terms["campaign"])
        on = terms["collected_on"]
        choice = ListChoice(
            reference=terms["list"],
            source=terms["source"],
            collected_by=terms["collected_by"],
            notice_text=terms["notice"],
            collected_on=date.fromisoformat(on) if on else None,
            transfer_sha256=terms["transfer_sha256"],
        )
        return cls(campaign=campaign, choice=choice, mobile_only=terms["mobile_only"])

    def hold(self, *, by: User, now: datetime) -> Hold:
        """Let one import at a time into the campaign, while calls go on."""
        Campaign.objects.select_for_update(no_key=True).get(pk=self.campaign.pk)
        filing = CampaignFiling.objects.select_related("principal").get(campaign=self.campaign)
        if filing.state == CampaignFiling.State.CLOSED:
            raise ImportRefusedError(CLOSED.filled(code=filing.code))
        chosen = list_choose(choice=self.choice, principal=filing.principal, by=by, now=now)
        refuse_stopped(chosen)
        values = {
            "campaign": self.campaign.pk,
            "list": chosen.pk,
            "source": chosen.source,
            "state": Lead.State.WAITING.value,
            "now": now,
        }
        return Hold(f"list:{chosen.pk}", values)

    def checker(self, *, file: ImportFile, people: PersonCells, now: datetime) -> Check:  # noqa: ARG002
        """Read the numbers of the whole list; return what checks one block of rows."""
        keys = file.headings.keys
        refuse_illicit_titles(
            file_name=file.path.name, list_name=self.choice.reference, headings=_headings(file)
        )
        numbers = read_numbers(file, mobile_only=self.mobile_only)
        refuse_generated(numbers.digits)
        lead_check = LeadCheck(keys, numbers)

        def check(block: RowBlock) -> Checked:
            checked = Checked(rows=len(block.rows))
            for at, row in enumerate(block.rows, block.start):
                one = lead_check.row(row, at)
                if isinstance(one, LeadRow) and len(one.external_ref or "") > LONGEST_REFERENCE:
                    words = LONG_REFERENCE.filled(most=LONGEST_REFERENCE)
                    problem = RowProblemError(RejectCode.LONG_TEXT, words)
                    one = reject(row, keys, problem)
                if isinstance(one, Reject):
                    checked.rejects.append(one)
                else:
                    checked.cells.append(_cells(one, people))
            checked.accepted = len(checked.cells)
            return checked

        return check

    def late_rejects(self, staging: Staging) -> Iterable[LateReject]:
        """Of rows with the same number the first that was accepted is taken."""
        if not staging.rows(_REPEATED)[0][0]:
            return ()
        return (
            LateReject(line, RejectCode.DUPLICATE, DUPLICATE.filled(line=first))
            for line, first in staging.rows(_REPEATS)
        )

    def judge(self, *, staging: Staging, file: ImportFile, rejected: Mapping[str, int]) -> None:
        """Refuse a list that only an illicit source can have made."""
        unsourced = rejected.get(RejectCode.NO_SOURCE.value, 0)
        refuse_criminal_count(unsourced=unsourced, headings=_headings(file))
        refuse_canaries(staging.rows)

    def stopped(
        self, *, error: ListStoppedError, by: User, file_sha256: str, now: datetime
    ) -> None:
        """Put it on the record, and stop the list and what else came the same way."""
        import_stopped(
            error=error,
            reference=self.choice.reference,
            principal=self.campaign.filing.principal,
            by=by,
            file_sha256=file_sha256,
            now=now,
        )

    def notes(self, *, file: ImportFile, zones_assumed: int) -> tuple[Words, ...]:  # noqa: ARG002
        """Say what becomes of a column that people may expect to be kept."""
        return (SOURCES_NOT_KEPT,) if "source" in file.headings.keys else ()

    def facts(self) -> dict[str, object]:
        """Return which campaign it is for."""
        return {"filing": self.campaign.filing_id}

    def applied(
        self,
        *,
        hold: Hold,
        added: int,  # noqa: ARG002
        by: User,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
    ) -> dict[str, object]:
        """Tell where the list comes from."""
        return {"source": hold.values["source"]}


def _headings(file: ImportFile) -> tuple[str, ...]:
    return (*file.headings.titles, *file.headings.dropped)


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
    """Plan and apply a list opened with `LEAD_COLUMNS`; who is a lead already stays as it is.

    A list that shows itself to be illicit is stopped, also by a dry run.

    :raises ImportRefusedError: if the account may not, the campaign is closed, the list's source
        is not declared, or the list is stopped
    :raises ListFileError: if the file was changed meanwhile
    """
    kind = LeadsImport(campaign=campaign, choice=choice, mobile_only=mobile_only)
    return import_whole(
        kind=kind, file=file, by=imported_by, now=now, watcher=watcher, dry_run=dry_run
    )


def _cells(one: LeadRow, people: PersonCells) -> bytes:
    index = people.bulk.index(one.number.e164)
    name = people.bulk.seal(one.name, index) if one.name else b""
    return b"".join(
        (
            people.cells(one.line, one.number, index),
            binary.binary(name),
            binary.text(one.external_ref or ""),
        )
    )
