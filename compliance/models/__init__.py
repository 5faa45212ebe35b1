"""The records that decide who may be called, when and on whose behalf."""

from compliance.models.abandonment import Abandonment
from compliance.models.api import ApiRequest, TokenScope, Webhook, WebhookDelivery
from compliance.models.calendar import CalendarYear, QuietDays
from compliance.models.channel_test import ChannelTest
from compliance.models.chosen_time import ChosenTime
from compliance.models.complaint import (
    AccountTie,
    Complaint,
    ComplaintAccused,
    ComplaintEvent,
)
from compliance.models.compliance_audit import ComplianceAudit
from compliance.models.consent import Consent
from compliance.models.consent_form import ConsentForm
from compliance.models.consent_sample import ConsentCheck, ConsentSample, ConsentSampleItem
from compliance.models.contract_end import DataReturn
from compliance.models.decision import Decision
from compliance.models.deployment import ConductTarget, Deployment, Violator
from compliance.models.documents import CommitmentLetter, PrincipalDocument
from compliance.models.edition import BookUse, PackEdition
from compliance.models.external_list import (
    ExternalList,
    ExternalListEdition,
    ExternalListEntry,
)
from compliance.models.filing import CampaignFiling, ScriptVersion, Whitelist
from compliance.models.first_password import FirstPassword
from compliance.models.incident import Incident, IncidentEvent, Playbook
from compliance.models.lines import CallerNumber, Trunk
from compliance.models.list_import import ListImport
from compliance.models.list_upload import HeadingMapping, ListUpload
from compliance.models.lists import (
    ContactList,
    Honeypot,
    ImpactAssessment,
    ListDeletion,
    ListUse,
)
from compliance.models.number_clocks import (
    CallbackTest,
    FilingChange,
    NumberChange,
    NumberMark,
)
from compliance.models.number_proof import NumberProof
from compliance.models.numbers import NumberEvent, ProtectedNumber
from compliance.models.outlets import Outlet, OutletReview
from compliance.models.overruling import Overruling
from compliance.models.parties import Licence, Mandate, Operator, Principal
from compliance.models.permit import Permit
from compliance.models.person import Person
from compliance.models.refusal import Refusal
from compliance.models.refusal_lift import LiftRequest, RefusalLift
from compliance.models.report import DailyReport, RetentionCertificate
from compliance.models.rule_hour import RuleHour
from compliance.models.seat import Seat
from compliance.models.seat_duty import SeatDuty
from compliance.models.staff import SanctionPoint, StaffRecord, Training
from compliance.models.stop import DemoClock, Epoch, KillSwitch
from compliance.models.subject_request import SubjectRequest, SubjectRequestEvent
from compliance.models.suspension import (
    CorrectiveApproval,
    CorrectiveReport,
    Resumption,
    Suspension,
)
from compliance.models.user import User

__all__ = [
    "Abandonment",
    "AccountTie",
    "ApiRequest",
    "BookUse",
    "CalendarYear",
    "CallbackTest",
    "CallerNumber",
    "CampaignFiling",
    "ChannelTest",
    "ChosenTime",
    "CommitmentLetter",
    "Complaint",
    "ComplaintAccused",
    "ComplaintEvent",
    "ComplianceAudit",
    "ConductTarget",
    "Consent",
    "ConsentCheck",
    "ConsentForm",
    "ConsentSample",
    "ConsentSampleItem",
    "ContactList",
    "CorrectiveApproval",
    "CorrectiveReport",
    "DailyReport",
    "DataReturn",
    "Decision",
    "DemoClock",
    "Deployment",
    "Epoch",
    "ExternalList",
    "ExternalListEdition",
    "ExternalListEntry",
    "FilingChange",
    "FirstPassword",
    "HeadingMapping",
    "Honeypot",
    "ImpactAssessment",
    "Incident",
    "IncidentEvent",
    "KillSwitch",
    "Licence",
    "LiftRequest",
    "ListDeletion",
    "ListImport",
    "ListUpload",
    "ListUse",
    "Mandate",
    "NumberChange",
    "NumberEvent",
    "NumberMark",
    "NumberProof",
    "Operator",
    "Outlet",
    "OutletReview",
    "Overruling",
    "PackEdition",
    "Permit",
    "Person",
    "Playbook",
    "Principal",
    "PrincipalDocument",
    "ProtectedNumber",
    "QuietDays",
    "Refusal",
    "RefusalLift",
    "Resumption",
    "RetentionCertificate",
    "RuleHour",
    "SanctionPoint",
    "ScriptVersion",
    "Seat",
    "SeatDuty",
    "StaffRecord",
    "SubjectRequest",
    "SubjectRequestEvent",
    "Suspension",
    "TokenScope",
    "Training",
    "Trunk",
    "User",
    "Violator",
    "Webhook",
    "WebhookDelivery",
    "Whitelist",
]
