"""Lists of consents, and of refusals."""

from compliance.services.consents_import import ConsentsImport
from compliance.services.refusals_import import RefusalsImport
from console.jobs.kinds.uploads import halves

CONSENTS_PLAN, CONSENTS_APPLY = halves(
    what="consents", of=ConsentsImport, zh="同意名单", en="a list of consents", page="import"
)
REFUSALS_PLAN, REFUSALS_APPLY = halves(
    what="refusals", of=RefusalsImport, zh="拒绝名单", en="a list of refusals", page="import"
)
