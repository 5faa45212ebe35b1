"""Every kind of long work there is; one that is not in this list cannot be started."""

from collections.abc import Mapping
from types import MappingProxyType

from console.jobs.kind import Kind
from console.jobs.kinds.audit_bundle import AUDIT_BUNDLE
from console.jobs.kinds.complaint_pack import COMPLAINT_PACK
from console.jobs.kinds.consents import (
    CONSENTS_APPLY,
    CONSENTS_PLAN,
    REFUSALS_APPLY,
    REFUSALS_PLAN,
)
from console.jobs.kinds.dossier_bundle import DOSSIER_BUNDLE
from console.jobs.kinds.leads import LEADS_APPLY, LEADS_PLAN
from console.jobs.kinds.preflight import PREFLIGHT
from console.jobs.kinds.rules_replay import RULES_REPLAY
from console.jobs.kinds.self_check import SELF_CHECK
from console.jobs.kinds.trail_check import TRAIL_CHECK
from console.jobs.kinds.trunk_check import TRUNK_CHECK

_KINDS: tuple[Kind, ...] = (
    TRAIL_CHECK,
    LEADS_PLAN,
    LEADS_APPLY,
    CONSENTS_PLAN,
    CONSENTS_APPLY,
    REFUSALS_PLAN,
    REFUSALS_APPLY,
    PREFLIGHT,
    DOSSIER_BUNDLE,
    COMPLAINT_PACK,
    AUDIT_BUNDLE,
    RULES_REPLAY,
    TRUNK_CHECK,
    SELF_CHECK,
)
KINDS: Mapping[str, Kind] = MappingProxyType({kind.code: kind for kind in _KINDS})
