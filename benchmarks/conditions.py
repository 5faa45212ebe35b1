"""The conditions of the rulebook as a rule engine would hold them: one objection for each rule.

Each is written once, over flat names and literals, and put into the peer's own syntax. What an
expression language has no word for (a local time of day, a count within a window) is worked out
in plain Python while the facts are flattened, which is the cheapest way for the engine.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from compliance.rulebook.facts import AttemptFacts, CallFacts, FilingFacts

Flat = dict[str, bool | int | str]

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
}
NEVER = 1_000_000  # minutes or days, where there was no earlier call
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_LOCAL = timedelta(hours=8)
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


def flat(facts: CallFacts) -> Flat:
    """Return the facts as an engine is fed with them."""
    local = facts.at + _LOCAL
    second = local.hour * 3600 + local.minute * 60 + local.second
    return {
        "at": (facts.at - _EPOCH) // timedelta(seconds=1),
        "day": local.toordinal(),
        "second": second,
        "closing_second": 43_200 if second < 43_200 else 72_000,
        **_flat_filing(facts.filing),
        **_flat_callee(facts),
        **_flat_attempts(facts.attempts or (), facts.at),
        **_flat_usage(facts),
    }


def _flat_filing(filing: FilingFacts) -> Flat:
    licence, mandate, trunk, caller = filing.licence, filing.mandate, filing.trunk, filing.caller
    assert licence and mandate and trunk and caller  # noqa: PT018, S101 - narrows the types
    return {
        "filing_at": (filing.at - _EPOCH) // timedelta(seconds=1),
        "regime": filing.regime or "",
        "purpose": filing.purpose,
        "script_offers": filing.script_offers is not False,
        "missing_elements": len(filing.missing_elements),
        "author": filing.author or 0,
        "approver": filing.approver or 0,
        "state": filing.state,
        "licence_kind": licence.kind,
        "licence_own": licence.holder_is_operator,
        "licence_from": licence.valid_from.toordinal(),
        "licence_until": licence.expires_on.toordinal(),
        "has_contract": mandate.has_contract,
        "mandate_from": mandate.valid_from.toordinal(),
        "mandate_until": mandate.valid_until.toordinal(),
        "trunk_missing": len(trunk.missing),
        "trunk_takes_purpose": filing.purpose in trunk.permitted_purposes,
        "trunk_reviewed": trunk.reviewed_on.toordinal(),
        "trunk_active": trunk.active,
        "trunk_own": trunk.entity_is_operator,
        "trunk_max": trunk.max_calls,
        "sub_leased": trunk.sub_leased,
        "caller_own": caller.holder_is_operator,
        "caller_class": caller.number_class,
        "caller_prefix": caller.number[:3],
        "caller_from": caller.valid_from.toordinal(),
        "caller_until": caller.certificate_until.toordinal(),
        "callout_opened": caller.callout_opened,
        "on_trunk": caller.on_trunk,
        "numbers_of_campaign": caller.numbers_of_campaign,
    }


def _flat_callee(facts: CallFacts) -> Flat:
    consent = facts.consents[0] if facts.consents else None
    assert consent and facts.calendar  # noqa: PT018, S101 - narrows the types
    refusals = facts.refusals or ()
    return {
        "callee_class": facts.callee.number_class,
        "province": facts.callee.provinces[0],
        "day_kind": facts.calendar.days[0],
        "whitelist_version": facts.whitelist_version or 0,
        "consent_active": consent.withdrawn_at is None,
        "consent_purpose": consent.purpose,
        "basis": consent.basis,
        "on_whitelist": consent.on_whitelist,
        "evidenced": consent.evidenced,
        "explicit": consent.explicit,
        "consent_until": NEVER * 86_400,
        "refusals_principal": sum(1 for r in refusals if r.everywhere or r.same_principal),
        "refusals_industry": sum(1 for r in refusals if r.same_industry),
        "lifted_by_others": sum(1 for r in refusals if r.lift and not r.lift.outside_a_call),
        "lifted_alone": sum(1 for r in refusals if r.lift and len(r.lift.approvers) < 2),
    }


def _flat_attempts(attempts: tuple[AttemptFacts, ...], at: datetime) -> Flat:
    own = [attempt.at for attempt in attempts if attempt.same_principal]
    every = [attempt.at for attempt in attempts]
    talks = [attempt.at for attempt in attempts if attempt.conversation]
    return {
        "principal_24h": _since(own, at - timedelta(days=1)),
        "principal_30d": _since(own, at - timedelta(days=30)),
        "anyone_24h": _since(every, at - timedelta(days=1)),
        "anyone_30d": _since(every, at - timedelta(days=30)),
        "minutes_since_principal": (at - max(own)) // timedelta(minutes=1) if own else NEVER,
        "minutes_since_anyone": (at - max(every)) // timedelta(minutes=1) if every else NEVER,
        "days_since_talk": (at - max(talks)) // timedelta(days=1) if talks else NEVER,
        "unanswered_run": sum(1 for attempt in attempts if not attempt.answered),
        "open_attempts": sum(1 for attempt in attempts if attempt.open),
    }


def _since(times: Iterable[datetime], since: datetime) -> int:
    return sum(1 for time in times if time > since)


def _flat_usage(facts: CallFacts) -> Flat:
    seat, line, health = facts.seat, facts.line, facts.health
    assert seat and line  # noqa: PT018, S101 - narrows the types
    return {
        "seat_active": seat.active,
        "seat_open": seat.open_permits,
        "seat_hour": seat.hour.count,
        "seat_day": seat.day.count,
        "caller_day": line.caller_day.count,
        "trunk_open": line.trunk_open_permits,
        "clock_kind": health.clock_kind,
        "clock_skew_ms": health.clock_skew_ms or 0,
        "carrier_trunks": health.carrier_trunks or 0,
        "audit_writable": health.audit_writable is True,
        "ledger_readable": health.ledger_readable is True,
        "stopped": bool(health.stopped),
    }
