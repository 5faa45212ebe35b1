"""Lists of people to call."""

from console.jobs.kinds.uploads import halves
from dialer.services.leads_import import LeadsImport

LEADS_PLAN, LEADS_APPLY = halves(
    what="leads", of=LeadsImport, zh="外呼名单", en="a list of leads", page="list_import"
)
