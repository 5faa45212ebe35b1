"""Who may open what: one matrix of pages and roles, a part for each group of people.

A page that is in no part can have no URL. Each says whether it shows records about people: looking
at one that does is on the record too, before anything is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from compliance.models import User

ADMINISTRATOR, COMPLIANCE = User.Role.ADMINISTRATOR, User.Role.COMPLIANCE
SUPERVISOR, AGENT, REGULATOR = User.Role.SUPERVISOR, User.Role.AGENT, User.Role.REGULATOR
EVERYBODY = frozenset(User.Role)
OVERSIGHT = frozenset({ADMINISTRATOR, COMPLIANCE, SUPERVISOR})
READERS = frozenset({ADMINISTRATOR, COMPLIANCE, REGULATOR})  # of people's files and complaints


@dataclass(frozen=True, slots=True)
class Row:
    """One page: its roles, and whether it shows records about people."""

    roles: frozenset[str]
    people: bool
    before_factor: bool = False  # open before the second factor was shown


def shown(*roles: str) -> Row:
    """Return the row of a page that shows records about people."""
    return Row(frozenset(roles), people=True)


def before_factor(*roles: str) -> Row:
    """Return the row of a page for people whose second factor has not been shown yet."""
    return Row(frozenset(roles), people=False, before_factor=True)


def plain(*roles: str) -> Row:
    """Return the row of a page that shows nobody, or that puts itself on the record."""
    return Row(frozenset(roles), people=False)


FRAME: dict[str, Row] = {
    "home": plain(*EVERYBODY),
    "log_out": before_factor(*EVERYBODY),
    "factor": before_factor(*EVERYBODY),
    "password": before_factor(*EVERYBODY),  # a first password only leads here
    "factors": plain(ADMINISTRATOR, COMPLIANCE),
    "factor_reset": plain(ADMINISTRATOR, COMPLIANCE),
    "sessions": plain(*EVERYBODY),
    "session_end": plain(*EVERYBODY),
    # Codes and sums of what waits; the page about the thing itself is another row.
    "approvals": plain(*OVERSIGHT),
    "approval": plain(*OVERSIGHT),
    "approval_decide": plain(*OVERSIGHT),
    "approval_withdraw": plain(*OVERSIGHT),
    "approval_again": plain(*OVERSIGHT),
    "jobs": plain(*OVERSIGHT, REGULATOR),
    "job": plain(*OVERSIGHT, REGULATOR),
    "job_state": plain(*OVERSIGHT, REGULATOR),
    "job_again": plain(*OVERSIGHT, REGULATOR),
    "trail_check": plain(ADMINISTRATOR, COMPLIANCE),
}
CALL_CENTRE: dict[str, Row] = {
    "today": plain(ADMINISTRATOR, SUPERVISOR),
    "today_clocks": plain(ADMINISTRATOR, SUPERVISOR),
    "campaigns": plain(*OVERSIGHT),
    "campaign_new": plain(*OVERSIGHT),  # keepers register; drafts are their author's alone
    "campaign_draft": plain(*OVERSIGHT),
    "campaign_discard": plain(*OVERSIGHT),
    "campaign": plain(*OVERSIGHT),  # counts of people, nobody by name or number
    "campaign_check": plain(*OVERSIGHT),
    "campaign_ask": plain(*OVERSIGHT),
    "campaign_pause": plain(*OVERSIGHT),
    "campaign_resume": plain(*OVERSIGHT),
    "lists": plain(*OVERSIGHT),  # lists by their names; nobody on them
    "list": plain(*OVERSIGHT),
    "list_hold": plain(*OVERSIGHT),
    "list_upload": plain(ADMINISTRATOR, SUPERVISOR),  # as the importer of leads
    "list_columns": plain(ADMINISTRATOR, SUPERVISOR),
    "list_import": shown(*OVERSIGHT),
    "list_import_state": plain(*OVERSIGHT),  # a part of a page that is on the record
    "list_apply": plain(ADMINISTRATOR, SUPERVISOR),
    "list_discard": plain(ADMINISTRATOR, SUPERVISOR),
    "list_rejects": plain(ADMINISTRATOR, SUPERVISOR),  # records itself, with the reason
    "numbers": plain(*OVERSIGHT, REGULATOR),  # of the house, not of people
    "number": plain(*OVERSIGHT, REGULATOR),
    "number_file": plain(*OVERSIGHT),  # whoever keeps the registers
    "number_act": plain(*OVERSIGHT),
    "trunks": plain(*OVERSIGHT, REGULATOR),
    "trunk": plain(*OVERSIGHT, REGULATOR),
    "trunk_record": plain(*OVERSIGHT),
    "trunk_act": plain(*OVERSIGHT),
    "trunk_endpoint": plain(ADMINISTRATOR),
    "trunk_check": plain(*OVERSIGHT),
    "trunk_checked": plain(*OVERSIGHT, REGULATOR),
    "seats": plain(*OVERSIGHT, REGULATOR),
    "seat_place": plain(*OVERSIGHT, REGULATOR),
    "seat_close": plain(*OVERSIGHT),
    "seat_phone": plain(ADMINISTRATOR),
    "outlet": plain(*OVERSIGHT, REGULATOR),
    "outlet_register": plain(*OVERSIGHT),
    "outlet_act": plain(*OVERSIGHT),
    "accounts": plain(*OVERSIGHT, REGULATOR),
    "account": plain(*OVERSIGHT, REGULATOR),
    "account_act": plain(*OVERSIGHT),
    "account_admit": plain(ADMINISTRATOR),
    "account_password": plain(ADMINISTRATOR),
    "account_close": plain(ADMINISTRATOR),
    "scripts": plain(*OVERSIGHT, REGULATOR),
    "script": plain(*OVERSIGHT, REGULATOR),
    "script_new": plain(*OVERSIGHT),  # as the keepers of registries
    "live": shown(*OVERSIGHT),
    "live_events": shown(*OVERSIGHT),
}
DESK: dict[str, Row] = {
    "seat": shown(AGENT),
    "seat_state": plain(AGENT),  # a part of a page that is on the record
    "seat_ready": plain(AGENT),
    "seat_preview": plain(AGENT),  # who is shown is on the record with the card
    "seat_pause": plain(AGENT),
    "seat_preview_call": plain(AGENT),
    "seat_put_back": plain(AGENT),
    "seat_refused": plain(AGENT),
    "seat_hang_up": plain(AGENT),
    "seat_hold": plain(AGENT),
    "seat_resume": plain(AGENT),
    "seat_wrap_up": plain(AGENT),
}
OFFICER: dict[str, Row] = {
    "decisions": shown(*OVERSIGHT, REGULATOR),
    "decision": shown(*OVERSIGHT, REGULATOR),
    "decision_findings": shown(*OVERSIGHT, REGULATOR),
    "decision_facts": shown(ADMINISTRATOR, COMPLIANCE),
    "decisions_by_number": plain(ADMINISTRATOR, COMPLIANCE),  # records itself, and sends on
    "recording": shown(COMPLIANCE, SUPERVISOR),
    "recording_heard": shown(COMPLIANCE, SUPERVISOR),
    "recording_audio": plain(COMPLIANCE, SUPERVISOR),  # opened by an entry of its own
    "dossiers": plain(*READERS),  # records itself, and sends on
    "dossier": shown(*READERS),
    "dossier_paper": shown(*READERS),
    "dossier_reveal": plain(COMPLIANCE),  # puts itself on the record
    "dossier_bundle": plain(ADMINISTRATOR, COMPLIANCE),  # job, pack and export record themselves
    "dossier_bundle_made": shown(ADMINISTRATOR, COMPLIANCE),
    "dossier_bundle_file": shown(ADMINISTRATOR, COMPLIANCE),
    "proof": shown(*READERS),
    "proof_file": shown(*READERS),
    "complaints": shown(*READERS),
    "complaint": shown(*READERS),
    "complaint_open": plain(ADMINISTRATOR, COMPLIANCE),
    "complaint_step": plain(ADMINISTRATOR, COMPLIANCE),
    "complaint_accuse": plain(COMPLIANCE),
    "complaint_pack": plain(ADMINISTRATOR, COMPLIANCE),  # the pack is on the record
    "complaint_pack_made": shown(COMPLIANCE),
    "complaint_pack_file": shown(COMPLIANCE),
    "refusal_inbox": shown(ADMINISTRATOR, COMPLIANCE, REGULATOR),
    "refusal": shown(*READERS),
    "refusal_lift": plain(ADMINISTRATOR, COMPLIANCE),
    "suspensions": plain(*OVERSIGHT, REGULATOR),
    "suspension": plain(*OVERSIGHT, REGULATOR),
    "suspension_report": plain(*OVERSIGHT),
    "daily_reports": plain(*OVERSIGHT, REGULATOR),
    "daily_report": plain(*OVERSIGHT, REGULATOR),
    "daily_report_paper": plain(*OVERSIGHT, REGULATOR),
    "daily_report_file": plain(*OVERSIGHT, REGULATOR),
    "daily_report_make": plain(ADMINISTRATOR, COMPLIANCE),
}
RULEBOOK: dict[str, Row] = {
    "rulebook": plain(*READERS, SUPERVISOR),
    "rulebook_rule": plain(*READERS, SUPERVISOR),
    "rulebook_editions": plain(*READERS),
    "rulebook_edition": plain(*READERS),
    "rulebook_diff": plain(*READERS),
    "rulebook_replay": plain(*READERS),
    "rulebook_propose": plain(ADMINISTRATOR, COMPLIANCE),
    "rulebook_replay_start": plain(ADMINISTRATOR, COMPLIANCE),
}
AUDIT: dict[str, Row] = {
    "audit": plain(*READERS),
    "audit_checkpoint": plain(*READERS),
    "audit_verifier": plain(*READERS),
    "audit_verify": plain(*READERS),
    "audit_entries": shown(*READERS),
    "audit_entry": shown(*READERS),
    "audit_proof": plain(*READERS),  # hashes alone
    "audit_export": plain(*READERS),
    "audit_bundle": plain(*READERS),  # puts itself on the record
    "wire": plain(*READERS),
    "wire_hour": shown(*READERS),
}
ADMINISTRATION: dict[str, Row] = {
    "consents": shown(ADMINISTRATOR, COMPLIANCE, REGULATOR),
    "consents_find": plain(ADMINISTRATOR, COMPLIANCE, REGULATOR),  # records itself, and sends on
    "consent": shown(ADMINISTRATOR, COMPLIANCE, REGULATOR),
    "consent_withdraw": plain(ADMINISTRATOR, COMPLIANCE),
    "imports": plain(ADMINISTRATOR, COMPLIANCE, REGULATOR),  # files by their names
    "import": shown(ADMINISTRATOR, COMPLIANCE, REGULATOR),
    "import_upload": plain(ADMINISTRATOR, COMPLIANCE),  # as the importers
    "import_columns": plain(ADMINISTRATOR, COMPLIANCE),
    "import_apply": plain(ADMINISTRATOR, COMPLIANCE),
    "import_discard": plain(ADMINISTRATOR, COMPLIANCE),
    "import_rejects": plain(ADMINISTRATOR, COMPLIANCE),  # records itself, with the reason
    "samples": plain(ADMINISTRATOR, COMPLIANCE, REGULATOR),
    "sample": shown(ADMINISTRATOR, COMPLIANCE, REGULATOR),
    "sample_check": plain(ADMINISTRATOR, COMPLIANCE),
    "sample_draw": plain(ADMINISTRATOR, COMPLIANCE),
    "deadlines": plain(*OVERSIGHT, REGULATOR),
    "parties": plain(*OVERSIGHT, REGULATOR),
    "operator_register": plain(*OVERSIGHT),  # whoever keeps the registers
    "licence_record": plain(*OVERSIGHT),
    "licence_renew": plain(*OVERSIGHT),
    "principal_register": plain(*OVERSIGHT),
    "principal_act": plain(*OVERSIGHT),
    "mandate_end": plain(*OVERSIGHT),  # what stops calls: the services refuse nobody
    "document_revoke": plain(*OVERSIGHT),
    "health": plain(*OVERSIGHT, REGULATOR),
    "health_parts": plain(*OVERSIGHT, REGULATOR),
    "health_papers": plain(*OVERSIGHT, REGULATOR),
    "self_check": plain(ADMINISTRATOR, COMPLIANCE),
    "stop": plain(*OVERSIGHT),
    "stop_engage": plain(*OVERSIGHT),  # the service itself refuses nobody
    "stop_release": plain(*OVERSIGHT),  # asks a second person
    "external_lists": plain(*OVERSIGHT, REGULATOR),
    "external_list_register": plain(ADMINISTRATOR, COMPLIANCE),
    "external_list_read": plain(ADMINISTRATOR, COMPLIANCE),
    "retention": plain(ADMINISTRATOR, COMPLIANCE, REGULATOR),
    "hold_place": plain(ADMINISTRATOR, COMPLIANCE),
    "hold_lift": plain(ADMINISTRATOR, COMPLIANCE),
    "api_document": plain(*OVERSIGHT, REGULATOR),
}

PARTS = (FRAME, CALL_CENTRE, DESK, OFFICER, RULEBOOK, AUDIT, ADMINISTRATION)
ROWS: Mapping[str, Row] = MappingProxyType(
    {name: row for part in PARTS for name, row in part.items()}
)
MATRIX: Mapping[str, frozenset[str]] = MappingProxyType(
    {name: row.roles for name, row in ROWS.items()}
)
SHOWS_PEOPLE = frozenset(name for name, row in ROWS.items() if row.people)
PUBLIC = frozenset(  # for people without an account: the person called, the regulator at the door
    {
        "public_home",
        "public_refuse",
        "public_confirm",
        "public_receipt",
        "public_receipt_check",
        "public_receipt_bundle",
        "public_cannot",
        "public_verifying",
        "public_checkpoint",
        "public_verifier",
    }
)
OPEN = PUBLIC | {"log_in", "demo_log_in", "language"}  # before anybody has logged in
