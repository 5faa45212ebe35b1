"""The conditions of the rulebook as a rule engine would hold them: one objection for each rule.

Each is written once, over flat names and literals, and put into the peer's own syntax. What an
expression language has no word for (a local time of day, a count within a window) is worked out
in plain Python while the facts are flattened, which is the cheapest way for the engine.
"""

import re

CONDITIONS = {
    "CN13-GOV-06": 'clock_kind == "demo" and carrier_trunks > 0',
    "CN13-GOV-07": "not (audit_writable and ledger_readable)",
    "CN13-GOV-08": "stopped",
    "CN13-TIM-11": "clock_skew_ms > 1000 or filing_at != at",
    "CN13-LIC-01": 'licence_kind != "B24" or not (licence_own) or day < licence_from'
    " or day > licence_until",
    "CN13-LIC-02": 'regime == "b24_operator" and (purpose == "P1" or script_offers)',
    "CN13-LIC-04": "missing_elements > 0 or author == approver",
    "CN13-LIC-04.activation": 'state != "active" or author == approver',
    "CN13-LIC-05": "not (has_contract) or day < mandate_from or day > mandate_until",
    "CN13-LIC-07": "trunk_missing > 0 or not (trunk_takes_purpose) or day - trunk_reviewed > 180"
    " or not (trunk_active) or not (trunk_own) or sub_leased",
    "CN13-NUM-01": "not (caller_own) or not (on_trunk) or not (callout_opened)"
    " or day < caller_from or day > caller_until",
    "CN13-NUM-03": "numbers_of_campaign != 1",
    "CN13-NUM-05": 'not (caller_class in ["service_95", "service_96", "service_1010"])',
    "CN13-NUM-06": 'caller_prefix in ["162", "165", "167", "170", "171"]',
    "CN13-NUM-07": 'caller_prefix in ["400", "700"]',
    "CN13-NUM-09": 'not (callee_class in ["mobile", "mvno", "fixed"])',
    "CN13-CON-01": 'not (consent_active and consent_purpose == purpose and basis == "consent")',
    "CN13-CON-02": "not (on_whitelist) or whitelist_version < 0",
    "CN13-CON-03": "not (evidenced)",
    "CN13-CON-04": "not (explicit)",
    "CN13-CON-06": "consent_until <= at",
    "CN13-REF-01": "refusals_principal > 0",
    "CN13-REF-02": "refusals_industry > 0",
    "CN13-REF-03": "lifted_by_others > 0",
    "CN13-REF-11": "lifted_alone > 0",
    "CN13-TIM-01": "second < 28800 or second >= 75600",
    "CN13-TIM-02": "second < 32400 or second >= 72000",
    "CN13-TIM-03": "second >= 43200 and second < 50400",
    "CN13-TIM-04": 'day_kind != "w"',
    "CN13-TIM-05": 'not (province in ["CN-BJ", "CN-SH", "CN-GD", "CN-HE", "CN-JS", "CN-ZJ"])',
    "CN13-TIM-09": "closing_second - second <= 300",
    "CN13-FRQ-01": "principal_24h >= 2 or principal_30d >= 6",
    "CN13-FRQ-02": "anyone_24h >= 3 or anyone_30d >= 10",
    "CN13-FRQ-03": "minutes_since_principal < 240 or minutes_since_anyone < 10",
    "CN13-FRQ-04": "days_since_talk < 7",
    "CN13-FRQ-05": "unanswered_run >= 3",
    "CN13-FRQ-08": "open_attempts > 0",
    "CN13-DIA-01": "not (seat_active) or seat_open >= 1",
    "CN13-DIA-03": "seat_hour >= 25 or seat_day >= 120",
    "CN13-DIA-04": "caller_day >= 500 or trunk_open >= trunk_max",
    "CN13-NUM-10": "protected",
    "CN13-NUM-11": "barred_here",
    "CN13-NUM-12": "vacant_since_consent",
    "CN13-NUM-13": "anyone_10min >= 3",
    "CN13-TIM-10": "quiet_here",
    "CN13-CON-05": "not (form_reviewed)",
    "CN13-CON-08": 'purpose == "P4" and not (requested)',
    "CN13-CON-09": "(robot and not (ai_allowed)) or (sensitive and not (sensitive_allowed))",
    "CN13-CON-10": "channels < 3 or channels_dead > 0",
    "CN13-CON-11": 'sample != "passed"',
    "CN13-REF-04": "overruled >= 2",
    "CN13-REF-06": "rejected_90d >= 2 or days_since_hang_up < 30",
    "CN13-REF-08": "lists_with_number > 0 or lists_stale > 0",
    "CN13-REF-09": "refusals_everywhere > 0",
    "CN13-CMP-02": "complaints_due > 0",
    "CN13-CMP-05": "campaign_suspended > 0",
    "CN13-CMP-06": "resumed_by_one > 0",
    "CN13-GOV-04": "line_suspended > 0",
    "CN13-SCR-01": "not (script_intact and script_for_principal and script_for_purpose)"
    " or script_author == script_approver",
    "CN13-SCR-02": "fault_opening",
    "CN13-SCR-03": "fault_identity",
    "CN13-SCR-04": "fault_free",
    "CN13-SCR-05": "fault_urgency",
    "CN13-SCR-07": "fault_code",
    "CN13-SCR-10": "fault_promise",
    "CN13-CON-07": "fault_consent",
    "CN13-LST-02": "lists_stopped > 0",
    "CN13-LST-05": "lists_of_others > 0",
    "CN13-LST-10": "canary",
    "CN13-LST-11": "list_age > 365",
    "CN13-LST-12": 'age_group == "under_14" or (age_group == "under_18" and purpose == "P1")',
    "CN13-TIM-06": 'industry == "insurance" and purpose == "P1" and second >= 68400',
    "CN13-TIM-07": 'purpose == "P7" and province == "CN-GD" and second >= 75600',
    "CN13-TIM-08": "at < chosen_from",
    "CN13-FRQ-06": 'purpose == "P7" and principal_24h >= 3',
    "CN13-FRQ-07": 'purpose == "P7" and basis != "debt_contract"',
    "CN13-FRQ-09": "renews and days_of_policy > 60",
    "CN13-DIA-02": "not (ready) or on_duty > 28800",
    "CN13-DIA-06": "abandoned_day * 100 > answered_day * 3"
    " or abandoned_month * 100 > answered_month * 3",
    "CN13-DIA-07": "days_since_abandoned < 3",
    "CN13-DIA-09": 'robot and purpose == "P7"',
    "CN13-DIA-10": "robot and not (says_machine)",
    "CN13-DIA-11": "robot and not (takes_refusal and offers_person)",
    "CN13-DIA-12": "robot and robot_open >= 30",
    "CN13-LIC-03": "letters < 2",
    "CN13-LIC-06": 'industry == "insurance" and documents < 1',
    "CN13-LIC-08": "area < 1 or not (trunk_takes_purpose)",
    "CN13-LIC-09": 'not (trunk_kind in ["carrier", "loopback"])',
    "CN13-LIC-10": "unfiled > 0",
    "CN13-NUM-04": "replaces and not (change_approved)",
    "CN13-NUM-08": "not (call_back_works) or day - called_back > 30",
    "CN13-IND-01": 'industry == "telecom" and documents < 1 and province == "CN-BJ"',
    "CN13-IND-02": 'industry == "finance_loan" and dedicated < 1',
    "CN13-IND-05": 'industry == "realestate" and purpose == "P1"',
    "CN13-IND-06": 'industry == "finance_loan" and purpose == "P1"',
    "CN13-IND-09": 'industry == "medical" and age_group != ""',
    "CN13-IND-10": 'industry == "collection" and purpose != "P7"',
    "CN13-IND-11": 'industry == "telecom" and regime != "carrier_agent"',
    "CN13-IND-12": 'industry == ""',
    "CN13-AGT-01": "not (seat_named)",
    "CN13-AGT-02": "not (outlet_active) or outlet_seats > 5",
    "CN13-AGT-03": "not (outlet_seen) or outlet_links > 0 or outlet_held",
    "CN13-AGT-04": "day - trained > 365",
    "CN13-AGT-10": "points >= 3",
    "CN13-GOV-09": "not (pack_operator) or pack_regime != regime or rents_seats",
    "CN13-SEC-02": 'data_location != "CN" or abroad > 0',
    "CN13-SEC-05": "records_overdue",
    "CN13-TIM-02.ningxia": 'province == "CN-NX" and (second < 32400 or second >= 64800)',
    "CN13-TIM-04.ningxia": 'province == "CN-NX" and day_kind != "w"',
    "CN13-FRQ-01.ningxia": 'province == "CN-NX" and principal_24h >= 1',
    "CN13-TIM-01.insurance": 'industry == "insurance" and (second < 28800 or second >= 75600)',
}
_WORDS = {"and": "&&", "or": "||", "not": "!"}


def in_cedar(rule_id: str) -> str:
    """Return the condition as a Cedar policy that forbids."""
    text = re.sub(r"(\w+) in (\[[^]]*])", r"\2.contains(\1)", CONDITIONS[rule_id])
    text = re.sub(r'"[^"]*"|[a-z_]\w*', _cedar_word, text)
    return f'@id("{rule_id}") forbid(principal, action, resource) when {{ {text} }};'


def _cedar_word(found: re.Match[str]) -> str:
    word = found.group()
    if word.startswith('"') or word == "contains":
        return word
    return _WORDS.get(word, f"context.{word}")
