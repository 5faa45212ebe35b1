"""List files as people have them: opened, checked row by row, and given back to be corrected."""

from compliance.lists.columns import REJECT_HEADINGS, Column, Headings, map_headings
from compliance.lists.consent_columns import CONSENT_COLUMNS
from compliance.lists.consents import ConsentRow, check_consents
from compliance.lists.file import Kind, ListFile, Row, open_rows
from compliance.lists.leads import LEAD_COLUMNS, MAX_RUN, LeadRow, check_leads
from compliance.lists.moments import ZONE_ASSUMED
from compliance.lists.problems import ListFileError
from compliance.lists.refusal_columns import REFUSAL_COLUMNS
from compliance.lists.refusals import RefusalRow, check_refusals
from compliance.lists.reject import Reject, RejectCode, RejectWriter

__all__ = [
    "CONSENT_COLUMNS",
    "LEAD_COLUMNS",
    "MAX_RUN",
    "REFUSAL_COLUMNS",
    "REJECT_HEADINGS",
    "ZONE_ASSUMED",
    "Column",
    "ConsentRow",
    "Headings",
    "Kind",
    "LeadRow",
    "ListFile",
    "ListFileError",
    "RefusalRow",
    "Reject",
    "RejectCode",
    "RejectWriter",
    "Row",
    "check_consents",
    "check_leads",
    "check_refusals",
    "map_headings",
    "open_rows",
]
