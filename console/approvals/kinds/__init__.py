"""Every kind of approval there is; one that is not in this list cannot be asked for."""

from collections.abc import Mapping
from types import MappingProxyType

from console.approvals.kind import Kind
from console.approvals.kinds.account import AccountOpening
from console.approvals.kinds.campaign import CampaignActivation
from console.approvals.kinds.campaign_resume import CampaignResumption
from console.approvals.kinds.data_return import DataReturned
from console.approvals.kinds.export import ExportApproval
from console.approvals.kinds.factor_reset import FactorReset
from console.approvals.kinds.factor_witness import FactorWitness
from console.approvals.kinds.hold_lift import HoldLifting
from console.approvals.kinds.kill_switch import StopRelease
from console.approvals.kinds.number_change import NumberChange
from console.approvals.kinds.pack import PackEditionApproval
from console.approvals.kinds.refusal_lift import RefusalLifting
from console.approvals.kinds.script import ScriptApproval
from console.approvals.kinds.suspension import SuspensionResumption

_KINDS: tuple[Kind, ...] = (
    AccountOpening(),
    CampaignActivation(),
    CampaignResumption(),
    DataReturned(),
    ExportApproval(),
    FactorReset(),
    FactorWitness(),
    HoldLifting(),
    StopRelease(),
    NumberChange(),
    PackEditionApproval(),
    RefusalLifting(),
    ScriptApproval(),
    SuspensionResumption(),
)
KINDS: Mapping[str, Kind] = MappingProxyType({kind.code: kind for kind in _KINDS})
